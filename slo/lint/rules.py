"""Checks of rule files that people wrote by hand: rules that load, and then mislead.

The faults are ones that were found in real rule files.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from slo.errors import InvalidPromQLError
from slo.lint import expression
from slo.lint.absence import missing_alerts
from slo.lint.condition import condition
from slo.lint.finding import Finding, Place
from slo.lint.prometheus import ScrapeConfig
from slo.lint.rulefile import Rule, RuleFile
from slo.lint.scraping import scraped
from slo.lint.spec import Source
from slo.lint.tree import depth
from slo.model import Platform, slo_id
from slo.promql import parse
from slo.rules import recording_groups
from slo.units import duration

_RECORD = re.compile(r"[a-zA-Z_][\w]*(:[\w]+){2,}|\w+_info")
# A label whose value changes from one evaluation to the next makes a new alert each time.
_VALUE = re.compile(r"\$value|\.Value\b")
_DEEP = 100

Parsed = tuple[Rule, object]
"""A rule, and its syntax tree; None where it does not parse."""


def lint_rules(files: Sequence[RuleFile], config: ScrapeConfig | None = None) -> list[Finding]:
    """Everything found in rule files that are loaded together, by file and line.

    With the configuration of the Prometheus that loads them, also what it does not scrape or drops.
    """
    found: list[Finding] = []
    parsed: list[Parsed] = []
    for file in files:
        found += [Place(file.path, line, "document").found("documents", _SECOND) for line in file.unread]
        for rule in file.rules:
            tree, problems = _parsed(rule)
            parsed.append((rule, tree))
            found += problems
    for rule, tree in parsed:
        found += _rule(rule, tree)
        found += _timing(rule, config)
    found += _names([rule for rule, _ in parsed])
    found += _twins([rule for rule, _ in parsed])
    found += missing_alerts(parsed)
    if config:
        found += scraped(parsed, config)
    found = list(dict.fromkeys(found))
    order = {file.path: number for number, file in enumerate(files)}
    return sorted(found, key=lambda one: (order[one.file], one.line or 0))


_SECOND = "Prometheus reads the first document of a file and drops this one in silence; join them"


def lint_scraped(platform: Platform, source: Source, config: ScrapeConfig) -> list[Finding]:
    """What the SLIs of a spec read that the Prometheus of a configuration does not scrape, or drops."""
    found: list[Finding] = []
    for service in platform.services:
        for slo in service.slos:
            place = source.place(slo.name, f"{platform.name}: {slo_id(service, slo)}").at("sli")
            parsed = [
                (Rule(place, group.name, rule.record, "", rule.expr, 0, None, {}, {}), parse(rule.expr))
                for group in recording_groups(platform, service, slo)
                for rule in group.rules
            ]
            found += dict.fromkeys(scraped(parsed, config))
    return found


def _parsed(rule: Rule) -> tuple[object, list[Finding]]:
    try:
        tree = parse(rule.expr)
    except InvalidPromQLError as error:
        reason = " ".join(error.reason.split())
        return None, [rule.place.found("promql", f"does not parse: {reason}")]
    if depth(tree) > _DEEP:
        return None, [
            rule.place.found("promql", f"is nested more than {_DEEP} levels deep; make records of its parts")
        ]
    return tree, []


def _rule(rule: Rule, tree: object) -> Iterable[Finding]:
    place = rule.place
    if tree is not None:
        yield from expression.ratio(place, tree)
        yield from expression.rates(place, tree)
    if rule.record:
        if not _RECORD.fullmatch(rule.record):
            yield place.found(
                "record-name", "is not named level:metric:operations, such as job:errors:rate5m"
            )
        return
    if tree is not None:
        yield from condition(place, tree)
    yield from _told(rule)


def _told(rule: Rule) -> Iterable[Finding]:
    """What an alert says to whom it reaches."""
    place = rule.place
    if not any("runbook" in name for name in rule.annotations):
        yield place.found("runbook", "has no runbook_url: who is paged at night has nothing to go by")
    if not {"team", "owner"} & set(rule.labels):
        yield place.found("team", "has no team label: nothing tells whom to route it to")
    if not rule.labels.get("severity"):
        yield place.found("severity", "has no severity label: a page and a ticket look the same")
    for label, value in rule.labels.items():
        if _VALUE.search(value):
            message = f"the label {label} holds the value, so each evaluation makes a new alert; say it in an annotation"
            yield place.found("unbounded-label", message)


def _timing(rule: Rule, config: ScrapeConfig | None) -> Iterable[Finding]:
    every = rule.interval or (config.evaluation_interval if config else None)
    if every and 0 < rule.hold < every:
        message = (
            f"for: {_text(rule.hold)} is less than the {_text(every)} between evaluations: it waits for the second "
            "of them all the same"
        )
        yield rule.place.found("for-interval", message)


def _text(length: float) -> str:
    return duration(timedelta(seconds=length))


def _names(rules: list[Rule]) -> Iterable[Finding]:
    """One finding per name, at its first alert."""
    alerts: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.alert:
            alerts[rule.alert].append(rule)
    for several in alerts.values():
        severities = sorted({rule.labels.get("severity") or "none" for rule in several})
        if len(severities) > 1:
            message = f"has the severities {', '.join(severities)}: routes and silences by name can't tell them apart"
            yield several[0].place.found("severities", message)


def _twins(rules: list[Rule]) -> Iterable[Finding]:
    seen: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        key = (rule.place.file, rule.group, rule.record, rule.alert, tuple(sorted(rule.labels.items())))
        first = seen.setdefault(key, rule)
        if first is not rule:
            what = "each writes over the other's samples" if rule.record else "they can't be told apart"
            message = f"has the same name and labels as the rule at line {first.place.line}: {what}"
            yield rule.place.found("duplicate", message)
