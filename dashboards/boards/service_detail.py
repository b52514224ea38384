"""One service: its objectives, requests, dependencies, own metrics, logs and traces."""

from collections.abc import Iterator

from dashboards import links, palette
from dashboards.board import Annotation, Board, Row, Variable
from dashboards.panels import declared, dependencies, requests, signals, slo_service
from dashboards.queries import http
from slo.model import Dependency, Platform, Service
from slo.names import dashboard_uid
from slo.sli import HttpAvailability, HttpLatency

_TYPED = (Variable("trace_id", "Trace id", ""), Variable("search", "Words in logs", ""))


def board(platform: Platform, service: Service) -> Board:
    """The board of a service or of a dependency, which has no requests, logs or traces of ours."""
    ours = _is_ours(service)
    return Board(
        dashboard_uid(service.name),
        title(service),
        f"{service.label}, of team {service.owner}, tier {service.tier}.",
        tuple(_rows(platform, service)),
        tags=(links.SERVICE, f"team-{service.owner}"),
        variables=_TYPED if ours else (),
        annotations=(
            Annotation("Deploys", http.deploys(service.name), "Version {{service_version}}", palette.PURPLE),
        )
        if ours
        else (),
        service=service.name,
    )


def title(service: Service) -> str:
    """Unique in a platform, as the name of a service is."""
    return f"{service.title} ({service.name})" if service.title else service.name


def _is_ours(service: Service) -> bool:
    return bool(service.scraped) and not isinstance(service, Dependency)


def _answers(service: Service) -> bool:
    """Whether its requests matter: a worker answers none but its scrape, and promises nothing of them."""
    kinds = [one.sli for one in service.slos]
    return not kinds or any(isinstance(sli, HttpAvailability | HttpLatency) for sli in kinds)


def _rows(platform: Platform, service: Service) -> Iterator[Row]:
    if service.slos:
        yield Row("Objectives", slo_service.of_service(service))
    if _is_ours(service):
        if _answers(service):
            yield Row("Requests", requests.red(service))
        calls = any(other.name in service.needs and _is_ours(other) for other in platform.services)
        yield Row("Dependencies", dependencies.dependencies(service, calls=calls))
    if service.metrics:
        yield Row("What it counts itself", declared.declared(service))
    if _is_ours(service):
        yield Row("Logs", signals.log_panels(service))
        yield Row("Traces", signals.trace_panels(service))
