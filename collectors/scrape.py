"""prometheus.yml: one scrape job per service of the spec, its probes, its rules and its Alertmanager."""

import re
from typing import Any

from collectors.probes import probe_job
from slo import names
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
    target = f"{host}:{service.scraped}"
    if isinstance(service, Dependency) and service.periods:
        job |= _periods(service.name, target)
    return job | {"static_configs": [{"targets": [target]}]}


def _periods(job: str, target: str) -> dict[str, Any]:
    """Figures of periods have the labels that rules would give them, and none of the target that tells them."""
    return {
        "honor_labels": True,
        "metric_relabel_configs": [
            {
                "source_labels": ["__name__", label],
                "regex": f"{names.PERIOD_PREFIX}.*;{re.escape(value)}",
                "target_label": label,
                "replacement": "",
            }
            for label, value in (("job", job), ("instance", target))
        ],
    }
