"""What must change in a ruler's namespace so that it holds the groups of a spec, and nothing else of its services."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import promql_parser

from slo import names
from slo.errors import SLOError
from slo.units import seconds

Body = Mapping[str, Any]
# Of a group and of a rule, what counts nothing as it is the default.
_NOTHING: tuple[object, ...] = (None, "", 0, {}, [], "0s", False)

_PIECE = re.compile(r"[1-9]\d*(?:ms|[smhdw])")


class Plan(NamedTuple):
    """Groups to create, to update and to delete, by name, those that are right, and those of services unknown here."""

    create: tuple[Body, ...]
    update: tuple[Body, ...]
    delete: tuple[str, ...]
    same: tuple[str, ...]
    unknown: tuple[str, ...]


def plan(
    wanted: Iterable[Body], present: Iterable[Body], services: Collection[str], *, prune: bool = False
) -> Plan:
    """Compare by meaning: order of labels, spelling of durations and layout of PromQL say nothing.

    Groups of services that the spec doesn't know may be another spec's: they go only with ``prune``. Raises
    ``SLOError`` where the namespace has groups that no spec generates.
    """
    by_name = {str(group.get("name")): group for group in present}
    foreign = [name for name, group in by_name.items() if not _services(group)]
    if foreign:
        raise SLOError(
            f"the namespace holds groups that slo never wrote ({', '.join(foreign[:3])}); "
            "give a --namespace of its own"
        )
    ours = {str(group["name"]): group for group in wanted}
    gone = [name for name in by_name if name not in ours]
    unknown = [name for name in gone if not prune and not _services(by_name[name]) & set(services)]
    kept = {name: group for name, group in ours.items() if name in by_name}
    same = {name for name, group in kept.items() if meaning(group) == meaning(by_name[name])}
    return Plan(
        create=tuple(group for name, group in ours.items() if name not in by_name),
        update=tuple(group for name, group in kept.items() if name not in same),
        delete=tuple(name for name in gone if name not in unknown),
        same=tuple(sorted(same)),
        unknown=tuple(unknown),
    )


def meaning(group: Body) -> dict[str, Any]:
    """A group without what is only spelling; what we never write stays, and so differs."""
    found = {key: value for key, value in group.items() if value not in _NOTHING}
    if "interval" in found:
        found["interval"] = _length(found["interval"])
    found["rules"] = [_rule_meaning(rule) for rule in found.get("rules", ())]
    return found


def _rule_meaning(rule: Body) -> dict[str, Any]:
    found = {key: value for key, value in rule.items() if value not in _NOTHING}
    for key in ("for", "keep_firing_for"):
        if key in found:
            found[key] = _length(found[key])
    try:
        found["expr"] = promql_parser.parse(str(found.get("expr"))).prettify()
    except ValueError:
        # Whatever is there isn't ours: as text it differs.
        found["expr"] = str(found.get("expr"))
    return found


def _length(text: object) -> object:
    """Seconds; Go writes 90 of them as ``1m30s``."""
    pieces = _PIECE.findall(str(text))
    return sum(map(seconds, pieces)) if "".join(pieces) == text else text


def _services(group: Body) -> set[str]:
    """The services of a group, where every rule has what each of ours has: an SLO's ids, or an own alert's signal."""
    labels = [rule.get("labels") or {} for rule in group.get("rules") or ()]
    if not labels or not all(
        names.SLO_SERVICE in own and (names.SLO_ID in own or names.SIGNAL in own) for own in labels
    ):
        return set()
    return {str(own[names.SLO_SERVICE]) for own in labels}
