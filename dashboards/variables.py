"""Grafana's variables in a query: what they are, and the query with something in their place.

https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

import re
from collections.abc import Mapping

_RANGE = re.compile(r"(?<=[\[:])\s*\$(?:\w+|\{[^}]*\})|\$\{?__\w+\}?")
# A name begins with no digit: ``$1`` is a group of label_replace.
_VARIABLE = re.compile(r"\$(?:\{([^\W\d]\w*)[^}]*\}|([^\W\d]\w*))|\[\[(\w+)[^\]]*\]\]")
ANYTHING = "ANYTHING"


def filled(expression: str, choices: Mapping[str, str] | None = None, every: str = "5m") -> str:
    """The expression with each variable's choice in its place, ``ANYTHING`` where there is none, and ``every`` as its ranges."""
    found = choices or {}
    return _VARIABLE.sub(lambda m: found.get(m[1] or m[2] or m[3], ANYTHING), _RANGE.sub(every, expression))
