"""Planned work: who may not be called for it, and what the report leaves out of the adjusted figures."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from slo.errors import SLOError
from slo.oncall import Zone
from slo.units import Duration
from slo.window import Span

if TYPE_CHECKING:
    from dateutil.rrule import rrule

_LONGEST = timedelta(days=31)
_FREQUENCIES = frozenset(f"FREQ={every}" for every in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))


def _has_zone(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("expected a time with its offset, such as 2026-11-25T02:00:00+01:00")
    return at


def _has_a_length(length: timedelta) -> timedelta:
    if not timedelta() < length <= _LONGEST:
        raise ValueError("expected a length above 0, of 31 days at most")
    return length


class Maintenance(BaseModel):
    """Work on services (none named: on all) from ``start`` for ``length``, once or by an RRULE (RFC 5545, 3.3.10).

    A rule repeats at the local time of ``zone``. It mutes pages and tickets; what ``excludes`` is also left out of the
    adjusted figures of a report, which names the reason and the approver.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=64)
    reason: str = Field(min_length=1)
    approver: str = Field(min_length=1)
    services: tuple[str, ...] = ()
    start: Annotated[datetime, AfterValidator(_has_zone)]
    length: Annotated[Duration, AfterValidator(_has_a_length)] = timedelta(hours=1)
    rrule: str = ""
    zone: Zone = "UTC"
    mutes: bool = True
    excludes: bool = True

    @model_validator(mode="after")
    def _occurs(self) -> "Maintenance":
        if self.rrule:
            if _FREQUENCIES.isdisjoint(self.rrule.split(";")) or "\n" in self.rrule:
                raise ValueError(
                    f"maintenance {self.name}: rrule: expected FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, and more parts "
                    f"by semicolons, got {self.rrule[:80]!r}"
                )
            if next(iter(_rule(self)), None) is None:
                raise ValueError(f"maintenance {self.name}: rrule: never occurs: {self.rrule[:80]!r}")
        return self


class FutureExclusionError(SLOError):
    """An exclusion that no work is planned for lies ahead."""

    def __init__(self, name: str, end: datetime) -> None:
        super().__init__(
            f"maintenance {name}: excludes until {end.isoformat()}, which has not been; only the past is excluded. "
            "Planned work also mutes."
        )
        self.name = name
        self.end = end


def occurrences(maintenance: Maintenance, start: datetime, end: datetime) -> list[Span]:
    """When it is, within ``start`` and ``end``: rising, in UTC, those that overlap as one. Times are aware.

    An occurrence lasts its length by the clock of physics. One that falls into the hour that a change of clocks skips
    begins as if the clocks had not changed, one in the hour that comes twice in the first of the two (RFC 5545, 3.3.5).
    """
    found: list[Span] = []
    for begin in _begins(maintenance, start - maintenance.length, end):
        span = Span(max(begin, start.astimezone(UTC)), min(begin + maintenance.length, end.astimezone(UTC)))
        if span.start >= span.end:
            continue
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def check_past(windows: Iterable[Maintenance], now: datetime) -> None:
    """Refuse what mutes nothing and happens once, and so is only there to exclude, if it isn't over.

    Planned work may lie ahead: it excludes once it has been. ``FutureExclusionError`` names the first of the others.
    """
    for one in windows:
        if one.excludes and not one.mutes and not one.rrule and one.start + one.length > now:
            raise FutureExclusionError(one.name, one.start + one.length)


def _begins(maintenance: Maintenance, start: datetime, end: datetime) -> Iterator[datetime]:
    if not maintenance.rrule:
        yield maintenance.start.astimezone(UTC)
        return
    # A rule compares its times by the clock on the wall, which is up to an hour off around a change.
    day = timedelta(days=1)
    for begin in _rule(maintenance).xafter(start - day, inc=True):
        if begin > end + day:
            return
        yield begin.astimezone(UTC)


def _rule(maintenance: Maintenance) -> "rrule":
    # Only who plans work loads it.
    from dateutil.rrule import rrule, rrulestr  # noqa: PLC0415

    local = maintenance.start.astimezone(ZoneInfo(maintenance.zone))
    try:
        found = rrulestr(maintenance.rrule, dtstart=local)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"maintenance {maintenance.name}: rrule: {error}") from error
    if not isinstance(found, rrule):
        raise ValueError(f"maintenance {maintenance.name}: rrule: expected one rule")  # noqa: TRY004
    return found
