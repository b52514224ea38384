"""Raw samples from a Prometheus server, or from one that speaks its API."""

from datetime import datetime, timedelta
from functools import cache
from math import isnan
from typing import Any

import requests
from prometheus_api_client.exceptions import PrometheusApiClientException
from prometheus_api_client.prometheus_connect import PrometheusConnect
from urllib3.util import Retry

from slo.errors import SLOError
from slo.tally import Read, Sample, Series
from slo.units import duration

# A server limits the samples of one answer; a day of a few hundred series stays far below its default.
_CHUNK = timedelta(days=1)
PATIENCE = Retry(total=3, backoff_factor=0.2, status_forcelist=(502, 503, 504))


class PrometheusError(SLOError):
    """A Prometheus server could not be reached, or did not answer with what was asked for."""

    def __init__(self, url: str, reason: str, status: int = 0) -> None:
        super().__init__(f"Prometheus at {url}: {reason}")
        self.url = url
        self.reason = reason
        self.status = status


def reader(url: str, start: datetime, end: datetime) -> Read:
    """Read raw samples between two times.

    The function that is returned raises ``PrometheusError``; it asks once for each selector.
    """
    connection = PrometheusConnect(url, timeout=30, retry=PATIENCE)
    count = -((start - end) // _CHUNK)
    moments = [end - i * _CHUNK for i in reversed(range(count))]

    @cache
    def read(selector: str) -> list[Series]:
        found: dict[tuple[tuple[str, str], ...], dict[float, Sample]] = {}
        for moment in moments:
            for one in _ask(connection, url, f"{selector}[{duration(_CHUNK)}]", moment):
                samples = (Sample(float(at), float(value)) for at, value in one["values"])
                # Prometheus 2 counts a sample on the edge of two chunks to both.
                kept = {s.at: s for s in samples if s.at >= start.timestamp() and not isnan(s.value)}
                if kept:
                    found.setdefault(tuple(sorted(one["metric"].items())), {}).update(kept)
        return [Series(tuple(kept.values()), _target(dict(labels))) for labels, kept in found.items()]

    return read


def _target(labels: dict[str, str]) -> tuple[str, str]:
    return labels.get("job", ""), labels.get("instance", "")


def _ask(connection: PrometheusConnect, url: str, query: str, moment: datetime) -> list[dict[str, Any]]:
    try:
        answer = connection.custom_query(query, params={"time": moment.timestamp()})
    except requests.ConnectionError as error:
        raise PrometheusError(url, "no connection; is it running there?") from error
    except (requests.RequestException, PrometheusApiClientException) as error:
        raise PrometheusError(url, str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PrometheusError(url, "the answer is not that of a Prometheus API") from error
    if not isinstance(answer, list):
        raise PrometheusError(url, f"expected series in answer to {query}")
    return answer
