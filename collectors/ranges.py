"""Answers of a Prometheus server to queries over one range of time, for arrays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from math import isfinite
from typing import NamedTuple

from collectors.api import Api


class Ranged(NamedTuple):
    """One series: labels, and values at times in seconds since the epoch; not a number is no value."""

    labels: dict[str, str]
    times: list[float]
    values: list[float]


Ask = Callable[[str], list[Ranged]]


def asking(api: Api, start: int, end: int, step: int) -> Ask:
    """Ask for every step from ``start`` to ``end``, in seconds since the epoch; each query once."""
    first, last = (datetime.fromtimestamp(at, UTC) for at in (start, end))

    @cache
    def ask(query: str) -> list[Ranged]:
        found: dict[tuple[tuple[str, str], ...], Ranged] = {}
        for answer in api.over(query, first, last, timedelta(seconds=step)):
            labels = {name: value for name, value in answer.labels.items() if name != "__name__"}
            series = found.setdefault(tuple(sorted(labels.items())), Ranged(labels, [], []))
            known = [(at, value) for at, value in answer.values if isfinite(value)]
            series.times.extend(at for at, _ in known)
            series.values.extend(value for _, value in known)
        return list(found.values())

    return ask
