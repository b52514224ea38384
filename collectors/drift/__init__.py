"""Configuration drift: what Prometheus and Alertmanager have loaded against what was generated."""

from collectors.drift.check import Check, DriftError, check_alertmanager, check_prometheus

__all__ = ["Check", "DriftError", "check_alertmanager", "check_prometheus"]
