"""Where the history is kept, as a protocol: SQL by SQLAlchemy (``sql.py``), and ClickHouse (``clickhouse.py``)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, Protocol

from collectors.history.tallies import Group
from slo.slots import Slots


class Key(NamedTuple):
    """What a series of slots is of: an SLO's group, as one region's Prometheus saw it."""

    slo_id: str
    group: Group = ()
    region: str = ""
    unit: str = "events"

    @property
    def labels(self) -> str:
        """Its group as JSON, in the order of names."""
        return json.dumps(dict(self.group))

    @classmethod
    def of(cls, slo_id: str, labels: str, region: str, unit: str) -> "Key":
        """The same read back."""
        return cls(slo_id, tuple(json.loads(labels).items()), region, unit)


class Objective(NamedTuple):
    """What was promised from ``since`` on, in seconds since the epoch; 0 is from the beginning."""

    since: int
    objective: Decimal
    period: str


class Stored(NamedTuple):
    """Slots of one series."""

    key: Key
    slots: Slots


class Day(NamedTuple):
    """One day of a series as it is kept: what a copy copies."""

    key: Key
    day: int
    hourly: bool
    slots: bytes


class Collected(NamedTuple):
    """From when to when an SLO is collected from a region, in seconds since the epoch."""

    since: int
    until: int


Watermarks = Mapping[tuple[str, str], Collected]
"""By SLO and region. A store widens what it has to hold both."""


class Store(Protocol):
    """Slots of many series over years; every failure is a ``HistoryError``."""

    def write(self, rows: Iterable[Stored], watermarks: Watermarks) -> None:
        """Put slots in the place of those before, unless more was known of them; all or nothing."""

    def read(self, slo_id: str, start: int, end: int) -> list[Stored]:
        """Slots of all groups and regions of an SLO over a span, in order of key, unknown where none are held."""
        ...

    def watermarks(self) -> dict[tuple[str, str], Collected]:
        """All of them."""
        ...

    def objectives(self) -> dict[str, list[Objective]]:
        """By SLO, in order of time."""
        ...

    def promise(self, promised: Mapping[str, Objective]) -> None:
        """Note objectives that differ from the last ones; the first of an SLO holds from the beginning."""

    def days(self) -> Iterator[Day]:
        """Everything that is kept, in order of key and day."""
        ...

    def adopt(self, kept: Iterable[Day], marks: Watermarks, promised: Mapping[str, list[Objective]]) -> None:
        """Take over what another store kept, into an empty one."""

    def roll_up(self, before: int) -> int:
        """Turn slots of days that end by then into hours; how many days did is returned."""
        ...

    def forget(self, before: int) -> int:
        """Delete days that end by then; how many is returned."""
        ...

    def close(self) -> None:
        """Let go of the database."""


def news(promised: Mapping[str, Objective], before: Mapping[str, list[Objective]]) -> dict[str, Objective]:
    """Objectives that differ from the last ones that were noted; the first of an SLO holds from the beginning."""
    found = {}
    for slo_id, one in promised.items():
        last = before.get(slo_id, [])[-1:]
        if not last or (last[0][1:] != one[1:] and last[0].since < one.since):
            found[slo_id] = one._replace(since=one.since if last else 0)
    return found
