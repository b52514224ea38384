"""Queries and where they are asked: the data sources that are chosen on top of a board."""

from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common, loki, prometheus, tempo

from dashboards.board import Panel, Query, Source

# The variable of each source.
VARIABLES: dict[Source, str] = {"prometheus": "datasource", "loki": "loki", "tempo": "tempo"}
_TRACES = 20
_LINES = 200


def reference(source: Source) -> common.DataSourceRef:
    """The data source that is chosen on top."""
    return common.DataSourceRef(type_val=source, uid=f"${{{VARIABLES[source]}}}")


def target(panel: Panel, query: Query, letter: str) -> Dataquery:
    """A query as its source's editor writes it."""
    if query.source == "loki":
        kind = "instant" if query.instant else "range"
        return loki.Dataquery(
            expr=query.text,
            ref_id=letter,
            query_type=kind,
            legend_format=query.legend or None,
            max_lines=_LINES if panel.kind == "logs" else None,
            datasource=reference("loki"),
        )
    if query.source == "tempo":
        return tempo.Dataquery(
            query=query.text,
            ref_id=letter,
            query_type="traceql",
            limit=_TRACES,
            table_type=tempo.SearchTableType.TRACES,
            datasource=reference("tempo"),
        )
    return prometheus.Dataquery(
        expr=query.text,
        ref_id=letter,
        legend_format=query.legend or "__auto",
        instant=query.instant,
        range_val=not query.instant,
        exemplar=query.exemplars or None,
        format_val=_format(panel),
        editor_mode=prometheus.QueryEditorMode.CODE,
        datasource=reference("prometheus"),
    )


def _format(panel: Panel) -> prometheus.PromQueryFormat:
    formats = {"table": prometheus.PromQueryFormat.TABLE, "heatmap": prometheus.PromQueryFormat.HEATMAP}
    return formats.get(panel.kind, prometheus.PromQueryFormat.TIME_SERIES)
