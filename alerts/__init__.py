"""Alerts on SLOs, their runbooks, and the routes to the people on call."""

from alerts.group import rule_groups
from alerts.own import own_group
from alerts.proof import native_rule_tests, rule_tests
from alerts.routing import PAGER_TOKEN, alertmanager_config, templates
from alerts.runbooks import runbook, runbook_names

__all__ = [
    "PAGER_TOKEN",
    "alertmanager_config",
    "native_rule_tests",
    "own_group",
    "rule_groups",
    "rule_tests",
    "runbook",
    "runbook_names",
    "templates",
]
