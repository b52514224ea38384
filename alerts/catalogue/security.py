"""Alerts on attacks and on what guards against them: sign-ins, tokens, rights."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.owner import SECURITY, address, job
from slo.alert import Alert, Runbook
from slo.kit import ACCESS_DENIED
from slo.model import Service

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
                    f"Disable accounts that were taken: `curl -X POST {base}/v1/users/ID/disable`; block the source at the ingress.",
                ),
                escalation=SECURITY,
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
                escalation=SECURITY,
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
                    "Block the source at the ingress; if a key may have leaked, rotate it: `POST /v1/keys/rotate` withdraws the old one.",
                ),
                escalation=SECURITY,
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
