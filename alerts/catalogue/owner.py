"""Whom the alerts of a catalogue are about: what the texts and priorities of all of them need to know."""

from slo.alert import Priority
from slo.burnrate import Severity
from slo.model import Service
from slo.oncall import usual_priorities
from slo.promql import quoted

SECURITY = "A security incident is P0: call the platform team lead at once, and keep logs and audit entries as they are."


def job(service: Service) -> str:
    """The matcher of what the service itself emits: ``job="gateway"``."""
    return f"job={quoted(service.name)}"


def priority(service: Service, severity: Severity) -> Priority:
    """The usual one of the service's tier."""
    return usual_priorities()[severity][service.tier - 1]


def address(service: Service) -> str:
    """Where it answers, by the name that it has in the platform's network: ``gateway:10000``."""
    return f"{service.name}:{service.port}"
