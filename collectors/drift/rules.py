"""Rules compared by meaning: generated rule files against those that Prometheus evaluates."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from collectors.drift.times import in_seconds
from slo.expression import canonical

FOLDER = "rules"


class Rule(NamedTuple):
    """What a rule means: times in seconds, its expression in one form."""

    name: str
    alert: bool
    expr: str
    hold: Decimal
    keep: Decimal
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]


class Group(NamedTuple):
    """Rules in their order, by the name of their file and their own."""

    interval: Decimal
    rules: tuple[Rule, ...]


Groups = dict[tuple[str, str], Group]
"""By the path of the file below the folder of rules, and the name of the group."""


def generated(files: dict[str, Any], interval: str) -> Groups:
    """The groups of rule files, parsed, by the files' paths; ``interval`` is that of groups that say none."""
    return {
        (file, group["name"]): Group(
            in_seconds(str(group.get("interval", interval))), tuple(map(_of_file, group["rules"]))
        )
        for file, body in files.items()
        for group in body.get("groups") or ()
    }


def loaded(groups: Iterable[dict[str, Any]]) -> Groups:
    """The groups of ``/api/v1/rules``."""
    return {
        (group["file"].rpartition(f"/{FOLDER}/")[2], group["name"]): Group(
            _seconds(group["interval"]), tuple(map(_of_api, group["rules"]))
        )
        for group in groups
    }


def differences(wanted: Groups, have: Groups) -> list[str]:
    """Groups that are missing, that nobody generated, or that mean something else; none: they are the same."""
    found = []
    for key in sorted({*wanted, *have}):
        name = ": ".join(key)
        if key not in have:
            found.append(f"{name}: was generated, is not loaded")
        elif key not in wanted:
            found.append(f"{name}: is loaded, was not generated")
        elif wanted[key] != have[key]:
            found.append(f"{name}: was generated otherwise")
    return found


def _of_file(rule: dict[str, Any]) -> Rule:
    return Rule(
        rule.get("alert") or rule["record"],
        "alert" in rule,
        _form(str(rule["expr"])),
        in_seconds(str(rule.get("for", "0s"))),
        in_seconds(str(rule.get("keep_firing_for", "0s"))),
        _pairs(rule.get("labels")),
        _pairs(rule.get("annotations")),
    )


def _of_api(rule: dict[str, Any]) -> Rule:
    return Rule(
        rule["name"],
        rule["type"] == "alerting",
        _form(rule["query"]),
        _seconds(rule.get("duration", 0)),
        _seconds(rule.get("keepFiringFor", 0)),
        _pairs(rule.get("labels")),
        _pairs(rule.get("annotations")),
    )


# The same expressions are compared at every check.
_form = lru_cache(maxsize=1 << 16)(canonical)


def _seconds(value: float) -> Decimal:
    return Decimal(str(value))


def _pairs(labels: dict[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in (labels or {}).items()))
