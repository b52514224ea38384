"""Charts of one SLO: error ratio, alerts as bars, budget left. One under another, on the same time."""

from datetime import datetime
from typing import Any

import altair as alt

from slo.replay.outcome import Outcome

Chart = alt.Chart | alt.LayerChart | alt.FacetChart
Named = list[tuple[str, Outcome]]
"""A side's name and what it did."""

_SEVERITIES = alt.Scale(domain=["page", "ticket"], range=["#b00020", "#c77700"])
_COLOURS = ["#0b5cad", "#6f42c1"]
_RATIO_HEIGHT, _LEFT_HEIGHT, _BAR, _MARGIN = 220, 140, 22, 110


def charts(sides: Named, start: datetime, end: datetime) -> dict[str, dict[str, Any]]:
    """Vega-Lite by title; times are UTC."""
    scale = alt.Scale(type="utc", domain=[start.isoformat(), end.isoformat()])
    return {
        "Error ratio of 5 minutes": _finished(_ratio(sides, scale), _RATIO_HEIGHT),
        "Alerts": _finished(_bars(sides, scale, end), alt.Step(_BAR)),
        "Error budget left": _finished(_left(sides, scale), _LEFT_HEIGHT),
    }


def _ratio(sides: Named, scale: alt.Scale) -> Chart:
    """On a scale that shows both a leak and an outage: linear near 0, logarithmic above."""
    one = sides[0][1]
    budget = 1 - one.objective / 100
    points = [{"at": p.at.isoformat(), "ratio": p.ratio} for p in one.curve]
    limits = [
        {"ratio": limit.ratio, "severity": limit.severity, "row": limit.row}
        for _, side in sides
        for limit in side.limits
    ]
    y = alt.Y(
        "ratio:Q",
        title=None,
        scale=alt.Scale(type="symlog", constant=budget, domain=[0, 1]),
        axis=alt.Axis(
            format=".3~%", values=[0, budget, *(v for v in (0.001, 0.01, 0.1, 1) if v > 2 * budget)]
        ),
    )
    line = (
        alt.Chart(alt.InlineData(values=points))
        .mark_line(interpolate="step-after", strokeWidth=1.3, color="#1b1f24")
        .encode(x=_time(scale), y=y, tooltip=[_when(), alt.Tooltip("ratio:Q", format=".4%")])
    )
    rules = (
        alt.Chart(alt.InlineData(values=limits))
        .mark_rule(strokeDash=[4, 3])
        .encode(
            y=y,
            color=alt.Color("severity:N", title=None, scale=_SEVERITIES, legend=alt.Legend(orient="top")),
            tooltip=["severity:N", "row:N", alt.Tooltip("ratio:Q", format=".4~%", title="alerts above")],
        )
    )
    both: Chart = alt.layer(line, rules)
    return both


def _bars(sides: Named, scale: alt.Scale, end: datetime) -> Chart:
    several = len(sides) > 1
    bars = [
        {
            "from": a.start.isoformat(),
            "to": (a.end or end).isoformat(),
            "severity": a.severity,
            "alert": a.alert.removeprefix("ErrorBudget") + (f" ({name})" if several else ""),
            "row": a.row,
        }
        for name, one in sides
        for a in one.alerts
    ]
    chart: Chart = (
        alt.Chart(alt.InlineData(values=bars))
        .mark_bar(clip=True, height=10, strokeWidth=2)
        .encode(
            x=_time(scale, "from"),
            x2="to:T",
            y=alt.Y("alert:N", title=None, axis=alt.Axis(orient="left", labelLimit=_MARGIN - 5)),
            color=alt.Color("severity:N", scale=_SEVERITIES, legend=None),
            # Its outline keeps an alert of minutes visible in a month.
            stroke=alt.Stroke("severity:N", scale=_SEVERITIES, legend=None),
            tooltip=["alert:N", "row:N", _when("from"), _when("to")],
        )
    )
    return chart


def _left(sides: Named, scale: alt.Scale) -> Chart:
    points = [
        {"at": p.at.isoformat(), "left": p.left, "side": name} for name, one in sides for p in one.curve
    ]
    colours = alt.Scale(domain=[name for name, _ in sides], range=_COLOURS[: len(sides)])
    legend = alt.Legend(orient="top", labelLimit=300) if len(sides) > 1 else None
    line = (
        alt.Chart(alt.InlineData(values=points))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=_time(scale),
            y=alt.Y("left:Q", title=None, axis=alt.Axis(format=".3~%", tickCount=5)),
            color=alt.Color("side:N", title=None, scale=colours, legend=legend),
            tooltip=["side:N", _when(), alt.Tooltip("left:Q", format=".1%")],
        )
    )
    empty = alt.Chart(alt.InlineData(values=[{"left": 0}])).mark_rule(color="#8c959f").encode(y="left:Q")
    both: Chart = alt.layer(empty, line)
    return both


def _time(scale: alt.Scale, field: str = "at") -> alt.X:
    axis = alt.Axis(format="%b %d", labelOverlap=True, tickCount=8, grid=True)
    return alt.X(f"{field}:T", title=None, scale=scale, axis=axis)


def _when(field: str = "at") -> alt.Tooltip:
    return alt.Tooltip(f"{field}:T", timeUnit="utcyearmonthdatehoursminutes", title=field)


def _finished(chart: Chart, height: int | alt.Step) -> dict[str, Any]:
    # Labels of one width on the left put the three charts' times under one another.
    found: dict[str, Any] = (
        chart.properties(width="container", height=height)
        .configure_axisY(minExtent=_MARGIN, maxExtent=_MARGIN)
        .configure_view(stroke="#d0d7de")
        .to_dict()
    )
    return found
