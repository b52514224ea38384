"""Time windows of OpenSLO: rolling, or of a calendar."""

from datetime import datetime, timedelta

from slo.formats.openslo_model import CalendarStart, SloSpec, TimeWindow
from slo.formats.openslo_parts import Part
from slo.units import duration, seconds
from slo.window import Calendar

_UNITS = {"Day": 1, "Week": 7}
_CALENDARS = {"1w": "week", "7d": "week", "1M": "month", "1Q": "quarter", "3M": "quarter"}
_LENGTHS = {"week": "1w", "month": "1M", "quarter": "1Q"}
# A Monday that begins a year: weeks, months and quarters start there.
_START = "2024-01-01 00:00:00"
_FORM = "%Y-%m-%d %H:%M:%S"


def window(part: Part, spec: SloSpec) -> timedelta | Calendar:
    """The one window of an SLO."""
    windows = spec.time_window or spec.time_windows
    if len(windows) != 1:
        raise part.document.wrong("spec.timeWindow", f"expected one window, got {len(windows)}")
    one = windows[0]
    rolling = one.calendar is None if one.is_rolling is None else one.is_rolling
    if one.unit:
        return _counted(part, one)
    if not rolling:
        return _calendar(part, one)
    if one.calendar is not None:
        raise part.document.wrong("spec.timeWindow", "a rolling window has no calendar")
    try:
        return timedelta(seconds=float(seconds(one.duration)))
    except (ValueError, OverflowError) as error:
        raise part.document.wrong("spec.timeWindow.duration", str(error)) from error


def written(given: timedelta | Calendar) -> dict[str, object]:
    """What ``window`` reads back."""
    if isinstance(given, Calendar):
        calendar = {"startTime": _START, "timeZone": given.zone}
        return {"duration": _LENGTHS[given.unit], "isRolling": False, "calendar": calendar}
    return {"duration": duration(given), "isRolling": True}


def _counted(part: Part, one: TimeWindow) -> timedelta:
    """A window of v1alpha."""
    if one.unit not in _UNITS:
        raise part.document.wrong("spec.timeWindows.unit", f"expected Day or Week, got {one.unit[:40]!r}")
    if one.calendar is not None or one.is_rolling is False:
        part.note("spec.timeWindows.calendar", f"read as rolling: {one.count} {one.unit.lower()}s")
    if not 0 < one.count <= 1000:  # noqa: PLR2004 - far above what an SLO's window may be
        raise part.document.wrong("spec.timeWindows.count", f"expected a number of days, got {one.count}")
    return timedelta(days=one.count * _UNITS[one.unit])


def _calendar(part: Part, one: TimeWindow) -> Calendar:
    field = "spec.timeWindow"
    unit = _CALENDARS.get(one.duration)
    if unit is None:
        raise part.document.wrong(
            f"{field}.duration", f"expected 1w, 1M or 1Q for a calendar window, got {one.duration[:40]!r}"
        )
    start = one.calendar or CalendarStart()
    calendar = part.document.build(
        f"{field}.calendar", Calendar, {"unit": unit, "zone": start.time_zone or "UTC"}
    )
    if start.start_time:
        _starts(part, f"{field}.calendar.startTime", start.start_time, calendar)
    return calendar


def _starts(part: Part, field: str, given: str, calendar: Calendar) -> None:
    try:
        at = datetime.strptime(given, _FORM)  # noqa: DTZ007 - its zone is a field of its own
    except ValueError as error:
        raise part.document.wrong(field, f"expected YYYY-MM-DD HH:MM:SS, got {given[:40]!r}") from error
    begins = {"week": at.weekday() == 0, "month": at.day == 1, "quarter": at.day == 1 and at.month % 3 == 1}
    if not begins[calendar.unit] or (at.hour, at.minute, at.second) != (0, 0, 0):
        part.note(field, f"not carried over: a {calendar.unit} here is the calendar's, from midnight")
