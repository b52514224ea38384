"""Series for proofs: what all is well looks like, then a fault, then its end, in promtool's notation."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from slo.alert import Proof

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
_CALM = 10  # steps, at the least


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
    settles: timedelta = minutes(10),
    step: timedelta = MINUTE,
    before: timedelta = timedelta(),
) -> Proof:
    """Silent while all is well, fires by the end of a fault that ``lasts``, resolved once things have settled."""
    calm_steps = max(_CALM, before // step)
    bad_steps, after_steps = -(-lasts // step) + 1, -(-settles // step)
    phases = [Phase(calm_steps, calm), Phase(bad_steps, bad), Phase(after_steps + 1, calm)]
    # The last sample before the fault, and the one that ends it.
    return Proof(
        title=title,
        series=series(phases),
        step=step,
        silent=((calm_steps - 1) * step, (calm_steps + bad_steps + after_steps) * step),
        fires=((calm_steps + bad_steps - 1) * step,),
    )


def steady(title: str, values: Values, *, lasts: timedelta, step: timedelta = MINUTE) -> Proof:
    """Silent at the middle and at the end of what goes on so: just below a limit, or normal life."""
    steps = -(-lasts // step)
    return Proof(
        title=title,
        series=series([Phase(steps + 1, values)]),
        step=step,
        silent=(steps // 2 * step, steps * step),
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
