"""Rules that Sloth and we make of one spec, side by side on the same series."""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from firing import Evaluation, Spell

from alerts import rule_groups
from alerts.burn import burn_rules
from slo.burnrate import Severity
from slo.model import Platform, slo_id
from slo.rulefile import render
from slo.rules import Group, Rule

PEERS = Path(os.environ.get("SLO_PEERS") or Path(__file__).parents[3] / "shared/peers") / "sloth"
"""Sloth's own example specs (``in``) and the rules that it generates from them (``out``)."""

Groups = list[dict[str, Any]]
Told = tuple[str, str, str]
"""Id of the SLO, name of the alert, ``page`` or ``ticket``."""


def example(kind: str, name: str) -> Path:
    """One of Sloth's files; the test is skipped where they are not kept beside the checkout."""
    path = PEERS / kind / name
    if not path.is_file():
        pytest.skip(f"Sloth's examples are not at {PEERS}; SLO_PEERS can name their folder's parent")
    return path


def sloth_groups(text: str) -> Groups:
    """All groups of a file of Sloth's, a Kubernetes resource's too, though Prometheus reads one document only."""
    return [g for d in yaml.safe_load_all(text) if d for g in (d.get("spec") or d)["groups"]]


def our_groups(platform: Platform, every: int) -> Groups:
    """The rules that we generate, less the period's and less the alerts that Sloth doesn't have."""
    ticking = platform.model_copy(update={"evaluation_interval": timedelta(seconds=every)})
    groups = [
        group._replace(rules=tuple(_told(slo_id(service, slo), burn_rules(ticking, service, slo), group)))
        for service in ticking.services
        for slo in service.slos
        for group in rule_groups(ticking, service, slo)
        if not group.name.endswith("period")
    ]
    body: Groups = yaml.safe_load(render(groups))["groups"]
    return body


def _told(ident: str, burn: Mapping[Severity, Rule], group: Group) -> Iterable[Rule]:
    """Labels of the burn-rate alerts that both sides have."""
    severities = {rule.expr: severity for severity, rule in burn.items()}
    for rule in group.rules:
        if rule.record:
            yield rule
        elif rule.expr in severities:
            yield rule._replace(labels={"by": "us", "of": ident, "told": severities[rule.expr]})


def burn_groups(groups: Groups) -> Groups:
    """Sloth's without its period, which promtool can't hold: 10,000 samples are 7 days of minutes."""
    kept = []
    for group in groups:
        rules = [
            r
            for r in group["rules"]
            if "-meta-" not in group["name"] and "ratio_rate30d" not in r.get("record", "")
        ]
        for rule in rules:
            labels = rule.get("labels", {})
            if "alert" in rule:
                rule["labels"] = {"told": labels["sloth_severity"], "by": "sloth"}
                rule["labels"]["of"] = group["name"].removeprefix("sloth-slo-alerts-")
        kept.append(group | {"rules": rules})
    return [group for group in kept if group["rules"]]


class Sides(NamedTuple):
    """What each side tells: every spell of every alert, in seconds."""

    ours: dict[Told, list[Spell]]
    sloths: dict[Told, list[Spell]]


def side_by_side(platform: Platform, theirs: Groups, every: int = 60) -> str:
    """One rule file of both, to be evaluated ``every`` seconds."""
    return json.dumps({"groups": our_groups(platform, every) + burn_groups(theirs)})


def told(evaluation: Evaluation, until: int) -> Sides:
    """Everything that both sides tell, from the first sample on, until a second."""
    found: dict[str, dict[Told, list[Spell]]] = {"us": {}, "sloth": {}}
    fired = evaluation.firing(0, until, ("by", "of", "alertname", "told"))
    for (by, of, name, severity), spells in fired.items():
        found[by][of, name, severity] = spells
    return Sides(found["us"], found["sloth"])


Course = Iterable[tuple[float, float, int]]
"""Events in each step, the share of them that is bad, and for how many steps."""


def counters(course: Course, good: str, bad: str) -> dict[str, str]:
    """Two counters of a course of events."""
    pieces = list(course)
    return {
        good: _counter([(events * (1 - share), steps) for events, share, steps in pieces]),
        bad: _counter([(events * share, steps) for events, share, steps in pieces]),
    }


def _counter(pieces: list[tuple[float, int]]) -> str:
    starts = accumulate((growth * steps for growth, steps in pieces), initial=0.0)
    return "0 " + " ".join(
        f"{start + growth:.12g}+{growth:.12g}x{steps - 1}"
        for start, (growth, steps) in zip(starts, pieces, strict=False)
    )
