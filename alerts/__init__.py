"""Alerts on SLOs, their runbooks, and the routes to the people on call."""

from alerts.group import rule_groups
from alerts.proof import rule_tests
from alerts.routing import alertmanager_config
from alerts.runbooks import runbook, runbook_names

__all__ = ["alertmanager_config", "rule_groups", "rule_tests", "runbook", "runbook_names"]
