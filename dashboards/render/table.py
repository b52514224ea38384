"""A table of several queries: rows joined by their first label, columns named and in order."""

from string import ascii_uppercase
from typing import Any

from grafana_foundation_sdk.models import dashboard as d

from dashboards.board import Panel


def transformations(panel: Panel) -> list[d.DataTransformerConfig]:
    """Join the queries' rows; name and order the columns, and leave out all others."""
    if panel.kind != "table" or not panel.labels:
        return []
    key = panel.labels[0][0]
    values = {
        f"Value #{letter}" if len(panel.queries) > 1 else "Value": q.column for letter, q in _columns(panel)
    }
    (first, title), *others = panel.labels
    # What a row is about, what it is worth, then the rest: a phone shows but the first columns.
    names = {first: title} | {name: column for name, column in values.items() if column} | dict(others)
    # "Value #A" may be followed by nothing else, and a joined label by a number.
    pattern = "|".join(
        [*(label for label, _ in panel.labels), *(name for name, column in values.items() if column)]
    )
    join = d.DataTransformerConfig(id_val="joinByField", options={"byField": key, "mode": "outer"})
    keep = d.DataTransformerConfig(
        id_val="filterFieldsByName", options={"include": {"pattern": f"^({pattern})$"}}
    )
    order = {name: index for index, name in enumerate(names)}
    organize: dict[str, Any] = {"indexByName": order, "renameByName": names, "excludeByName": {}}
    tidy = d.DataTransformerConfig(id_val="organize", options=organize)
    return [join, keep, tidy] if len(panel.queries) > 1 else [keep, tidy]


def overrides(
    panel: Panel, links: list[d.DashboardLink], thresholds: d.ThresholdsConfig
) -> list[d.DashboardFieldConfigSourceOverrides]:
    """Each column's unit; colours in the one that the table is sorted by; links where they belong."""
    found = [
        _override(query.column, [d.DynamicConfigValue("unit", query.unit)])
        for query in panel.queries
        if query.column
    ]
    if panel.steps and panel.sort:
        cell = {"type": "color-text"}
        found.append(
            _override(
                panel.sort,
                [
                    d.DynamicConfigValue("thresholds", thresholds),
                    d.DynamicConfigValue("color", {"mode": "thresholds"}),
                    d.DynamicConfigValue("custom.cellOptions", cell),
                ],
            )
        )
    found += [
        _override(one.column, [d.DynamicConfigValue("links", [link])])
        for one, link in zip(panel.links, links, strict=True)
        if one.column
    ]
    return found


def _columns(panel: Panel) -> list[tuple[str, Any]]:
    return list(zip(ascii_uppercase, panel.queries, strict=False))


def _override(column: str, properties: list[d.DynamicConfigValue]) -> d.DashboardFieldConfigSourceOverrides:
    return d.DashboardFieldConfigSourceOverrides(
        matcher=d.MatcherConfig("byName", column), properties=properties
    )
