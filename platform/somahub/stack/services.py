"""The six services as processes: whom each asks, where it keeps data, and its account at Identity."""

from collections.abc import Mapping
from pathlib import Path

from slo.model import Platform
from somahub.stack.component import Component, python
from somahub.stack.dependencies import Addresses
from somahub.stack.ports import OTLP, Ports
from somahub.stack.secrets import Secrets

DATA = "data"  # the folder of what services keep
FAULTS = "faults"  # the file of the faults that are injected
WORKER = "orchestrator-worker"
WORKER_PORT = 26
WORKER_OFFSET = 26
_MODULES = {
    "identity": "identity",
    "policy-engine": "policy_engine",
    "memory-gateway": "memory_gateway",
    "tool-service": "tool_service",
    "orchestrator": "orchestrator",
    "gateway": "gateway",
}
# The manual's ports, by their distance from the base.
OFFSETS = {
    "gateway": 0,
    "orchestrator": 1,
    "identity": 2,
    "policy-engine": 20,
    "memory-gateway": 21,
    "tool-service": 22,
}


def services(
    platform: Platform, ports: Ports, where: Addresses, kept: Secrets, state: Path
) -> list[Component]:
    """The processes of the platform's own services, and the orchestrator's worker."""
    urls = {f"{_MODULES[name]}_url": ports.url(offset) for name, offset in OFFSETS.items()}
    data = state / DATA
    own: dict[str, dict[str, str]] = {
        "gateway": {"database": f"sqlite:///{data / 'gateway.db'}"},
        "orchestrator": {"worker": "false", "worker_port": str(ports.base + WORKER_OFFSET)},
        "identity": {
            "database": where.postgresql,
            "bootstrap_file": str(kept.bootstrap),
            "signing_key_file": str(kept.file("signing.key")),
        },
        "policy-engine": {"database": f"sqlite:///{data / 'policy.db'}", "state": str(data / "policy")},
        "memory-gateway": {"qdrant_url" if "://" in where.qdrant else "folder": where.qdrant},
        "tool-service": {
            "database": f"sqlite:///{data / 'tools.db'}",
            "s3_url": where.minio,
            "s3_access_key_file": str(kept.file("s3.access")),
            "s3_secret_key_file": str(kept.file("s3.secret")),
            "allowed_hosts": ports.address(10),  # Prometheus, as a page to fetch
        },
    }
    common = {
        **urls,
        "redis_url": where.redis,
        "temporal_address": where.temporal,
        "otlp_endpoint": ports.url(OTLP),
        "faults_file": str(state / FAULTS),
    }
    known = {s.name for s in platform.services}
    found = []
    for name, settings in own.items():
        if name not in known:
            continue
        account = {"client_id": name, "client_secret_file": str(kept.file(f"{name}.secret"))}
        port = {"port": str(ports.base + OFFSETS[name])}
        module = f"somahub.services.{_MODULES[name]}"
        environment = _variables(_MODULES[name], common | account | port | settings)
        found.append(python(name, module, ports.url(OFFSETS[name]), environment, "ready"))
        if name == "orchestrator":
            url = ports.url(WORKER_OFFSET)
            found.append(python(WORKER, f"{module}.worker", url, environment, "ready"))
    return found


def _variables(prefix: str, settings: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}_{name}".upper(): value for name, value in settings.items() if value}
