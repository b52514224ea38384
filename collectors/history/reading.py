"""Raw samples of many series from a server: by remote read where there is one, else by range selectors in JSON."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from collectors.api import Api
from collectors.history.selectors import written
from collectors.history.wire import Matcher, Raw, request, response
from collectors.prometheus import PrometheusError
from slo.units import duration

Read = Callable[[list[Matcher], int, int], list[Raw]]
"""Series that matchers take, with their samples between two seconds since the epoch, both included."""

_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Read-Version": "0.1.0",
}
_LIMITS = ("too many samples", "exceeded sample limit", "query processing would load")
# Thanos' querier and others speak the query API alone.
_ABSENT = frozenset({404, 405, 501})


class Reader:
    """One server's raw samples; what it can't answer is a ``PrometheusError``."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._remote = True

    def read(self, matchers: list[Matcher], start: int, end: int) -> list[Raw]:
        """In as many parts as the server's limit of samples asks for."""
        try:
            return self._once(matchers, start, end)
        except PrometheusError as error:
            if end - start <= 1 or not any(limit in error.reason for limit in _LIMITS):
                raise
        middle = (start + end) // 2
        early, late = self.read(matchers, start, middle), self.read(matchers, middle + 1, end)
        joined = {tuple(sorted(one.labels.items())): one for one in early}
        for one in late:
            key = tuple(sorted(one.labels.items()))
            joined[key] = _joined(joined[key], one) if key in joined else one
        return list(joined.values())

    def _once(self, matchers: list[Matcher], start: int, end: int) -> list[Raw]:
        if self._remote:
            try:
                body = self.api.post("read", request(matchers, start * 1000, end * 1000), _HEADERS)
                return _checked(list(response(body)))
            except ValueError as error:
                raise PrometheusError(self.api.url, str(error)) from error
            except PrometheusError as error:
                if error.status not in _ABSENT:
                    raise
                self._remote = False
        return self._queried(matchers, start, end)

    def _queried(self, matchers: list[Matcher], start: int, end: int) -> list[Raw]:
        span = datetime.fromtimestamp(end, UTC) - datetime.fromtimestamp(start, UTC)
        found = []
        for one in self.api.at(f"{written(matchers)}[{duration(span)}]", datetime.fromtimestamp(end, UTC)):
            pairs = np.array(one.values, dtype=np.float64).reshape(-1, 2)
            known = ~np.isnan(pairs[:, 1]) & (pairs[:, 0] >= start)
            times = np.rint(pairs[known, 0] * 1000).astype(np.int64)
            found.append(Raw(one.labels, times, pairs[known, 1]))
        return _checked(found)


def _checked(found: list[Raw]) -> list[Raw]:
    """Those that have samples; a time twice or out of order is no series."""
    for one in found:
        if (np.diff(one.times) <= 0).any():
            raise ValueError("samples out of order")
    return [one for one in found if one.times.size]


def _joined(early: Raw, late: Raw) -> Raw:
    times = np.concatenate((early.times, late.times))
    return Raw(early.labels, times, np.concatenate((early.values, late.values)))
