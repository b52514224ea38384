"""Checks beyond validity, of specs and of rule files."""

from slo.lint.finding import Finding
from slo.lint.rulefile import is_rule_file, lint_rules
from slo.lint.spec import lint

__all__ = ["Finding", "is_rule_file", "lint", "lint_rules"]
