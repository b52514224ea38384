"""Alerts on certificates: in days for those that live for months, by the fraction left for SVIDs, which live an hour."""

from datetime import timedelta

from alerts.catalogue.episodes import DAY
from alerts.catalogue.owner import priority
from slo.alert import Alert, Proof, Runbook
from slo.burnrate import Severity
from slo.model import Service

_HOUR = timedelta(hours=1)
_DAYS: tuple[tuple[str, Severity, int], ...] = (
    ("CertificateExpiresSoon", "ticket", 30),
    ("CertificateExpiresNow", "page", 7),
)


def certificate_alerts(service: Service, expiry: str, *, by: str, fed: str) -> tuple[Alert, ...]:
    """A ticket 30 days before, a page 7 days before.

    ``expiry`` selects timestamps in seconds, such as ``probe_ssl_earliest_cert_expiry``; ``by`` is the label that names a
    certificate, ``fed`` one of the series.
    """
    return tuple(
        Alert(
            name=name,
            expr=f"min by ({by}) ({expiry}) - time() < {days} * 86400",
            severity=severity,
            priority=priority(service, severity),
            summary=f"The certificate of {{{{ $labels.{by} }}}} expires in less than {days} days",
            description="It expires in {{ $value | humanizeDuration }}.",
            runbook=Runbook(
                meaning=f"A certificate expires in less than {days} days: what should have renewed it did not.",
                impact="When it expires, every client refuses the connection: an outage at a time that is known.",
                queries={"days left": f"sort((min by ({by}) ({expiry}) - time()) / 86400)"},
                steps=(
                    "`kubectl -n soma-agent-hub get certificates,certificaterequests,challenges`: which step of the renewal fails?",
                    (
                        "`openssl s_client -connect HOST:PORT </dev/null | openssl x509 -noout -dates -subject`: is the new one there, and "
                        "only not loaded?"
                    ),
                    "Renew it by hand, `kubectl -n soma-agent-hub cert-manager renew NAME`, and restart what reads it at its start.",
                ),
            ),
            proofs=(
                Proof(
                    title=f"renewed when {days - 2} days are left",
                    # 60 days at first, and 90 more once it is renewed.
                    series={fed: f"{60 * 86400}x{(62 - days) * 24 - 1} {150 * 86400}x48"},
                    step=_HOUR,
                    silent=((60 - days) * DAY - _HOUR, (63 - days) * DAY),
                    fires=((60 - days) * DAY + 6 * _HOUR,),
                ),
            ),
        )
        for name, severity, days in _DAYS
    )


def svid_alert(service: Service, expiry: str, begun: str, *, by: str, fed: tuple[str, str]) -> Alert:
    """An identity of SPIFFE is renewed at half of its life: with a fifth left, its renewal fails.

    ``expiry`` and ``begun`` select timestamps in seconds; ``fed`` are one series of each.
    """
    left = f"(max by ({by}) ({expiry}) - time()) / (max by ({by}) ({expiry}) - max by ({by}) ({begun}))"
    life = 3600
    return Alert(
        name="IdentityNotRenewed",
        expr=f"{left} < 0.2",
        severity="page",
        priority=priority(service, "page"),
        summary=f"The SVID of {{{{ $labels.{by} }}}} is not renewed",
        description="{{ $value | humanizePercentage }} of its lifetime is left.",
        runbook=Runbook(
            meaning="A workload's identity is near its end, and was not renewed at half of its life.",
            impact="When it ends, its connections are refused by all others, within minutes.",
            queries={"share of the lifetime left": left},
            steps=(
                "`kubectl -n spire logs ds/spire-agent`: does the agent reach its server?",
                "`kubectl -n spire exec deploy/spire-server -- spire-server healthcheck`, and `entry show` for the workload.",
                "Restart the agent of that node; the workload fetches a new one by itself.",
            ),
        ),
        proofs=(
            Proof(
                title="not renewed until its end is near, then renewed",
                series={fed[0]: f"{life}x54 {3 * life}x30", fed[1]: f"0x54 {life}x30"},
                silent=(timedelta(minutes=45), timedelta(minutes=70)),
                fires=(timedelta(minutes=50),),
            ),
        ),
    )
