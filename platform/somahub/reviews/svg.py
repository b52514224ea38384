"""Small charts as SVG: for print, for PDF and where no script runs.

Colours are attributes, since WeasyPrint lets no style of the page into an SVG; coordinates have one decimal.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from dashboards.palette import BLUE, VERMILLION

_WIDTH, _HEIGHT = 480, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 10, 22
_SPARK = 96, 22
_LEAST = 0.04  # of a height: what a bar shows of nothing
_STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_LINES = 5
_GRID, _RULE, _TEXT, _SHADE = "#e3e6ea", "#1b1f24", "#57606a", "#f6d9c8"

Points = Sequence[tuple[float, float]]
"""Times, in seconds since the epoch, and fractions."""


class Curve(NamedTuple):
    """A budget's ``left`` from ``start`` to ``end``, beside what ``others`` show; ``ticks`` are named times."""

    start: float
    end: float
    left: Points
    other: Points = ()
    shaded: Points = ()
    ticks: Sequence[tuple[float, str]] = ()


def sparkline(spent: Sequence[float | None]) -> Markup:
    """A bar per month for the budget spent; the limit is half-way up, and no bar is higher than twice that."""
    width, height = _SPARK
    step = width / max(len(spent), 1)
    bars: dict[str, str] = {BLUE: "", VERMILLION: ""}
    for index, value in enumerate(spent):
        if value is not None:
            top = height * (1 - max(min(value / 2, 1), _LEAST))
            bars[_colour(value)] += f"M{_short((index + 0.5) * step)} {height}V{_short(top)}"
    drawn = "".join(f'<path stroke="{c}" stroke-width="6" d="{d}"/>' for c, d in bars.items() if d)
    told = ", ".join("unknown" if value is None else f"{value:.0%}" for value in spent)
    return Markup(  # noqa: S704 - numbers only
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Budget spent by month: {told}">{drawn}'
        f'<path stroke="{_RULE}" stroke-dasharray="2 2" d="M0 {height / 2:g}H{width}"/></svg>'
    )


def burn_down(curve: Curve, title: str) -> Markup:
    """What was left of a budget over a period; a second curve is dashed."""
    values = [left for _, left in (*curve.left, *curve.other)]
    scale = _Scale(curve.start, curve.end, min([0.0, *values]), 1.0)
    spans = "".join(_span(begin, end, scale) for begin, end in curve.shaded)
    other = _line(curve.other, scale, f'stroke="{_TEXT}" stroke-dasharray="4 3"')
    line = _line(curve.left, scale, f'stroke="{BLUE}" stroke-width="2"')
    names = "".join(_name(scale.x(at), name) for at, name in curve.ticks)
    return _chart(title, spans + _grid(scale, 0.0) + other + line + names)


def months(spent: Sequence[tuple[str, float | None]], title: str) -> Markup:
    """A bar per month for the share of its budget that was spent; a month that is unknown has a question mark."""
    highest = max([1.0, *(value for _, value in spent if value is not None)])
    scale = _Scale(0, max(len(spent), 1), 0.0, highest * 1.05)
    bars = "".join(_bar(index, name, value, scale) for index, (name, value) in enumerate(spent))
    return _chart(title, _grid(scale, 1.0) + bars)


class _Scale(NamedTuple):
    start: float
    end: float
    low: float
    high: float

    def x(self, at: float) -> float:
        inside = min(max(at, self.start), self.end)
        return _LEFT + (inside - self.start) / (self.end - self.start) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _TOP + (self.high - value) / (self.high - self.low) * (_HEIGHT - _TOP - _BOTTOM)


def _chart(title: str, inner: str) -> Markup:
    return Markup(  # noqa: S704 - numbers, and text that is escaped
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}" '
        f'font-family="sans-serif" font-size="12">{inner}</svg>'
    )


def _grid(scale: _Scale, rule: float) -> str:
    """Lines with the share that they stand for; that of the limit stands out."""
    step = next((s for s in _STEPS if (scale.high - scale.low) / s <= _LINES), _STEPS[-1])
    first, last = int(scale.low / step), int(scale.high / step)
    values = sorted({rule, *(round(k * step, 2) for k in range(first, last + 1))})
    right = _WIDTH - _RIGHT
    return "".join(
        f'<path stroke="{_RULE if value == rule else _GRID}" d="M{_LEFT} {_short(scale.y(value))}H{right}"/>'
        f'<text x="{_LEFT - 6}" y="{_short(scale.y(value) + 4)}" fill="{_TEXT}" text-anchor="end">{value:,.0%}</text>'
        for value in values
    )


def _line(points: Points, scale: _Scale, look: str) -> str:
    """A path that falls where it fell, not between two points; points that no eye tells apart are one."""
    drawn, before = "", ""
    for at, left in points:
        x, y = _short(scale.x(at)), _short(scale.y(left))
        if y != before:
            drawn += f"H{x}V{y}" if drawn else f"M{x} {y}"
        before = y
    return f'<path fill="none" {look} d="{drawn}H{_short(scale.x(points[-1][0]))}"/>' if drawn else ""


def _span(begin: float, end: float, scale: _Scale) -> str:
    left, right = scale.x(begin), scale.x(end)
    return (
        f'<rect fill="{_SHADE}" x="{_short(left)}" y="{_TOP}" width="{_short(max(right - left, 2))}" '
        f'height="{_HEIGHT - _TOP - _BOTTOM}"/>'
    )


def _bar(index: int, name: str, value: float | None, scale: _Scale) -> str:
    left, right = scale.x(index + 0.15), scale.x(index + 0.85)
    if value is None:
        return _name((left + right) / 2, name) + _name((left + right) / 2, "?", scale.y(0) - 4)
    top = min(scale.y(value), scale.y(0) - 1)
    return _name((left + right) / 2, name) + (
        f'<rect fill="{_colour(value)}" x="{_short(left)}" y="{_short(top)}" width="{_short(right - left)}" '
        f'height="{_short(scale.y(0) - top)}"/>'
    )


def _name(x: float, name: str, y: float = _HEIGHT - 6) -> str:
    return f'<text x="{_short(x)}" y="{_short(y)}" fill="{_TEXT}" text-anchor="middle">{escape(name)}</text>'


def _colour(spent: float) -> str:
    return VERMILLION if spent > 1 else BLUE


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
