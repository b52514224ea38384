"""The platform's own spec; each service is a module of ``somahub.services``."""

from slo import Platform
from somahub.services.gateway.spec import gateway

platform = Platform(name="soma-agent-hub", services=(gateway,))
