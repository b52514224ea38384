"""What a live platform says: the ``/metrics`` of each service in both forms, and what the receiver got."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import httpx
from pydantic import ValidationError

from collectors.probes import PROBE_PATH, TCP
from slo.model import Dependency, Service
from somahub.otlp.models import Summary
from somahub.verify.exposition import CLASSIC, OPENMETRICS, Answer


class Scraped(NamedTuple):
    """The answers of one service to those who ask for OpenMetrics and for the classic form, or why there are none."""

    url: str
    answers: tuple[Answer, ...] = ()
    error: str = ""


class Said(NamedTuple):
    """Everything that was asked for; ``error`` says why there is no summary."""

    services: Mapping[str, Scraped]
    receiver: str
    summary: Summary
    error: str = ""


def ask(
    client: httpx.Client,
    services: Iterable[Service],
    receiver: str,
    *,
    host: str = "127.0.0.1",
    shift: int = 0,
) -> Said:
    """Ask all of these services that are scraped, ``shift`` ports above their own, and the receiver."""
    scraped = {
        service.name: _scrape(client, f"http://{host}:{service.scraped + shift}{_path(service, shift)}")
        for service in services
        if service.scraped
    }
    try:
        answer = client.get(f"{receiver.rstrip('/')}/v1/summary").raise_for_status()
        return Said(scraped, receiver, Summary.model_validate_json(answer.content))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Said(scraped, receiver, Summary(services=[]), _said(error))
    except ValidationError:
        return Said(scraped, receiver, Summary(services=[]), "its answer is no summary")


def _path(service: Service, shift: int) -> str:
    """Of what probes, what it says of its own port."""
    if not isinstance(service, Dependency):
        return "/metrics"
    if service.probes:
        return f"{PROBE_PATH}?module={TCP}&target=127.0.0.1:{service.scraped + shift}"
    return service.metrics_path


def _scrape(client: httpx.Client, url: str) -> Scraped:
    try:
        answers = [
            client.get(url, headers={"accept": form}).raise_for_status() for form in (OPENMETRICS, CLASSIC)
        ]
    except httpx.HTTPError as error:
        return Scraped(url, error=_said(error))
    return Scraped(url, tuple(Answer(one.headers.get("content-type", ""), one.text) for one in answers))


def _said(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
