"""Time, values and colours of a chart."""

from math import floor, log10
from typing import Any

import altair as alt

from somahub.preview.data import Answered, Moment

SERIES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8E8E8E", "#B8A800"]
_MOST = 12
_MINUTES = 120
_FORMATS = {"percentunit": ".3~%"}
_LABELS = {
    "s": "datum.value >= 172800 ? format(datum.value / 86400, '.3~r') + ' d' : datum.value >= 7200 "
    "? format(datum.value / 3600, '.3~r') + ' h' : datum.value >= 120 ? format(datum.value / 60, '.3~r') + ' min' "
    ": datum.value >= 1 || datum.value == 0 ? format(datum.value, '.3~r') + ' s' "
    ": format(datum.value * 1000, '.3~r') + ' ms'",
    "bytes": "format(datum.value, '.3~s') + 'B'",
}
# A point or a bar, by the fields of its chart.
Row = dict[str, Any]


def time(field: str, at: Moment) -> alt.X:
    """From the start to the end of what is shown."""
    domain = [round(at.start.timestamp() * 1000), round(at.end.timestamp() * 1000)]
    marks = alt.Axis(format="%H:%M", tickCount=5, tickMinStep=60_000)
    return alt.X(field, title=None, scale=alt.Scale(type="utc", domain=domain), axis=marks)


def value(one: Answered, stack: Any) -> alt.Y:  # noqa: ANN401 - what altair takes
    """Values; at 0 all the time, in a graph that is as high as 1."""
    flat = not any(value for _, lines in one.lines for line in lines for _, value in line.points)
    scale = alt.Scale(domain=[0, 1]) if flat else alt.Scale(zero=one.panel.least == 0)
    return alt.Y("v:Q", title=None, stack=stack, scale=scale, axis=axis(one))


def axis(one: Answered) -> alt.Axis:
    """Values in the panel's unit."""
    unit = one.panel.unit
    if unit not in _LABELS:
        return alt.Axis(format=_FORMATS.get(unit, ",.4~r"), tickCount=5)
    most = max(value for _, lines in one.lines for line in lines for _, value in line.points)
    if unit == "s" and most >= _MINUTES:
        return alt.Axis(labelExpr=_LABELS[unit], values=_ticks(most))
    return alt.Axis(labelExpr=_LABELS[unit], tickCount=5)


def colours(one: Answered, rows: list[Row]) -> alt.Color:
    """A colour for each series of a graph: its own, or one that is left."""
    names = _names(rows)
    fixed = dict(one.panel.colours)
    fixed |= {line.name: query.colour for query, lines in one.lines for line in lines if query.colour}
    left = [colour for colour in SERIES if colour not in fixed.values()] or SERIES
    others = [name for name in names if name not in fixed]
    ranges = fixed | {name: left[index % len(left)] for index, name in enumerate(others)}
    legend = alt.Legend(orient="bottom")
    scale = alt.Scale(domain=names, range=[ranges[name] for name in names])
    return alt.Color("s:N", title=None, scale=scale, legend=legend)


def _ticks(most: float) -> list[float]:
    """Round numbers of minutes, hours or days up to some seconds."""
    unit = next(size for size in (86400, 3600, 60) if most >= 2 * size)
    rough = most / unit / 4
    power = 10 ** floor(log10(rough))
    step = unit * next(nice * power for nice in (1, 2, 5, 10) if nice * power >= rough)
    return [step * n for n in range(int(most / step) + 2)]


def _names(rows: list[Row]) -> list[str]:
    """Names of series; where a legend has no room for all, the highest first."""
    peaks: dict[str, float] = {}
    for row in rows:
        peaks[row["s"]] = max(peaks.get(row["s"], float("-inf")), row["v"] or 0)
    return sorted(peaks, key=lambda name: -peaks[name]) if len(peaks) > _MOST else list(peaks)
