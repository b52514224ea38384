"""Numbers in: what Prometheus scrapes."""

from collectors.scrape import prometheus_config

__all__ = ["prometheus_config"]
