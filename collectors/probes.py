"""What is probed from outside, and how: the modules of a blackbox exporter and its targets, from the spec.

https://github.com/prometheus/blackbox_exporter/blob/v0.23.0/CONFIGURATION.md
"""

from typing import Any, NamedTuple

from slo.model import Dependency, Platform, Service
from slo.names import SLO_SERVICE
from slo.rulefile import dump

# One module for each way to ask; a probe ends well within the interval of its scrapes.
HTTP, TCP, TLS = "http_2xx", "tcp", "tls"
PROBE_PATH = "/probe"
PROBE_LABELS = frozenset({SLO_SERVICE, "probe"})  # what the scrape says of a target
_PATIENCE = "4s"
_PATHS = ("health", "ready")


class Target(NamedTuple):
    """What is asked, by which module; ``probe`` names the way: ``health``, ``ready``, ``tcp`` or ``tls``."""

    service: str
    probe: str
    module: str
    address: str


def blackbox_config() -> str:
    """blackbox.yml for blackbox_exporter 0.23 or newer.

    Whether a certificate is trusted is no part of whether TLS answers: when it expires is a metric, for own authorities too.
    """
    http = {"preferred_ip_protocol": "ip4", "follow_redirects": False}
    tcp = {"preferred_ip_protocol": "ip4"}
    trusting = {"tls": True, "tls_config": {"insecure_skip_verify": True}}
    modules = {
        HTTP: {"prober": "http", "timeout": _PATIENCE, "http": http},
        TCP: {"prober": "tcp", "timeout": _PATIENCE, "tcp": tcp},
        TLS: {"prober": "tcp", "timeout": _PATIENCE, "tcp": tcp | trusting},
    }
    return dump({"modules": modules})


def targets(platform: Platform, host: str = "127.0.0.1") -> list[Target]:
    """The probes of every service with a port: health and readiness, or the port of a dependency."""
    return [target for service in platform.services if service.port for target in _of(service, host)]


def probe_job(platform: Platform, exporter: Dependency, host: str = "127.0.0.1") -> dict[str, Any]:
    """The scrape of a blackbox exporter: each target is an instance, with labels ``slo_service`` and ``probe``."""
    return {
        "job_name": exporter.name,
        "metrics_path": PROBE_PATH,
        "static_configs": [
            {
                "targets": [target.address],
                "labels": {
                    "__param_module": target.module,
                    "probe": target.probe,
                    SLO_SERVICE: target.service,
                },
            }
            for target in targets(platform, host)
        ],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": f"{host}:{exporter.metrics_port}"},
        ],
    }


def _of(service: Service, host: str) -> list[Target]:
    address = f"{host}:{service.port}"
    if not isinstance(service, Dependency):
        return [Target(service.name, path, HTTP, f"http://{address}/{path}") for path in _PATHS]
    way = TLS if service.tls else TCP
    return [Target(service.name, way, way, address)]
