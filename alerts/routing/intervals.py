"""Alertmanager's time intervals: business hours as weeks have them, maintenance by its exact dates.

https://prometheus.io/docs/alerting/latest/configuration/#time_interval
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from slo.maintenance import Maintenance, occurrences
from slo.model import Platform
from slo.oncall import DAYS, Day, Hours
from slo.window import Span

Interval = dict[str, Any]
# Alertmanager's weeks begin with Sunday, and no range goes over their end.
_WEEK = (DAYS[-1], *DAYS[:-1])
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def weekly(hours: Hours) -> list[Interval]:
    """Business hours by the clock of their zone, which knows its changes."""
    return [
        {
            "weekdays": weekdays(hours.days),
            "times": [{"start_time": f"{hours.start:%H:%M}", "end_time": clock(hours.until // _MINUTE)}],
            "location": hours.zone,
        }
    ]


def clock(minutes: int) -> str:
    """A time of day by the minutes since midnight, up to ``24:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def weekdays(days: Iterable[Day], later: int = 0) -> list[str]:
    """Ranges of days, or of the days that come so many ``later``."""
    runs = _runs((_WEEK.index(day) + later) % 7 for day in days)
    return [_WEEK[run[0]] if len(run) == 1 else f"{_WEEK[run[0]]}:{_WEEK[run[-1]]}" for run in runs]


def muting(platform: Platform, year: int) -> dict[str, tuple[Maintenance, list[Interval]]]:
    """Maintenance that mutes, by the names of its intervals: in ``year`` and the next; none without a date in them."""
    years = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC)
    found = {
        f"maintenance-{m.name}": (m, dated(occurrences(m, *years))) for m in platform.maintenance if m.mutes
    }
    return {name: (m, intervals) for name, (m, intervals) in found.items() if intervals}


def windows(muted: Mapping[str, tuple[Maintenance, list[Interval]]]) -> dict[str, tuple[str, ...]]:
    """The services of each name."""
    return {name: maintenance.services for name, (maintenance, _) in muted.items()}


def dated(spans: Iterable[Span]) -> list[Interval]:
    """Spans in whole minutes of UTC, where no clock changes; days of one month with the same times are one interval."""
    days: dict[tuple[int, int, str, str], list[int]] = {}
    for start, end in (piece for span in spans for piece in _by_day(span)):
        until = clock((end - start.replace(hour=0, minute=0)) // _MINUTE)
        days.setdefault((start.year, start.month, f"{start:%H:%M}", until), []).append(start.day)
    return [
        {
            "times": [{"start_time": since, "end_time": until}],
            "days_of_month": [f"{run[0]}:{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in _runs(found)],
            "months": [f"{month}"],
            "years": [f"{year}"],
        }
        for (year, month, since, until), found in days.items()
    ]


def _by_day(span: Span) -> Iterator[Span]:
    start = span.start.replace(second=0, microsecond=0)
    end = -(-(span.end - start) // _MINUTE) * _MINUTE + start
    while start < end:
        midnight = start.replace(hour=0, minute=0) + _DAY
        yield Span(start, min(midnight, end))
        start = midnight


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers that follow each other, together."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
