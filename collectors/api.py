"""Questions to a server that speaks Prometheus' HTTP API."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from weakref import finalize

import requests
from requests.adapters import HTTPAdapter

from collectors.prometheus import PATIENCE, PrometheusError

# A server gives at most 11,000 points of a series in one answer.
MOST_POINTS = 11_000
# Prometheus' own limit of two minutes for a query, and the time to send its answer.
_TIMEOUT = 180.0
_INTERVALS = (1, 5, 10, 15, 20, 30, 60, 120, 300)


class Answer(NamedTuple):
    """A series: its labels, and (time in seconds since the epoch, value) pairs."""

    labels: dict[str, str]
    values: tuple[tuple[float, float], ...]


class Api:
    """One server; what it can't answer is a ``PrometheusError``. Headers carry a tenant and credentials."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.headers.update(headers or {})
        # Its connections end with it, and not when the system finds them.
        finalize(self, self._session.close)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=PATIENCE))

    def at(self, query: str, moment: datetime) -> list[Answer]:
        """An instant query; of a range vector, every sample."""
        data = self.get("query", {"query": query, "time": moment.timestamp()})
        return self._answers(data, query)

    def over(self, query: str, start: datetime, end: datetime, step: timedelta) -> list[Answer]:
        """A range query, in as many parts as the server's limits of points and of samples ask for."""
        found: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
        for first, last in parts(start, end, step * (MOST_POINTS - 1), step):
            for answer in self._part(query, first, last, step):
                found.setdefault(tuple(sorted(answer.labels.items())), []).extend(answer.values)
        return [Answer(dict(labels), tuple(values)) for labels, values in found.items()]

    def version(self) -> str:
        """The server's version, such as ``2.42.0``; empty where it tells none, as some that speak the API."""
        try:
            return str(self.get("status/buildinfo")["version"])
        except (PrometheusError, KeyError, TypeError):
            return ""

    def scrape_interval(self, moment: datetime) -> timedelta | None:
        """How often most targets were scraped in the day before, as people set it; None without targets."""
        counted = self.at("quantile(0.5, count_over_time(up[1d]) / count_over_time(up[1d:5m]))", moment)
        if not counted:
            return None
        every = 300 / counted[0].values[0][1]
        return timedelta(seconds=min(_INTERVALS, key=lambda usual: abs(usual - every)))

    def get(self, path: str, params: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """The data of ``/api/v1/<path>``."""
        try:
            answer = self._session.get(f"{self.url}/api/v1/{path}", params=params, timeout=_TIMEOUT)
        except requests.RequestException as error:
            raise PrometheusError(self.url, _reason(error)) from error
        try:
            body = answer.json()
        except requests.JSONDecodeError as error:
            reason = f"the answer is not that of a Prometheus API (HTTP {answer.status_code})"
            raise PrometheusError(self.url, reason) from error
        if not isinstance(body, dict) or body.get("status") != "success" or "data" not in body:
            said = body.get("error", answer.reason) if isinstance(body, dict) else answer.reason
            raise PrometheusError(self.url, str(said), answer.status_code)
        return body["data"]

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The body of an answer to bytes that are sent to ``/api/v1/<path>``."""
        url = f"{self.url}/api/v1/{path}"
        try:
            answer = self._session.post(url, data=body, headers=dict(headers), timeout=_TIMEOUT)
        except requests.RequestException as error:
            raise PrometheusError(self.url, _reason(error)) from error
        if answer.status_code != requests.codes.ok:
            raise PrometheusError(self.url, answer.text.strip()[:300] or answer.reason, answer.status_code)
        return answer.content

    def _part(self, query: str, first: datetime, last: datetime, step: timedelta) -> list[Answer]:
        """A part that would load too many samples for the server is halved."""
        asked = {
            "query": query,
            "start": first.timestamp(),
            "end": last.timestamp(),
            "step": step.total_seconds(),
        }
        try:
            return self._answers(self.get("query_range", asked), query)
        except PrometheusError as error:
            if "too many samples" not in error.reason or first == last:
                raise
        middle = first + (last - first) // step // 2 * step
        return [*self._part(query, first, middle, step), *self._part(query, middle + step, last, step)]

    def _answers(self, data: object, query: str) -> list[Answer]:
        if isinstance(data, dict) and data.get("resultType") in {"vector", "matrix"}:
            try:
                return [_answer(one) for one in data["result"]]
            except (KeyError, TypeError, ValueError) as error:
                raise PrometheusError(self.url, f"series of an unknown form in answer to {query}") from error
        raise PrometheusError(self.url, f"expected series in answer to {query}")


def parts(
    start: datetime, end: datetime, length: timedelta, step: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Cut [start, end] so that the parts hold the same steps as the whole, each once."""
    first = start
    while first <= end:
        yield first, min(first + length, end)
        first += length + step


def _reason(error: requests.RequestException) -> str:
    """Without the question, which may be a page long."""
    if isinstance(error, requests.ReadTimeout):
        return f"no answer within {_TIMEOUT:g} s"
    if isinstance(error, requests.ConnectionError):
        return "no connection; is it running there?"
    if isinstance(error, requests.exceptions.RetryError):
        return "it answers with errors again and again; is it starting, or overloaded?"
    return str(error)


def _answer(one: dict[str, Any]) -> Answer:
    pairs = one["values"] if "values" in one else [one["value"]]
    return Answer(one["metric"], tuple((float(at), float(value)) for at, value in pairs))
