"""What may well not have been seen, by what else is known of a live service."""

from slo import kit
from slo.model import Service
from slo.sli import REQUEST_DURATION, REQUESTS
from somahub.otlp.models import KIT_SCOPE, ServiceSummary
from somahub.verify.exposition import Exposed, base

SERVER_SPANS = "server spans"
_UNMATCHED = "unmatched"


def idle(service: Service, found: Exposed, seen: ServiceSummary | None) -> dict[str, str]:
    """Names of the kit's signals, and why each may be without series, records or spans while all is well."""
    reasons = {}
    if not service.needs:
        reasons[kit.DEPENDENCY_UP] = "it needs nothing"
    if not any(span.kind == "client" and span.scope == KIT_SCOPE for span in (seen.spans if seen else ())):
        reasons[kit.CLIENT_DURATION] = "it has called no other service"
    counted = found.get(base(REQUESTS))
    # The kit begins a series for each route.
    if counted and {labels.get("route") for _, labels in counted.series} == {_UNMATCHED}:
        why = "it has no routes"
        reasons |= {REQUEST_DURATION: why, "http.request": why, SERVER_SPANS: why}
    return reasons
