"""Alerts on attacks and on what guards against them: sign-ins, tokens, rights, the audit log."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.owner import address, job
from slo.alert import Alert, Runbook
from slo.kit import ACCESS_DENIED
from slo.model import Service

_SECURITY = "A security incident is P0: call the platform team lead at once, and keep logs and audit entries as they are."
_WHO = 'Loki: `{service=~".+"} | json | event="access.denied"` has the requests, with trace ids; the gateway\'s log has where from.'


def security_alerts(identity: Service, *, everyone: str = 'job=~".+"') -> tuple[Alert, ...]:
    """Attacks, as Identity and all services that check tokens (``everyone``) see them."""
    own = job(identity)
    issued, audit = f"identity_tokens_issued_total{{{own}", f"identity_audit_entries_total{{{own}"
    denied = f"{ACCESS_DENIED}{{{everyone}"
    base = f"http://{address(identity)}"
    return (
        burst(
            identity,
            "FailedLoginsBurst",
            f'{issued},outcome=~"refused|locked"}}',
            f'{issued},grant="password",outcome="refused"}}',
            severity="page",
            urgency="P0",
            most=50,
            window=10,
            summary="Many sign-ins fail",
            description="Sign-ins refused:",
            runbook=Runbook(
                meaning="Far more sign-ins are refused than people mistype: somebody tries passwords, or a client has an old one.",
                impact="An account may be taken over; accounts that are tried are locked for a time.",
                queries={"sign-ins": f"sum by (grant, outcome) (rate({issued}}}[5m]))"},
                steps=(
                    f'`curl -H "Authorization: Bearer $TOKEN" {base}/v1/audit?after=N`: entries `signin` with outcome failure name the accounts.',
                    "One client with many failures is an old secret: rotate it with its owner. Many accounts are an attack.",
                    f"Disable accounts that were taken: `curl -X PATCH {base}/v1/users/NAME -d '{{\"disabled\": true}}'`; block the source at the ingress.",
                ),
                escalation=_SECURITY,
            ),
        ),
        burst(
            identity,
            "AccountLockouts",
            f'{issued},outcome="locked"}}',
            f'{issued},grant="password",outcome="locked"}}',
            severity="ticket",
            most=5,
            summary="Accounts are locked for failed sign-ins",
            description="Sign-ins that were told to wait:",
            runbook=Runbook(
                meaning="Accounts failed to sign in so often that they have to wait.",
                impact="Their people and clients can't sign in for a time.",
                queries={"told to wait": f'sum by (grant) (rate({issued},outcome="locked"}}[15m]))'},
                steps=(
                    f'`curl -H "Authorization: Bearer $TOKEN" {base}/v1/audit?after=N`: entries `account.lock`.',
                    "Ask the owner: a forgotten password, or someone else?",
                ),
            ),
        ),
        burst(
            identity,
            "RefreshTokenReused",
            f'{audit},action="token.reuse"}}',
            f'{audit},action="token.reuse",outcome="failure"}}',
            severity="page",
            urgency="P0",
            summary="A refresh token was used twice",
            description="Uses of a token that was spent already:",
            runbook=Runbook(
                meaning="A refresh token came a second time: two parties have it, and one of them stole it.",
                impact="The session was ended for both; who stole it may have had access until then.",
                queries={"reuse": f'sum(increase({audit},action="token.reuse"}}[1h]))'},
                steps=(
                    f'`curl -H "Authorization: Bearer $TOKEN" {base}/v1/audit?after=N`: the entry `token.reuse` names the account.',
                    "What did that account do since its last sign-in? Its name is in every audit entry.",
                    "Reset its password, and find where the token leaked: a log, a backup, a browser.",
                ),
                escalation=_SECURITY,
            ),
        ),
        burst(
            identity,
            "TokenForgery",
            f'{denied},reason="forged"}}',
            f'{ACCESS_DENIED}{{job="gateway",reason="forged"}}',
            severity="page",
            urgency="P0",
            most=5,
            window=10,
            summary="{{ $labels.job }} is shown forged tokens",
            description="Tokens with a wrong signature:",
            runbook=Runbook(
                meaning="Tokens come whose signature is of no key of Identity's.",
                impact="None yet: they are refused. Somebody tries to get in, or a service has keys of another platform.",
                queries={"refused, by reason": f"sum by (job, reason) (rate({denied}}}[5m]))"},
                steps=(
                    _WHO,
                    f"`curl -s {base}/.well-known/jwks.json`: is the key there that the honest ones are signed with? Was one withdrawn?",
                    "Block the source at the ingress; if a key may have leaked, rotate it: `POST /v1/keys`, then withdraw the old one.",
                ),
                escalation=_SECURITY,
            ),
        ),
        burst(
            identity,
            "AccessDeniedBurst",
            f'{denied},reason="permission"}}',
            f'{ACCESS_DENIED}{{job="gateway",reason="permission"}}',
            severity="ticket",
            most=50,
            summary="{{ $labels.job }} turns many callers away who lack a right",
            description="Requests refused for want of a permission:",
            runbook=Runbook(
                meaning="Callers with good tokens ask again and again for what they may not do.",
                impact="A client is set up wrongly, a role lacks a right, or somebody looks for what is open.",
                queries={"refused, by reason": f"sum by (job, reason) (rate({denied}}}[15m]))"},
                steps=(
                    _WHO,
                    f'`curl -H "Authorization: Bearer $TOKEN" {base}/v1/roles`: does the role lack what it should have?',
                ),
            ),
        ),
    )


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
                escalation=_SECURITY,
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
                escalation=_SECURITY,
            ),
        ),
    )
