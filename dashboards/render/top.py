"""What is above a board's panels: choices of data source and of labels, and marks on the graphs."""

from grafana_foundation_sdk.models import dashboard as d
from grafana_foundation_sdk.models import prometheus

from dashboards.board import Annotation, Board, Source, Variable
from dashboards.render.source import VARIABLES, reference

_LABELS: dict[Source, str] = {"prometheus": "Data source", "loki": "Logs", "tempo": "Traces"}


def variables(board: Board) -> list[d.VariableModel]:
    """Data sources first, as the others ask them."""
    found = [*map(_source, board.sources), *map(_variable, board.variables)]
    for one in found:
        # Only variables of intervals have these, and the type gives them to all.
        one.auto = one.auto_min = one.auto_count = None
    return found


def annotations(board: Board) -> d.AnnotationContainer:
    """Marks on every graph of the board."""
    return d.AnnotationContainer(list_val=[_annotation(one) for one in board.annotations])


def _source(source: Source) -> d.VariableModel:
    return d.VariableModel(
        type_val=d.VariableType.DATASOURCE, name=VARIABLES[source], label=_LABELS[source], query=source
    )


def _variable(one: Variable) -> d.VariableModel:
    if not one.query:
        return d.VariableModel(
            type_val=d.VariableType.TEXTBOX,
            name=one.name,
            label=one.label,
            query="",
            current=d.VariableOption(text="", value=""),
        )
    return d.VariableModel(
        type_val=d.VariableType.QUERY,
        name=one.name,
        label=one.label,
        datasource=reference("prometheus"),
        query={"query": one.query, "refId": one.name},
        multi=one.many,
        include_all=one.many,
        all_value=".*" if one.many else None,
        current=d.VariableOption(text=["All"], value=["$__all"]) if one.many else None,
        refresh=d.VariableRefresh.ON_TIME_RANGE_CHANGED,
        sort=d.VariableSort.ALPHABETICAL_ASC,
    )


def _annotation(one: Annotation) -> d.AnnotationQuery:
    return d.AnnotationQuery(
        name=one.name,
        datasource=reference("prometheus"),
        icon_color=one.colour,
        target=prometheus.Dataquery(expr=one.query, ref_id="Annotation", interval="60s", range_val=True),
        title_format=one.title,
    )
