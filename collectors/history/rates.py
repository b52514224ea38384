"""Slots of SLIs that have no raw samples (queries, native histograms, minutes): their own rates, at slot edges.

A rate over 5 minutes that is asked at a slot's end is that slot's; many SLOs are one query, told apart by a label.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from collectors.api import Answer, Api
from collectors.history.batches import Job
from collectors.history.seconds import Frame
from collectors.history.tallies import Group
from collectors.prometheus import PrometheusError
from slo.promql import quoted
from slo.replay.queries import raw
from slo.slots import SLOT, Column, Slots

_TAG = "slo_asked"
_LONGEST = 5_000  # characters of one query: it goes into a URL
_REFUSED = frozenset({400, 422})


def rated(
    api: Api, jobs: Iterable[Job], frame: Frame, broken: list[PrometheusError]
) -> dict[str, dict[Group, Slots]]:
    """Slots by SLO and group; a query that the server refuses is told in ``broken``, and hides no other."""
    terms = {
        f"{part}:{job.slo_id}": query
        for job in jobs
        if (both := raw(job.service, job.slo))
        for part, query in both._asdict().items()
    }
    by_id = {job.slo_id: job for job in jobs}
    found: dict[str, dict[Group, dict[str, Column]]] = {name: {} for name in by_id}
    for some in _packed(terms):
        for answer in _asked(api, some, frame, broken):
            part, _, name = answer.labels[_TAG].partition(":")
            group = tuple((label, answer.labels.get(label, "")) for label in by_id[name].slo.group_by)
            column = found[name].setdefault(group, {}).setdefault(part, np.full(frame.size, np.nan))
            times = np.array([at for at, _ in answer.values], dtype=np.int64)
            values = [value for _, value in answer.values]
            column[(times - frame.start) // SLOT - 1] = values
    return {
        name: {group: _slots(frame, parts) for group, parts in groups.items() if "total" in parts}
        for name, groups in found.items()
    }


def _slots(frame: Frame, parts: dict[str, Column]) -> Slots:
    total = np.round(parts["total"] * SLOT, 6)
    known = ~np.isnan(total)
    bad = np.round(parts.get("bad", np.zeros(frame.size)) * SLOT, 6)
    seconds = np.where(known, float(SLOT), 0.0)
    counted = [np.where(known, np.nan_to_num(x), 0.0) for x in (bad, total)]
    return Slots(frame.start, counted[0], counted[1], seconds, np.zeros(frame.size))


def _asked(api: Api, terms: dict[str, str], frame: Frame, broken: list[PrometheusError]) -> list[Answer]:
    query = " or ".join(f'label_replace({q}, "{_TAG}", {quoted(n)}, "", "")' for n, q in terms.items())
    first, last = (datetime.fromtimestamp(at, UTC) for at in (frame.start + SLOT, frame.end))
    try:
        return api.over(query, first, last, timedelta(seconds=SLOT))
    except PrometheusError as error:
        if error.status not in _REFUSED:
            raise
        if len(terms) == 1:
            broken.append(PrometheusError(api.url, f"{next(iter(terms))}: {error.reason}", error.status))
            return []
    names = list(terms)
    halves = names[: len(names) // 2], names[len(names) // 2 :]
    return [one for half in halves for one in _asked(api, {n: terms[n] for n in half}, frame, broken)]


def _packed(terms: dict[str, str]) -> Iterable[dict[str, str]]:
    some: dict[str, str] = {}
    for name, query in terms.items():
        if some and sum(map(len, some.values())) + len(query) > _LONGEST:
            yield some
            some = {}
        some[name] = query
    if some:
        yield some
