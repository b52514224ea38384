"""Grafana dashboards from the spec."""

from dashboards.service import service_dashboard

__all__ = ["service_dashboard"]
