"""prometheus.yml: one scrape job per service of the spec, its probes, its rules and its Alertmanager."""

from typing import Any

from collectors.probes import probe_job
from slo.model import Dependency, Platform, Service
from slo.rulefile import dump
from slo.units import duration


def prometheus_config(platform: Platform, *, alertmanager: str, host: str = "127.0.0.1") -> str:
    """The configuration for Prometheus 2.42 or newer; job names are the service names that the SLIs read."""
    jobs = [_job(platform, service, host) for service in platform.services if service.scraped]
    return dump(
        {
            "global": {
                "scrape_interval": duration(platform.scrape_interval),
                "scrape_timeout": duration(platform.scrape_interval),
                "evaluation_interval": duration(platform.evaluation_interval),
            },
            "rule_files": ["rules/*.yaml", "rules/alerts/*.yaml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
            "scrape_configs": jobs,
        }
    )


def _job(platform: Platform, service: Service, host: str) -> dict[str, Any]:
    job: dict[str, Any] = {"job_name": service.name}
    if isinstance(service, Dependency):
        if service.probes:
            return probe_job(platform, service, host)
        if service.metrics_path != "/metrics":
            job["metrics_path"] = service.metrics_path
    return job | {"static_configs": [{"targets": [f"{host}:{service.scraped}"]}]}
