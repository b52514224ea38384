"""Figures of a review as a person says them; what is unknown says so."""

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from alerts.paging.messages import words
from somahub.reviews.model import Figures, Period

UNKNOWN = "unknown"


class Budget(Protocol):
    """What names a budget."""

    @property
    def slo_id(self) -> str:
        """Its SLO."""
        ...

    @property
    def group(self) -> dict[str, str]:
        """Labels of one of the SLO's groups; empty for an SLO without."""
        ...


def key(one: Budget) -> tuple[str, ...]:
    """What tells a budget from all others."""
    return (one.slo_id, *(part for pair in sorted(one.group.items()) for part in pair))


def named(one: Budget) -> str:
    """An SLO's id and its group: ``gateway-availability (region eu)``."""
    told = ", ".join(f"{name} {value}" for name, value in sorted(one.group.items()))
    return f"{one.slo_id} ({told})" if told else one.slo_id


def share(fraction: float | None) -> str:
    """A share of a budget, a disk, a time: ``4.2 %``, ``312 %``."""
    if fraction is None:
        return UNKNOWN
    if 0 < abs(fraction) < 0.0005:  # noqa: PLR2004 - less than a digit shows
        return "< 0.1 %"
    return f"{fraction * 100:.0f} %" if abs(fraction) >= 1 else f"{fraction * 100:.1f} %".replace(".0 ", " ")


def known(fraction: float) -> str:
    """A share of time, rounded down: only what is complete is 100 %."""
    return f"{Decimal(fraction * 100).quantize(Decimal('0.1'), ROUND_FLOOR).normalize():f} %"


def objective(percent: Decimal) -> str:
    """``99.9 %``."""
    return f"{percent.normalize():f} %"


def sli(figures: Figures, promised: Decimal) -> str:
    """With one decimal more than the objective, rounded down: a miss must not look like a hit."""
    if figures.sli is None:
        return UNKNOWN if figures.verdict == UNKNOWN else "no events"
    digits = max(2, 1 - int(promised.normalize().as_tuple().exponent))
    exact = (1 - Decimal(figures.bad) / Decimal(figures.total)) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR)} %"


def count(value: float) -> str:
    """Whole events or seconds, with thousands apart; less than one with the digits that count."""
    return f"{value:,.0f}" if value >= 1 or not value else words.figure(value, 2)


def lasted(seconds: float | None) -> str:
    """A length of time: ``2 h 10 min``."""
    return UNKNOWN if seconds is None else words.length(timedelta(seconds=round(seconds)))


def moment(at: datetime, zone: str) -> str:
    """``12 Oct 10:03``."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %H:%M}"


def title(period: Period) -> str:
    """What the period is called: ``October 2026``, ``2026-Q3``."""
    return (
        f"{period.start.astimezone(ZoneInfo(period.zone)):%B %Y}" if period.kind == "month" else period.name
    )


def extent(period: Period) -> str:
    """From where to where: ``1 October 2026 00:00 CEST to 1 November 2026 00:00 CET (Europe/Berlin)``."""
    start, end = (at.astimezone(ZoneInfo(period.zone)) for at in (period.start, period.at))
    return f"{_full(start)} to {_full(end)} ({period.zone})"


def _full(at: datetime) -> str:
    return f"{at.day} {at:%B %Y %H:%M %Z}"
