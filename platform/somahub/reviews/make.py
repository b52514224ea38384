"""A review from where its data is: the history, the pager, a Prometheus."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import datetime
from typing import NamedTuple

from collectors.api import Api
from collectors.history.opening import open_kept
from slo.accounts.account import Unknown
from slo.maintenance import check_past
from slo.model import Platform
from somahub.reviews.build import NONE, Builder
from somahub.reviews.compare import compared
from somahub.reviews.model import Period, Review
from somahub.reviews.pager import incidents
from somahub.reviews.prometheus import read
from somahub.reviews.rows import Made

Counted = Callable[[Iterable[list[Made]], int], AbstractContextManager[Iterable[list[Made]]]]
"""Goes through rows of so many SLOs, and may show how far it is."""


class Sources(NamedTuple):
    """Where the data is: URLs, of which those of the pager and of Prometheus may be empty; and how it is read."""

    store: str
    pager: str = ""
    token: str = ""
    prometheus: str = ""
    unknown: Unknown = "ignore"
    counted: Counted = lambda rows, _: nullcontext(rows)


def review(
    platform: Platform, period: Period, sources: Sources, now: datetime, against: Period | None = None
) -> Review:
    """The review of a period, beside an earlier one where that is asked for."""
    check_past(platform.maintenance, now)
    with closing(open_kept(sources.store)) as store:
        since = min(one.start for one in (period, against) if one)
        told = incidents(sources.pager, sources.token, since) if sources.pager else None
        builder = Builder(platform, store, told, unknown_time=sources.unknown)
        evidence = read(platform, Api(sources.prometheus), period) if sources.prometheus else NONE
        slos = sum(len(service.slos) for service in platform.services)
        with sources.counted(builder.rows(period), slos) as rows:
            found = builder.review(period, _flat(rows), evidence)
        if against is None:
            return found
        return compared(found, builder.review(against, _flat(builder.rows(against))))


def _flat(rows: Iterable[list[Made]]) -> Iterator[Made]:
    return (one for some in rows for one in some)
