"""What another objective would have meant for the months that the history knows."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from collectors.history.ledger import Held, Ledger
from collectors.history.store import Store
from slo.accounts import Promise, kept
from slo.accounts.account import Unknown
from slo.errors import SLOError
from slo.model import Platform, slo_id
from slo.window import Span
from somahub.reviews.figures import figures, judge
from somahub.reviews.model import Figures, Period
from somahub.reviews.periods import before, months, seconds
from somahub.reviews.value import Value

_MONTHS = 12


class Month(Value):
    """A month under the objectives that were in force, and under another; adjusted."""

    month: str
    was: Figures
    would: Figures


class WhatIf(Value):
    """One budget over the months that are over."""

    slo_id: str
    group: dict[str, str]
    objective: Decimal
    instead: Decimal
    months: tuple[Month, ...]

    @property
    def missed(self) -> tuple[int, int]:
        """How many months were missed, and how many would have been."""
        was, would = ([m.was.verdict for m in self.months], [m.would.verdict for m in self.months])
        return was.count("missed"), would.count("missed")


def whatif(  # noqa: PLR0913, PLR0917 - what is asked, and of what
    platform: Platform,
    store: Store,
    objective: Decimal,
    slos: Iterable[str],
    zone: str,
    now: datetime,
    unknown: Unknown = "ignore",
) -> Iterator[WhatIf]:
    """Judge the last twelve months again, of all SLOs or of some by id."""
    asked, known = set(slos), {slo_id(s, o) for s in platform.services for o in s.slos}
    if strange := sorted(asked - known):
        raise SLOError(f"--slo: no SLO {', '.join(strange)} in this spec")
    ledger = Ledger(platform, store, unknown)
    over = months(before("month", zone, now), _MONTHS)
    first, last = int(over[0].start.timestamp()), int(over[-1].end.timestamp())
    for service in platform.services:
        excluded = ledger.excluded(service, first, last)
        for slo in service.slos:
            if not asked or slo_id(service, slo) in asked:
                for held in ledger.held(service, slo, first, last):
                    yield _judged(held, excluded, over, objective, unknown)


def _judged(
    held: Held, excluded: list[Span], over: list[Period], objective: Decimal, unknown: Unknown
) -> WhatIf:
    instead = [Promise(0, float((100 - objective) / 100))]
    found = []
    for month in over:
        span = seconds(month)
        slots = held.slots(span).between(span.start, span.end)
        keep = kept(slots, excluded)
        was, would = (judge(slots, span, p, unknown, keep).adjusted for p in (held.promises, instead))
        found.append(Month(month=month.name, was=figures(was), would=figures(would)))
    return WhatIf(
        slo_id=held.slo_id,
        group=dict(held.group),
        objective=held.noted[-1].objective,
        instead=objective,
        months=tuple(found),
    )
