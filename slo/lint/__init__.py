"""Checks beyond validity, of specs and of rule files."""

from slo.lint.checks import CHECKS
from slo.lint.finding import Finding
from slo.lint.prometheus import read_config
from slo.lint.rulefile import is_rule_file
from slo.lint.rulefile import read as read_rules
from slo.lint.rules import lint_rules, lint_scraped
from slo.lint.spec import Source, lint

__all__ = [
    "CHECKS",
    "Finding",
    "Source",
    "is_rule_file",
    "lint",
    "lint_rules",
    "lint_scraped",
    "read_config",
    "read_rules",
]
