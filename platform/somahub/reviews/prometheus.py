"""What a Prometheus tells for a review beside the budgets, as far back as it keeps it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from alerts.catalogue.usage import used
from collectors.api import Api
from slo.model import Platform
from slo.signals import Counter, Metric
from somahub.reviews import evidence
from somahub.reviews.build import Evidence
from somahub.reviews.evidence import Capacity, Certificate, Durability
from somahub.reviews.figures import rounded
from somahub.reviews.model import Period

_STEP = timedelta(hours=1)
_YEAR = timedelta(days=365)
_FEWEST = 24  # hours that a line is drawn through
_EXPIRES = "certificate_expiry_timestamp_seconds"

Points = tuple[tuple[float, float], ...]


def read(platform: Platform, api: Api, period: Period) -> Evidence:
    """All of it, by the hour; ``PrometheusError`` where the server doesn't answer."""
    return Evidence(
        durability=tuple(_durability(platform, api, period)),
        capacity=tuple(_capacity(platform, api, period)),
        certificates=tuple(_certificates(api, period)),
    )


def _durability(platform: Platform, api: Api, period: Period) -> Iterator[Durability]:
    declared = {metric.name: metric for service in platform.services for metric in service.metrics}
    for service in platform.services:
        for target in service.design_targets:
            yield Durability(
                service=service.name,
                name=target.name,
                target=target.target,
                means=target.means,
                evidence=tuple(_metric(declared[name], api, period) for name in target.evidence),
            )


def _metric(declared: Metric, api: Api, period: Period) -> evidence.Metric:
    """By the hour: a rate would be extrapolated, and one lost object would be 1.02 of them."""
    series = api.over(declared.name, period.start, period.at, _STEP)
    hours = len({at for one in series for at, _ in one.values})
    counts = isinstance(declared, Counter)
    known = max(hours - 1, 0) if counts else hours
    value = (
        sum(_grown(one.values) for one in series)
        if counts
        else max((o.values[-1][1] for o in series), default=0)
    )
    return evidence.Metric(
        name=declared.name,
        help=declared.help,
        value=rounded(value) if known else None,
        known=known * _STEP.total_seconds(),
    )


def _grown(points: Points) -> float:
    """What a counter counted; one that is below itself began anew at 0."""
    values = [value for _, value in points]
    return sum(after - before if after >= before else after for before, after in pairwise(values))


def _capacity(platform: Platform, api: Api, period: Period) -> Iterator[Capacity]:
    for service in platform.services:
        for what, share in used(service).items():
            points = _points(api, f"max({share})", period)
            values = [value for _, value in points]
            yield Capacity(
                service=service.name,
                what=what,
                mean=rounded(sum(values) / len(values)) if values else None,
                peak=rounded(max(values)) if values else None,
                last=rounded(values[-1]) if values else None,
                known=len(values) * _STEP.total_seconds(),
                full_at=_full(points, period),
            )


def _full(points: Points, period: Period) -> datetime | None:
    if len(points) < _FEWEST:
        return None
    times, values = np.array(points).T
    last = float(times[-1])
    slope, level = np.polyfit(times - last, values, 1)
    if slope * _YEAR.total_seconds() <= max(1 - level, 0):
        return None
    at = datetime.fromtimestamp(last + max(1 - level, 0) / slope, UTC).replace(microsecond=0)
    return at if at <= period.at + _YEAR else None


def _certificates(api: Api, period: Period) -> Iterator[Certificate]:
    for one in sorted(
        api.at(_EXPIRES, period.at), key=lambda one: (one.values[-1][1], sorted(one.labels.items()))
    ):
        expires = datetime.fromtimestamp(one.values[-1][1], UTC)
        yield Certificate(
            source=one.labels.get("source", ""),
            name=one.labels.get("name", ""),
            expires=expires,
            left=(expires - period.at).total_seconds(),
        )


def _points(api: Api, query: str, period: Period) -> Points:
    """One series by the hour."""
    if period.at - period.start < _STEP:
        return ()
    found = api.over(query, period.start + _STEP, period.at, _STEP)
    return tuple(point for one in found for point in one.values)
