"""The time over which an objective is judged: rolling, or a calendar period of a place."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Tag

from slo.units import Duration, duration

_SHORTEST, _LONGEST = timedelta(days=1), timedelta(days=90)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"expected an IANA time zone such as Europe/Berlin, got {name!r}") from error
    return name


def _days(value: timedelta) -> timedelta:
    if value % timedelta(days=1) or not _SHORTEST <= value <= _LONGEST:
        raise ValueError(f"expected whole days from {duration(_SHORTEST)} to {duration(_LONGEST)}")
    return value


class Span(NamedTuple):
    """From ``start`` up to, and without, ``end``."""

    start: datetime
    end: datetime


class Calendar(BaseModel):
    """Weeks (from Monday, ISO 8601), months or quarters as a calendar in ``zone`` has them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Literal["week", "month", "quarter"]
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"

    @property
    def nominal(self) -> timedelta:
        """What stands for the period's length where that must be one: 7, 30 or 90 days."""
        return {"week": timedelta(days=7), "month": timedelta(days=30), "quarter": timedelta(days=90)}[
            self.unit
        ]

    def at(self, moment: datetime) -> Span:
        """The period that a moment lies in, midnight to midnight; a change of clocks makes it an hour off whole days."""
        today = moment.astimezone(ZoneInfo(self.zone)).date()
        if self.unit == "week":
            first = today - timedelta(days=today.weekday())
            return Span(self._midnight(first), self._midnight(first + timedelta(days=7)))
        months = 1 if self.unit == "month" else 3
        first = date(today.year, (today.month - 1) // months * months + 1, 1)
        years, month = divmod(first.month - 1 + months, 12)
        return Span(self._midnight(first), self._midnight(date(first.year + years, month + 1, 1)))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def __str__(self) -> str:
        return f"calendar {self.unit} in {self.zone}"


Rolling = Annotated[Duration, AfterValidator(_days), Tag("rolling")]
Window = Annotated[
    Rolling | Annotated[Calendar, Tag("calendar")],
    Discriminator(lambda value: "calendar" if isinstance(value, Calendar | dict) else "rolling"),
]


def period(window: timedelta | Calendar) -> timedelta:
    """The length of a window; of a calendar's, the nominal one."""
    return window.nominal if isinstance(window, Calendar) else window


def span(window: timedelta | Calendar, at: datetime) -> Span:
    """What a window covers at a moment: the whole of a calendar period, or as much time up to the moment."""
    return window.at(at) if isinstance(window, Calendar) else Span(at - window, at)


def phrase(window: timedelta | Calendar) -> str:
    """A window in words of a label or a sentence: ``30d``, ``calendar month in Europe/Berlin``."""
    return str(window) if isinstance(window, Calendar) else duration(window)
