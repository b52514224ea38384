"""prometheus.yml: one scrape job per service of the spec, its rules and its Alertmanager."""

from slo.model import Platform
from slo.rulefile import dump
from slo.units import duration


def prometheus_config(platform: Platform, *, alertmanager: str, host: str = "127.0.0.1") -> str:
    """The configuration for Prometheus 2.42 or newer; job names are the service names that the SLIs read."""
    jobs = [
        {"job_name": s.name, "static_configs": [{"targets": [f"{host}:{s.scraped}"]}]}
        for s in platform.services
        if s.scraped
    ]
    return dump(
        {
            "global": {
                "scrape_interval": duration(platform.scrape_interval),
                "scrape_timeout": duration(platform.scrape_interval),
                "evaluation_interval": duration(platform.evaluation_interval),
            },
            "rule_files": ["rules/*.yaml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
            "scrape_configs": jobs,
        }
    )
