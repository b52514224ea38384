"""Each kind of panel as a chart that looks as Grafana's does."""

from collections.abc import Callable, Iterator
from typing import Any

import altair as alt

from somahub.preview import axes
from somahub.preview.axes import Row
from somahub.preview.data import Answered, Moment
from somahub.preview.words import said

_ROW = 36
_HEAD = 46
_THICKEST = 44


def chart(one: Answered, at: Moment) -> dict[str, Any] | None:
    """The chart of a panel in Vega-Lite; none for kinds that are text."""
    make = _CHARTS.get(one.panel.kind)
    return None if make is None or one.empty else make(one, at)


def _timeseries(one: Answered, at: Moment) -> dict[str, Any]:
    rows = list(_rows(one, at.step.total_seconds()))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=axes.time("t:T", at),
        y=axes.value(one, stack="zero" if one.panel.stacked else None),
        color=axes.colours(one, rows),
        tooltip=["s:N", alt.Tooltip("v:Q", format=".4~g")],
    )
    if one.panel.stacked:
        marks: Any = base.mark_area(opacity=0.7, interpolate="monotone")
    else:
        dashes = alt.StrokeDash(
            "d:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [6, 4]]), legend=None
        )
        marks = base.mark_line(strokeWidth=1.6).encode(strokeDash=dashes)
    return _finished(alt.layer(marks, *_thresholds(one, rows)), one)


def _thresholds(one: Answered, rows: list[Row]) -> Iterator[alt.Chart]:
    """Lines at the steps, as far as they don't make the graph flat."""
    highest = max(row["v"] for row in rows if row["v"] is not None)
    for step in one.panel.steps:
        if step.value is not None and step.value <= max(highest, 1e-9) * 5:
            yield (
                alt.Chart(alt.InlineData(values=[{"v": step.value}]))
                .mark_rule(strokeDash=[3, 3], color=step.colour)
                .encode(y="v:Q")
            )


def _heatmap(one: Answered, at: Moment) -> dict[str, Any]:
    lines = [line for _, lines in one.lines for line in lines]
    edges = sorted({line.labels.get("le", "") for line in lines}, key=float)
    by_time: dict[float, dict[str, float]] = {}
    for line in lines:
        for when, value in line.points:
            by_time.setdefault(when, {})[line.labels.get("le", "")] = value
    rows = []
    width = at.step.total_seconds()
    for when, cumulative in by_time.items():
        before = 0.0
        for edge in edges:
            value = cumulative.get(edge, before)
            if value > before:
                start, end = (round((when - width) * 1000), round(when * 1000))
                rows.append({"a": start, "b": end, "le": edge, "v": round(value - before, 3)})
            before = max(before, value)
    marks = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(strokeWidth=0)
        .encode(
            x=axes.time("a:T", at),
            x2="b:T",
            y=alt.Y("le:N", sort=edges[::-1], title="up to, in s"),
            color=alt.Color("v:Q", scale=alt.Scale(scheme="viridis", type="sqrt"), legend=None),
            tooltip=["le:N", "v:Q"],
        )
    )
    return _finished(marks, one)


def _bargauge(one: Answered, _: Moment) -> dict[str, Any]:
    rows: list[Row] = [{"s": line.name, "v": line.last} for _, lines in one.lines for line in lines]
    steps = [step for step in one.panel.steps if step.value is not None]
    first = one.panel.steps[0].colour if one.panel.steps else axes.SERIES[0]
    for row in rows:
        row["w"] = said(row["v"], one.panel.unit)
        row["c"] = next(
            (s.colour for s in reversed(steps) if s.value is not None and row["v"] >= s.value), first
        )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("s:N", title=None, sort=None, axis=alt.Axis(labelLimit=220))
    )
    bars = base.mark_bar().encode(
        x=alt.X("v:Q", title=None, axis=axes.axis(one)), color=alt.Color("c:N", scale=None)
    )
    # Within the bar's field, whatever its length: a value is read before a length.
    words = base.mark_text(align="left", dx=4, color="#1b1f24").encode(x=alt.value(0), text="w:N")
    return _finished(alt.layer(bars.encode(opacity=alt.value(0.55)), words), one, len(rows))


def _states(one: Answered, at: Moment) -> dict[str, Any]:
    words = {state.value: (state.text, state.colour) for state in one.panel.states}
    rows: list[Row] = []
    for _, lines in one.lines:
        for line in lines:
            start, state = line.points[0]
            for when, value in (*line.points[1:], (line.points[-1][0] + 1, float("nan"))):
                if value != state:
                    text = words.get(int(state), (str(state), ""))[0]
                    rows.append(
                        {"s": line.name, "a": round(start * 1000), "b": round(when * 1000), "w": text}
                    )
                    start, state = when, value
    scale = alt.Scale(domain=[t for t, _ in words.values()], range=[c for _, c in words.values()])
    marks = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            x=axes.time("a:T", at),
            x2="b:T",
            y=alt.Y("s:N", title=None, axis=alt.Axis(labelLimit=180)),
            color=alt.Color("w:N", title=None, scale=scale, legend=alt.Legend(orient="bottom")),
            tooltip=["s:N", "w:N"],
        )
    )
    return _finished(marks, one, len({row["s"] for row in rows}))


def _rows(one: Answered, step: float) -> Iterator[Row]:
    """Points of all lines; a gap is one without a value, so that no line crosses it."""
    for query, lines in one.lines:
        for line in lines:
            before = line.points[0][0]
            for when, value in line.points:
                told = {"s": line.name, "d": query.dashed}
                if when - before > step * 1.5:
                    yield {"t": round((before + step) * 1000), "v": None, **told}
                yield {"t": round(when * 1000), "v": float(f"{value:.5g}"), **told}
                before = when


def _finished(marks: Any, one: Answered, bars: int = 0) -> dict[str, Any]:  # noqa: ANN401 - altair's many kinds
    height = max(60, one.panel.height * _ROW - _HEAD)
    if bars:
        # One bar that fills a panel looks like an alarm.
        height = min(height, bars * _THICKEST + _HEAD)
    done = marks.properties(width="container", height=height, background="transparent")
    found: dict[str, Any] = (
        done.configure_view(stroke=None).configure_axis(grid=True, gridColor="#88888833").to_dict()
    )
    found["autosize"] = {"type": "fit", "contains": "padding"}
    return found


_CHARTS: dict[str, Callable[[Answered, Moment], dict[str, Any]]] = {
    "timeseries": _timeseries,
    "heatmap": _heatmap,
    "bargauge": _bargauge,
    "state-timeline": _states,
}
