"""Alerts on the audit log: what could not be written to it, and what was changed in it."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.owner import SECURITY, address, job
from slo.alert import Alert, Runbook
from slo.model import Service


def audit_alerts(identity: Service) -> tuple[Alert, ...]:
    """On the audit log itself: what could not be written, and what was changed."""
    own, base = job(identity), f"http://{address(identity)}"
    missed = f"identity_audit_missed_total{{{own}}}"
    broken = f'identity_audit_verifications_total{{{own},outcome="broken"}}'
    return (
        burst(
            identity,
            "AuditWriteFailing",
            missed,
            missed,
            severity="page",
            urgency="P0",
            summary="Audit entries can't be written",
            description="Entries missed:",
            runbook=Runbook(
                meaning="Something was done that should be in the audit log, and its entry could not be written.",
                impact="The log lacks it. What needs its entry to happen at all fails instead.",
                queries={
                    "missed": f"increase({missed}[1h])",
                    "written": f"rate(identity_audit_entries_total{{{own}}}[5m])",
                },
                steps=(
                    'Loki: `{service="identity"} | json | event="audit.missed"` has each entry: keep these lines.',
                    "PostgreSQL is not there, full or read-only: its own alerts say which.",
                    "Write the missed entries down in the incident, for the auditors.",
                ),
                escalation=SECURITY,
            ),
        ),
        burst(
            identity,
            "AuditLogTampered",
            broken,
            broken,
            severity="page",
            urgency="P0",
            window=60,
            summary="The audit log was changed",
            description="Verifications that found the chain broken:",
            runbook=Runbook(
                meaning="The chain of hashes over the audit log does not hold: an entry was changed, removed or put in.",
                impact="Somebody with access to the database covers something, or a restore lost the newest entries.",
                queries={
                    "verifications": f"sum by (outcome) (increase(identity_audit_verifications_total{{{own}}}[1d]))"
                },
                steps=(
                    f'`curl -H "Authorization: Bearer $TOKEN" {base}/v1/audit/verification`: `broken_at` is the first wrong entry.',
                    'Loki: `{service="identity"} | json | event="audit.written"` has a copy of every entry with its hash: compare.',
                    "Was the database restored at that time? Else treat its passwords as known to others.",
                ),
                escalation=SECURITY,
            ),
        ),
    )
