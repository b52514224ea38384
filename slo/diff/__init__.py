"""What differs between two specs, or between a spec and generated rules, by meaning and not by text."""

from slo.diff.change import Change, Facts, compare
from slo.diff.facts import facts
from slo.diff.generated import generated_facts
from slo.diff.report import text

__all__ = ["Change", "Facts", "compare", "facts", "generated_facts", "text"]
