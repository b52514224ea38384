"""Which SLOs are asked for together: one question for the raw series of many of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from collectors.history.selectors import NAME, Selector
from collectors.history.tallies import selectors
from slo.model import SLO, Platform, Service, slo_id
from slo.source import Composed, Source

_MOST = 100  # SLOs of one question


class Job(NamedTuple):
    """One SLO with what it reads."""

    service: Service
    slo: SLO
    source: Source

    @property
    def slo_id(self) -> str:
        """Its id."""
        return slo_id(self.service, self.slo)


class Batch(NamedTuple):
    """SLOs of one question for raw samples (``selectors``), or of one query of rates (none)."""

    jobs: tuple[Job, ...]
    selectors: tuple[Selector, ...]

    def of(self, jobs: tuple[Job, ...]) -> "Batch":
        """The question for some of its SLOs."""
        if len(jobs) == len(self.jobs):
            return self
        asked = {text for job in jobs for text in selectors(job.source)}
        return Batch(jobs, tuple(one for one in self.selectors if one.text in asked))


def batches(platform: Platform) -> list[Batch]:
    """Every SLO once but composites, which follow from their parts; neighbours read the same metrics."""
    jobs = [Job(s, o, o.sli.source(s.name)) for s in platform.services for o in s.slos]
    simple = [job for job in jobs if not isinstance(job.source, Composed)]
    raw: list[tuple[tuple[str, ...], Job, tuple[Selector, ...]]] = []
    rated: list[Job] = []
    for job in simple:
        read = tuple(map(Selector, selectors(job.source)))
        if read:
            raw.append((tuple(_metric(one) for one in read), job, read))
        else:
            rated.append(job)
    raw.sort(key=lambda one: (one[0], one[1].slo_id))
    return [*_packed(raw), *(Batch(tuple(rated[i : i + _MOST]), ()) for i in range(0, len(rated), _MOST))]


def _packed(raw: Iterable[tuple[tuple[str, ...], Job, tuple[Selector, ...]]]) -> Iterator[Batch]:
    """A batch ends with its metrics: a question for several would take all that any of them is asked for."""
    jobs: list[Job] = []
    read: dict[str, Selector] = {}
    last: tuple[str, ...] | None = None
    for metrics, job, own in raw:
        alone = not all(one.local and _metric(one) for one in own)
        if jobs and (len(jobs) == _MOST or metrics != last or alone):
            yield Batch(tuple(jobs), tuple(read.values()))
            jobs, read = [], {}
        jobs.append(job)
        read |= {one.text: one for one in own}
        # What can't be matched here is asked for alone.
        last = None if alone else metrics
    if jobs:
        yield Batch(tuple(jobs), tuple(read.values()))


def _metric(one: Selector) -> str:
    return next((value for label, op, value in one.matchers if label == NAME and op == "="), "")
