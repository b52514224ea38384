"""What was observed of an SLI, and the objective that it supports."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

_LADDER = tuple(Decimal(step) for step in ("99.99", "99.95", "99.9", "99.5", "99", "95", "90"))
# An objective that was just met by luck pages for ever: it leaves twice the failures that were seen.
_ROOM = 2
# And where its budget is less than so many events, the past tells nothing about it.
_LEAST = 10
# A latency objective is about nearly all requests, not about the median.
_MOST = 0.99
_LIMITS = tuple(
    timedelta(**{unit: n})
    for unit, n in (
        ("minutes", 15),
        ("minutes", 30),
        *(("hours", n) for n in (1, 2, 3, 6, 12, 26)),
        *(("days", n) for n in (2, 3, 4, 8, 15, 35)),
    )
)


class Evidence(NamedTuple):
    """Events per day as (end of the day in seconds since the epoch, bad, total), of days that had any."""

    days: tuple[tuple[float, float, float], ...]
    unit: str

    @property
    def bad(self) -> float:
        """All failures."""
        return sum(bad for _, bad, _ in self.days)

    @property
    def total(self) -> float:
        """All events."""
        return sum(total for _, _, total in self.days)

    @property
    def sli(self) -> float:
        """The good fraction."""
        return 1 - self.bad / self.total

    @property
    def worst(self) -> tuple[float, float]:
        """The end of the worst day, and its good fraction."""
        at, bad, total = max(self.days, key=lambda day: day[1] / day[2])
        return at, 1 - bad / total


def evidence(bad: Iterable[tuple[float, float]], total: Iterable[tuple[float, float]], unit: str) -> Evidence:
    """Evidence from daily values; a day without a value of ``bad`` had none, and bad never exceeds total."""
    failed = dict(bad)
    days = [(at, min(max(failed.get(at, 0.0), 0.0), n), n) for at, n in total if n > 0]
    return Evidence(tuple(days), unit)


def objective(seen: Evidence) -> Decimal | None:
    """The highest step that what was observed meets with room to spare; None if there is none."""
    return next((step for step in _LADDER if _fits(step, seen)), None)


def refusal(seen: Evidence) -> str:
    """Why there is no objective."""
    if not seen.total:
        return "no events in this time"
    if _ROOM * seen.bad / seen.total > (100 - _LADDER[-1]) / 100:
        return f"{(1 - seen.sli) * 100:.1f} % failed: find out what counts as a failure here before you promise anything"
    return f"{seen.total:.0f} {seen.unit} are too few to tell"


def edge(buckets: dict[float, Evidence]) -> float | None:
    """The lowest edge that most observations were below; else the highest one. ``buckets``: failures above an edge."""
    finite = sorted(e for e in buckets if e != float("inf"))
    known = [e for e in finite if buckets[e].total]
    return next((e for e in known if buckets[e].sli >= _MOST), known[-1] if known else None)


def limit(interval: float) -> timedelta | None:
    """The age in which something that happens every ``interval`` seconds may once fail."""
    return next((one for one in _LIMITS if one.total_seconds() >= _ROOM * interval), None)


def _fits(step: Decimal, seen: Evidence) -> bool:
    budget = float(100 - step) / 100
    return seen.total * budget >= _LEAST and _ROOM * seen.bad <= budget * seen.total
