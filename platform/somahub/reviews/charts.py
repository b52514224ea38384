"""The interactive charts of a page: one Vega-Lite chart of each kind, and the figures that each row gives it.

Vega knows UTC and the reader's zone, not the period's: it is given the wall clock's times of that as if they were UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt

from dashboards.palette import BLUE, VERMILLION
from somahub.reviews.model import Period, Row

_ABBREVIATED = "monthAbbrevFormat(toNumber(slice(datum.value, 5)) - 1)"
_GREY, _INK = "#57606a", "#1b1f24"
Span = tuple[datetime, datetime, str]
"""An incident's begin and end, and what it is called."""


def charts(period: Period, rows: list[Row]) -> dict[str, Any]:
    """Charts by kind, without data, and the times of each curve's points by their step."""
    curves = [row.burn_down for row in rows if row.burn_down]
    names = sorted({month.month for row in rows for month in row.months})
    steps = {curve.step: len(curve.adjusted) for curve in sorted(curves, key=lambda one: len(one.adjusted))}
    times = {
        step: [
            wall(min(period.start + timedelta(seconds=step * (k + 1)), period.at), period.zone)
            for k in range(n)
        ]
        for step, n in steps.items()
    }
    ends = [wall(period.start, period.zone), wall(period.end, period.zone)]
    return {"burn": _burn_down(ends), "months": _months(names), "times": times}


def figures(row: Row, period: Period, incidents: list[Span]) -> dict[str, Any]:
    """What a row's charts show."""
    told: dict[str, Any] = {
        "months": [
            {
                "month": month.month,
                "spent": _short(month.adjusted.spent),
                "sli": month.adjusted.sli,
                "known": _short(month.known),
            }
            for month in row.months
        ]
    }
    if row.burn_down is not None:
        curve = row.burn_down
        told |= {
            "step": curve.step,
            "adjusted": [_short(left) for left in curve.adjusted],
            "raw": [] if curve.raw == curve.adjusted else [_short(left) for left in curve.raw],
            "incidents": [
                {"a": wall(start, period.zone), "b": wall(end, period.zone), "what": what}
                for start, end, what in incidents
            ],
        }
    return told


def wall(at: datetime, zone: str) -> int:
    """What the clocks of a zone show, in milliseconds, as if they showed UTC."""
    return round(at.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC).timestamp() * 1000)


def _burn_down(ends: list[int]) -> dict[str, Any]:
    """Lines of what is left, zoomed into by scrolling and moved by dragging; incidents behind them."""
    x = alt.X(
        "t:T",
        title=None,
        scale=alt.Scale(type="utc", domain=ends),
        axis=alt.Axis(format="%-d %b", labelOverlap=True, tickCount=8),
    )
    spans = (
        alt.Chart(alt.NamedData(name="incidents"))
        .mark_rect(color=VERMILLION, opacity=0.22, stroke=VERMILLION, strokeWidth=1.5)
        .encode(x="a:T", x2="b:T", tooltip=[alt.Tooltip("what:N", title="incident")])
    )
    zoom = alt.selection_interval(bind="scales", encodings=["x"], name="zoom")
    lines = (
        alt.Chart(alt.NamedData(name="left"))
        .mark_line(interpolate="step-before", clip=True)
        .encode(
            x=x,
            y=alt.Y("v:Q", title=None, axis=alt.Axis(format="~%", tickCount=5)),
            color=alt.Color("k:N", title=None, scale=alt.Scale(range=[BLUE, _GREY])),
            strokeDash=alt.StrokeDash("k:N", title=None, scale=alt.Scale(range=[[1, 0], [4, 3]])),
        )
        .add_params(zoom)
    )
    near = alt.selection_point(
        name="near", on="pointerover", nearest=True, encodings=["x"], clear="pointerout"
    )
    points = (
        alt.Chart(alt.NamedData(name="left"))
        .mark_point(filled=True, size=40, color=BLUE, clip=True)
        .encode(
            x="t:T",
            y="v:Q",
            opacity=alt.condition(near, alt.value(1), alt.value(0), empty=False),
            tooltip=[
                alt.Tooltip("t:T", format="%a %-d %b %H:%M", title="time"),
                alt.Tooltip("v:Q", format=".1%", title="left"),
                alt.Tooltip("k:N", title="figures"),
            ],
        )
        .add_params(near)
    )
    return _finished(spans, _rule(0), lines, points)


def _months(names: list[str]) -> dict[str, Any]:
    bars = (
        alt.Chart(alt.NamedData(name="months"))
        .mark_bar()
        .encode(
            x=alt.X(
                "month:O",
                title=None,
                scale=alt.Scale(domain=names),
                axis=alt.Axis(labelAngle=0, labelOverlap=True, labelExpr=_ABBREVIATED),
            ),
            y=alt.Y("spent:Q", title=None, axis=alt.Axis(format="~%", tickCount=5)),
            color=alt.condition("datum.spent > 1", alt.value(VERMILLION), alt.value(BLUE)),
            tooltip=[
                alt.Tooltip("month:O"),
                alt.Tooltip("spent:Q", format=".1%", title="budget spent"),
                alt.Tooltip("sli:Q", format=".4%", title="SLI"),
                alt.Tooltip("known:Q", format=".1%", title="known"),
            ],
        )
    )
    return _finished(bars, _rule(1))


def _rule(at: float) -> alt.Chart:
    rule: alt.Chart = alt.Chart(alt.InlineData(values=[{"v": at}])).mark_rule(color=_INK).encode(y="v:Q")
    return rule


def _finished(*layers: alt.Chart) -> dict[str, Any]:
    done = alt.layer(*layers).properties(width="container", height="container", background="transparent")
    found: dict[str, Any] = done.configure(
        font='system-ui, "Liberation Sans", sans-serif',
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(gridColor="#e3e6ea", labelFontSize=12, labelColor=_GREY),
        legend=alt.LegendConfig(orient="top", labelFontSize=12),
    ).to_dict()
    return found | {"autosize": {"type": "fit", "contains": "padding"}}


def _short(value: float | None) -> float | None:
    """To a hundredth of a percent, which no chart shows."""
    return None if value is None else round(value, 4)
