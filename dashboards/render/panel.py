"""A panel with its place, queries, units, thresholds, states and links."""

from string import ascii_uppercase

from grafana_foundation_sdk.models import dashboard as d

from dashboards.board import DataLink, Panel, Place, Query
from dashboards.render.kinds import custom, options
from dashboards.render.source import reference, target
from dashboards.render.table import overrides as table_overrides
from dashboards.render.table import transformations

_DASHES = [6, 4]


def grafana_panel(panel: Panel, place: Place, number: int) -> d.Panel:
    """One panel, by the number that is its own on the board."""
    return d.Panel(
        type_val=panel.kind,
        id_val=number,
        title=panel.title,
        description=panel.description,
        datasource=reference(panel.source),
        grid_pos=grid(place),
        targets=[target(panel, query, letter) for query, letter in lettered(panel)],
        transformations=transformations(panel) or None,
        options=options(panel),
        field_config=d.FieldConfigSource(defaults=_defaults(panel), overrides=_overrides(panel)),
    )


def grid(place: Place) -> d.GridPos:
    """The rectangle in Grafana's terms."""
    return d.GridPos(h=place.h, w=place.w, x=place.x, y=place.y)


def lettered(panel: Panel) -> list[tuple[Query, str]]:
    """Queries with the letters by which Grafana refers to them."""
    return list(zip(panel.queries, ascii_uppercase, strict=False))


def _defaults(panel: Panel) -> d.FieldConfig:
    in_table = panel.kind == "table"
    return d.FieldConfig(
        unit=panel.unit,
        min_val=panel.least,
        max_val=panel.most,
        no_value=panel.no_data,
        mappings=[_states(panel)] if panel.states else None,
        thresholds=None if in_table else _thresholds(panel),
        color=_colour(panel),
        links=[_link(one) for one in panel.links] or None if not in_table else None,
        custom=custom(panel),
    )


def _thresholds(panel: Panel) -> d.ThresholdsConfig:
    steps = [d.Threshold(value=step.value, color=step.colour) for step in panel.steps]
    return d.ThresholdsConfig(
        mode=d.ThresholdsMode.ABSOLUTE, steps=steps or [d.Threshold(value=None, color="#0072B2")]
    )


def _colour(panel: Panel) -> d.FieldColor:
    by_threshold = panel.kind in {"stat", "bargauge", "state-timeline"}
    mode = d.FieldColorModeId.THRESHOLDS if by_threshold else d.FieldColorModeId.PALETTE_CLASSIC_BY_NAME
    return d.FieldColor(mode=mode)


def _states(panel: Panel) -> d.ValueMap:
    return d.ValueMap(
        options={
            str(state.value): d.ValueMappingResult(text=state.text, color=state.colour, index=index)
            for index, state in enumerate(panel.states)
        }
    )


def _link(one: DataLink) -> d.DashboardLink:
    return d.DashboardLink(title=one.title, type_val=d.DashboardLinkType.LINK, url=one.url)


def _overrides(panel: Panel) -> list[d.DashboardFieldConfigSourceOverrides]:
    if panel.kind == "table":
        return table_overrides(panel, [_link(one) for one in panel.links], _thresholds(panel))
    by_name = [_override("byName", name, [_fixed(colour)]) for name, colour in panel.colours]
    by_query = [
        _override("byFrameRefID", letter, found)
        for query, letter in lettered(panel)
        if panel.kind == "timeseries" and (found := _looks(query.colour, dashed=query.dashed))
    ]
    return [*by_name, *by_query]


def _looks(colour: str, *, dashed: bool) -> list[d.DynamicConfigValue]:
    found = [_fixed(colour)] if colour else []
    if dashed:
        found.append(d.DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": _DASHES}))
        found.append(d.DynamicConfigValue("custom.fillOpacity", 0))
    return found


def _fixed(colour: str) -> d.DynamicConfigValue:
    return d.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": colour})


def _override(
    matcher: str, of: str, properties: list[d.DynamicConfigValue]
) -> d.DashboardFieldConfigSourceOverrides:
    return d.DashboardFieldConfigSourceOverrides(matcher=d.MatcherConfig(matcher, of), properties=properties)
