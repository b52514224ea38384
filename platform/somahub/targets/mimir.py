"""Rule groups as the ruler of Mimir takes them, and Cortex': few rules in each, in a namespace.

Source: Grafana Mimir, the HTTP API's reference ("Ruler") and the configuration parameters of the limits.
"""

from collections.abc import Iterable, Iterator, Mapping

from slo.model import Platform
from slo.rulefile import body, dump
from slo.rules import Group
from somahub.targets.wanted import RULER_NAMESPACE, Wanted

# ruler_max_rules_per_rule_group, unless an administrator raised it.
MOST_RULES = 20


def ruler_files(_: Platform, groups: Mapping[str, list[Group]], wanted: Wanted) -> dict[str, str]:
    """``mimir/<service>.yaml`` for each service, as ``slo apply`` sends it and ``mimirtool rules`` reads it."""
    return {
        f"mimir/{service}.yaml": dump(
            {
                "namespace": wanted.namespace or RULER_NAMESPACE,
                "groups": [body(group) for group in split(own)],
            }
        )
        for service, own in groups.items()
    }


def split(groups: Iterable[Group], most: int = MOST_RULES) -> Iterator[Group]:
    """Groups of at most so many rules, in order; the rest of a larger one follows as ``<name>-2`` on.

    Rules see what those above them in their own group have just recorded; from another group they see what its
    last evaluation recorded. So what was split lags by an evaluation for each cut at most.
    """
    for group in groups:
        for start in range(0, len(group.rules), most):
            more = f"-{start // most + 1}" if start else ""
            yield group._replace(name=f"{group.name}{more}", rules=group.rules[start : start + most])
