"""Numbers in: what Prometheus scrapes, and what is probed from outside."""

from collectors.probes import blackbox_config
from collectors.scrape import prometheus_config

__all__ = ["blackbox_config", "prometheus_config"]
