"""Alerts on SLOs, their runbooks, and the routes to the people on call."""

from alerts.group import rule_groups
from alerts.own import is_own, own_group
from alerts.own_proof import own_tests, slow_own_tests
from alerts.proof import native_rule_tests, rule_tests
from alerts.routing import PAGER_TOKEN, alertmanager_config, templates
from alerts.runbooks import runbook, runbook_names
from alerts.table import alert_table

__all__ = [
    "PAGER_TOKEN",
    "alert_table",
    "alertmanager_config",
    "is_own",
    "native_rule_tests",
    "own_group",
    "own_tests",
    "rule_groups",
    "rule_tests",
    "runbook",
    "runbook_names",
    "slow_own_tests",
    "templates",
]
