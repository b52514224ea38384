"""Answers of a Prometheus server to a query over a range of time, at a step."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

import requests
from prometheus_api_client.exceptions import PrometheusApiClientException
from prometheus_api_client.prometheus_connect import PrometheusConnect

from collectors.prometheus import PATIENCE, PrometheusError

# A server gives 11,000 points at most (its API's limit); a round number below it.
_POINTS = 10_000
# Prometheus' own limit of two minutes for a query, and the time to send its answer.
_TIMEOUT = 180


class Ranged(NamedTuple):
    """One series: labels, and values at times in seconds since the epoch; not a number is no value."""

    labels: dict[str, str]
    times: list[float]
    values: list[float]


Ask = Callable[[str], list[Ranged]]


def asking(url: str, start: int, end: int, step: int) -> Ask:
    """Ask for every step from ``start`` to ``end``, in seconds since the epoch.

    The function that is returned raises ``PrometheusError``; it asks once for each query, in parts: a part that
    would load too many samples for the server is halved.
    """
    connection = PrometheusConnect(url, timeout=_TIMEOUT, retry=PATIENCE)

    def part(query: str, first: int, last: int) -> list[dict[str, Any]]:
        if (last - first) // step >= _POINTS:
            return halves(query, first, last)
        try:
            return _ask(connection, url, query, (first, last, step))
        except PrometheusError as error:
            if "too many samples" in error.reason and last > first:
                return halves(query, first, last)
            raise

    def halves(query: str, first: int, last: int) -> list[dict[str, Any]]:
        middle = first + (last - first) // step // 2 * step
        return [*part(query, first, middle), *part(query, middle + step, last)]

    @cache
    def ask(query: str) -> list[Ranged]:
        found: dict[tuple[tuple[str, str], ...], Ranged] = {}
        for one in part(query, start, end):
            labels = {name: value for name, value in one["metric"].items() if name != "__name__"}
            series = found.setdefault(tuple(sorted(labels.items())), Ranged(labels, [], []))
            for at, text in one["values"]:
                value = float(text)
                if isfinite(value):
                    series.times.append(float(at))
                    series.values.append(value)
        return list(found.values())

    return ask


def version(url: str) -> str:
    """The server's version, such as ``2.42.0``; empty where it tells none, as some that speak its API."""
    try:
        answer = requests.get(f"{url.rstrip('/')}/api/v1/status/buildinfo", timeout=30)
        return str(answer.json()["data"]["version"])
    except requests.ConnectionError as error:
        raise PrometheusError(url, "no connection; is it running there?") from error
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return ""


def _ask(
    connection: PrometheusConnect, url: str, query: str, span: tuple[int, int, int]
) -> list[dict[str, Any]]:
    first, last, step = span
    start, end = (datetime.fromtimestamp(at, UTC) for at in (first, last))
    try:
        answer = connection.custom_query_range(query, start, end, str(step))
    except requests.ConnectionError as error:
        raise PrometheusError(url, "no connection; is it running there?") from error
    except (requests.RequestException, PrometheusApiClientException) as error:
        raise PrometheusError(url, str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PrometheusError(url, "the answer is not that of a Prometheus API") from error
    if not isinstance(answer, list):
        raise PrometheusError(url, f"expected series in answer to {query}")
    return answer
