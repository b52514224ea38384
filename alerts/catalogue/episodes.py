"""Series for proofs: what all is well looks like, then a fault, then its end, in promtool's notation."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from slo.alert import COARSE, LONG, Proof

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
_CALM = 10  # steps, at the least
_SETTLES = timedelta(minutes=10)


class Grows(NamedTuple):
    """Growth for each step, of a counter or of a gauge that fills; at first it is ``start``."""

    step: float
    start: float = 0


Values = Mapping[str, float | Grows | None]
"""By series: its level, its growth, or None where it has no samples."""


class Phase(NamedTuple):
    """So many steps of the same values."""

    steps: int
    values: Values


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def episode(  # noqa: PLR0913 - all but the first three have defaults
    title: str,
    calm: Values,
    bad: Values,
    *,
    lasts: timedelta,
    settles: timedelta = _SETTLES,
    step: timedelta = MINUTE,
    before: timedelta = timedelta(),
) -> Proof:
    """Silent until all was well ``before``, fires by the end of a fault that ``lasts``, silent once it ``settles``."""
    every = COARSE if step >= LONG else step
    begins = _up(max(before, _CALM * step), every)
    ends = begins + _up(lasts, every)
    phases = [
        Phase(begins // step + 1, calm),
        Phase((ends - begins) // step, bad),
        Phase(_up(settles, every) // step + 1, calm),
    ]
    return Proof(
        title=title,
        series=series(phases),
        step=step,
        silent=(begins, ends + _up(settles, every)),
        fires=(ends,),
    )


def steady(title: str, values: Values, *, lasts: timedelta, step: timedelta = MINUTE) -> Proof:
    """Silent at the middle and at the end of what goes on so: just below a limit, or normal life."""
    half = _up(lasts / 2, COARSE if step >= LONG else step)
    return Proof(
        title=title,
        series=series([Phase(2 * half // step + 1, values)]),
        step=step,
        silent=(half, 2 * half),
    )


def series(phases: Sequence[Phase]) -> dict[str, str]:
    """Each series through all phases; one that a phase does not name has no samples in it."""
    names = dict.fromkeys(name for phase in phases for name in phase.values)
    return {name: _notation(name, phases) for name in names}


def _notation(name: str, phases: Sequence[Phase]) -> str:
    pieces = []
    last: float | None = None
    for steps, values in phases:
        value = values.get(name)
        if value is None:
            pieces.append(f"_x{steps}")
        elif isinstance(value, Grows):
            first = value.start if last is None else last + value.step
            sign = "-" if value.step < 0 else "+"
            pieces.append(f"{first:.12g}{sign}{abs(value.step):.12g}x{steps - 1}")
            last = first + value.step * (steps - 1)
        else:
            pieces.append(f"{value:.12g}x{steps - 1}")
            last = value
    return " ".join(pieces)


def _up(length: timedelta, step: timedelta) -> timedelta:
    return -(-length // step) * step
