"""Sloth's side of a migration: its specs, and the rules that it made of them or would make.

Source of the rules' form: slok/sloth 0.16, ``internal/plugin/slo/core`` (``sli_rules_v1``, ``metadata_rules_v1``,
``alert_rules_v1``).
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from slo.errors import InvalidSpecError, SLOError
from slo.formats import documents
from slo.formats.document import Document
from slo.formats.reader import Loaded, assemble, kind_of, slug, yaml_files
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import is_query, over
from slo.rules import Group, Rule
from slo.sli import ErrorRatio, Ratio
from slo.units import duration, number

_ID = re.compile(r'sloth_id="([^"]*)"')


class Alert(NamedTuple):
    """A burn-rate alert of one SLO."""

    slo_id: str
    severity: str
    expr: str


class Rules(NamedTuple):
    """Recording groups, alerts, and what a person should know about where they are from."""

    groups: tuple[Group, ...]
    alerts: tuple[Alert, ...]
    notes: tuple[str, ...] = ()


def read(folder: Path) -> tuple[Loaded, list[Document]]:
    """The specs below a folder, and the rule files that lie between them."""
    if not folder.exists():
        raise SLOError(f"{folder}: no such file or folder")
    found = [d for file in yaml_files(folder) for d in documents.in_file(file)]
    rules = [d for d in found if _is_rules(d)]
    return assemble([d for d in found if not _is_rules(d)], str(folder), slug(folder)), rules


def rule_documents(folder: Path) -> list[Document]:
    """The rule files at a path."""
    found = [d for file in yaml_files(folder) for d in documents.in_file(file) if _is_rules(d)]
    if not found:
        raise SLOError(f"--rules: {folder}: no rule files there")
    return found


def generated(found: Iterable[Document], every: timedelta) -> Rules:
    """What Sloth generated; Prometheus reads one document of a file, so more than one is noted."""
    groups: list[Group] = []
    alerts: list[Alert] = []
    many = {d.place.partition(" (document")[0] for d in found if "(document" in d.place}
    notes = [f"{p}: holds several documents, of which Prometheus loads the first alone" for p in sorted(many)]
    for document in found:
        body = document.body.get("spec", document.body)
        try:
            for group in body["groups"]:
                rules = [rule for rule in group["rules"] if "record" in rule]
                interval = str(group.get("interval", duration(every)))
                groups.append(Group(group["name"], interval, tuple(map(_recording, rules))))
                alerts += [_alert(document, rule) for rule in group["rules"] if "alert" in rule]
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidSpecError(document.place, "groups", f"not a rule file: {error!r}") from error
    return Rules(tuple(g for g in groups if g.rules), tuple(alerts), tuple(notes))


def derived(platform: Platform) -> Rules:
    """What Sloth would generate from these SLOs, where neither its rules nor Sloth itself is at hand."""
    groups: list[Group] = []
    alerts: list[Alert] = []
    notes: list[str] = []
    for service in platform.services:
        for slo in service.slos:
            if not isinstance(slo.sli, Ratio | ErrorRatio):
                notes.append(f"{slo_id(service, slo)}: Sloth has no SLI of the kind {slo.sli.kind}; left out")
                continue
            groups.append(_records(platform, service, slo))
            alerts += _alerts(service, slo)
    return Rules(tuple(groups), tuple(alerts), tuple(notes))


def _records(platform: Platform, service: Service, slo: SLO) -> Group:
    ident = slo_id(service, slo)
    labels = {"sloth_id": ident, "sloth_service": service.name, "sloth_slo": slo.name}
    own = f'{{sloth_id="{ident}", sloth_service="{service.name}", sloth_slo="{slo.name}"}}'
    windows = sorted({w for row in slo.policy for w in (row.short, row.long)})
    names = {w: duration(w) for w in (*windows, slo.period)}
    mean = f"slo:sli_error:ratio_rate5m{own}"
    span = f"[{names[slo.period]}]"

    def ratio(window: timedelta, expr: str) -> Rule:
        tagged = labels | {"sloth_window": names[window]}
        return Rule(record=f"slo:sli_error:ratio_rate{names[window]}", expr=expr, labels=tagged)

    meta = {
        "slo:objective:ratio": f"vector({number(slo.objective / 100)})",
        "slo:error_budget:ratio": f"vector(1-{number(slo.objective / 100)})",
        "slo:period_burn_rate:ratio": f"slo:sli_error:ratio_rate{names[slo.period]}{own} / "
        f"on (sloth_id, sloth_slo, sloth_service) group_left slo:error_budget:ratio{own}",
        "slo:period_error_budget_remaining:ratio": f"1 - slo:period_burn_rate:ratio{own}",
    }
    period = f"sum_over_time({mean}{span}) / ignoring (sloth_window) count_over_time({mean}{span})"
    rules = (
        *(ratio(w, _raw(slo, names[w])) for w in windows),
        ratio(slo.period, period),
        *(Rule(record=name, expr=expr, labels=labels) for name, expr in meta.items()),
    )
    return Group(f"sloth-slo-{ident}", duration(platform.evaluation_interval), rules)


def _raw(slo: SLO, window: str) -> str:
    if isinstance(slo.sli, ErrorRatio):
        return f"({over(slo.sli.query, window)})"
    assert isinstance(slo.sli, Ratio)  # noqa: S101 - no other kind gets here

    def rate(text: str) -> str:
        return f"({over(text, window) if is_query(text) else f'sum(rate({text}[{window}]))'})"

    if slo.sli.bad:
        return f"{rate(slo.sli.bad)} / {rate(slo.sli.total)}"
    return f"1 - ({rate(slo.sli.good or '')} / {rate(slo.sli.total)})"


def _alerts(service: Service, slo: SLO) -> Iterable[Alert]:
    ident = slo_id(service, slo)
    for severity, told in (("page", slo.alerting.page), ("ticket", slo.alerting.ticket)):
        rows = [row for row in slo.policy if row.severity == severity]
        if told is not False and rows:
            yield Alert(
                ident,
                severity,
                " or ".join(_row(ident, slo, r.short, r.long, number(r.factor)) for r in rows),
            )


def _row(ident: str, slo: SLO, short: timedelta, long: timedelta, factor: str) -> str:
    halves = (
        f'max(slo:sli_error:ratio_rate{duration(w)}{{sloth_id="{ident}"}} > ({factor} * {number(slo.budget)})) '
        "without (sloth_window)"
        for w in (short, long)
    )
    return f"({' and '.join(halves)})"


def _recording(rule: dict[str, Any]) -> Rule:
    labels = {str(k): str(v) for k, v in rule.get("labels", {}).items()}
    return Rule(record=rule["record"], expr=str(rule["expr"]).strip(), labels=labels)


def _alert(document: Document, rule: dict[str, Any]) -> Alert:
    ident, severity = _ID.search(str(rule["expr"])), rule.get("labels", {}).get("sloth_severity", "")
    if ident is None or severity not in {"page", "ticket"}:
        raise document.wrong(
            str(rule["alert"]), "expected an alert of Sloth, with sloth_id and sloth_severity"
        )
    return Alert(ident[1], severity, str(rule["expr"]).strip())


def _is_rules(document: Document) -> bool:
    return "groups" in document.body or kind_of(document)[1] == "PrometheusRule"
