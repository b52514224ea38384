"""What to ask a Prometheus about an SLO's past: its records' own expressions, on raw series alone."""

from typing import NamedTuple

from slo import names
from slo.model import SLO, Service
from slo.source import By, Composed, Own


class Raw(NamedTuple):
    """PromQL of bad and total per second."""

    bad: str
    total: str


# A record reads those above it; these stand for them until they are put in.
_MARKS = Own(good="\0good\0", bad="\0bad\0", total="\0total\0")
_RECORDS = {names.EVENTS_GOOD: _MARKS.good, names.EVENTS_BAD: _MARKS.bad, names.EVENTS_TOTAL: _MARKS.total}

RUNNING = "group(up)"
"""Prometheus writes ``up`` at every scrape: where there is none, it didn't run, and no rule did."""


def raw(service: Service, slo: SLO) -> Raw | None:
    """None for a composite, which follows from its parts."""
    source = slo.sli.source(service.name)
    if isinstance(source, Composed):
        return None
    found: dict[str, str] = {}
    for name, expression in source.records(By(slo.group_by), _MARKS):
        text = expression
        for mark, earlier in found.items():
            text = text.replace(mark, f"({earlier})")
        found[_RECORDS[name]] = text
    return Raw(found[_MARKS.bad], found[_MARKS.total])
