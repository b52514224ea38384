"""Alert policies of OpenSLO as rows of burn rates."""

from datetime import timedelta

from slo.alerting import Alerting
from slo.burnrate import SHORTEST, BurnRate, Severity, policy
from slo.formats.openslo_model import AlertConditionSpec, AlertPolicySpec, SloSpec
from slo.formats.openslo_parts import Part

# A burn rate is confirmed by a twelfth of its window, as in the workbook.
_CONFIRMED = 12


def alerting(part: Part, spec: SloSpec, period: timedelta) -> Alerting:
    """OpenSLO alerts by its policies alone: without one, no burn rate alerts."""
    rows: list[BurnRate] = []
    for i, given in enumerate(spec.alert_policies):
        rows += _policy(part, f"spec.alertPolicies.{i}", given)
    on = {row.severity for row in rows}
    # A window that is too short is the SLO's to refuse.
    usual = [row for row in policy(max(period, timedelta(days=1))) if row.severity in on]
    values = {
        "policy": None if sorted(rows) == sorted(usual) else tuple(rows),
        "page": "page" in on,
        "ticket": "ticket" in on,
    }
    return part.document.build("spec.alertPolicies", Alerting, values)


def confirming(window: timedelta) -> timedelta:
    """The short window that goes with a lookback window."""
    return max(SHORTEST, window / _CONFIRMED // SHORTEST * SHORTEST)


def _policy(part: Part, field: str, given: object) -> list[BurnRate]:
    one = part.resolve(field, given, "AlertPolicy").read(AlertPolicySpec)
    if one.notification_targets:
        part.note(f"{field}.notificationTargets", "routing follows the severity")
    if one.alert_when_no_data is False:
        part.note(f"{field}.alertWhenNoData", "missing data always alerts here")
    if one.alert_when_resolved:
        part.note(f"{field}.alertWhenResolved", "Alertmanager tells when an alert is resolved")
    rows = []
    for j, condition in enumerate(one.conditions):
        place = f"{field}.conditions.{j}"
        rows.append(
            _row(part, place, part.resolve(place, condition, "AlertCondition").read(AlertConditionSpec))
        )
    if not one.alert_when_breaching:
        part.note(f"{field}.alertWhenBreaching", "is false, so its conditions do not alert")
        return []
    return rows


def _row(part: Part, field: str, alert: AlertConditionSpec) -> BurnRate:
    condition = alert.condition
    if condition.kind.lower() != "burnrate":
        raise part.document.wrong(
            field, f"expected a condition of kind burnrate, got {condition.kind[:40]!r}"
        )
    if condition.op in {"lt", "lte"}:
        part.note(f"{field}.op", f"{condition.op} would alert on a budget that is not spent; read as gte")
    if condition.alert_after:
        part.note(f"{field}.alertAfter", "a short window confirms instead")
    severity: Severity = "page" if alert.severity.lower() == "page" else "ticket"
    if alert.severity.lower() not in {"page", "ticket"}:
        part.note(f"{field}.severity", f"{alert.severity[:40]!r} is a ticket here")
    return BurnRate(
        severity, confirming(condition.lookback_window), condition.lookback_window, condition.threshold
    )
