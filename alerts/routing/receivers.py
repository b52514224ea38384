"""Receivers as Alertmanager's configuration has them; each secret is a file."""

from collections.abc import Callable
from typing import Any

from alerts.routing.templates import named
from slo.receivers import Email, GoAlert, Jira, Opsgenie, PagerDuty, Receiver, Slack, Webhook

Rendered = tuple[str, dict[str, Any]]
"""The name of a receiver's list, and the only entry in it."""
Secret = Callable[[str], str]
"""The path of a secret's file."""


def native(receiver: Receiver, secret: Secret) -> dict[str, Any]:
    """One of Alertmanager's receivers; ``secret`` makes the path of a secret's file."""
    kind, fields = _rendered(receiver, secret)
    return {"name": receiver.name, kind: [{"send_resolved": True} | fields]}


def posted(name: str, url: str, token: str) -> dict[str, Any]:
    """A receiver that the pager is, at one of its URLs; ``token`` is the file of its bearer token."""
    return {
        "name": name,
        "webhook_configs": [{"url": url, "send_resolved": True, "http_config": _bearer(token)}],
    }


def _rendered(receiver: Receiver, secret: Secret) -> Rendered:
    match receiver:
        case PagerDuty():
            return "pagerduty_configs", _pagerduty(receiver, secret)
        case Opsgenie():
            return "opsgenie_configs", _opsgenie(receiver, secret)
        case GoAlert() | Webhook():
            return "webhook_configs", _webhook(receiver, secret)
        case Slack():
            return "slack_configs", _slack(receiver, secret)
        case Email():
            return "email_configs", _email(receiver, secret)
        case Jira():
            return "jira_configs", _jira(receiver, secret)


def _bearer(token: str) -> dict[str, Any]:
    return {"authorization": {"type": "Bearer", "credentials_file": token}}


def _pagerduty(receiver: PagerDuty, secret: Secret) -> dict[str, Any]:
    return {
        "routing_key_file": secret(receiver.routing_key_file),
        "url": receiver.url,
        "severity": named("slo.pagerduty.severity"),
        "class": "{{ .CommonLabels.alertname }}",
        "component": "{{ .CommonLabels.slo_service }}",
        "group": "{{ .CommonLabels.team }}",
        "description": named("slo.title"),
        "details": {"alerts": named("slo.plain")},
    }


def _opsgenie(receiver: Opsgenie, secret: Secret) -> dict[str, Any]:
    return {
        "api_key_file": secret(receiver.api_key_file),
        "api_url": receiver.url,
        "message": named("slo.title"),
        "description": named("slo.plain"),
        "priority": named("slo.opsgenie.priority"),
        "tags": "{{ .CommonLabels.slo_service }},{{ .CommonLabels.severity }}",
    }


def _webhook(receiver: GoAlert | Webhook, secret: Secret) -> dict[str, Any]:
    if isinstance(receiver, GoAlert):
        return {"url_file": secret(receiver.url_file)}
    token = {"http_config": _bearer(secret(receiver.token_file))} if receiver.token_file else {}
    return {"url": receiver.url, **token}


def _slack(receiver: Slack, secret: Secret) -> dict[str, Any]:
    return {
        "api_url_file": secret(receiver.url_file),
        "channel": receiver.channel,
        "title": named("slo.slack.title"),
        "title_link": "{{ .CommonAnnotations.dashboard_url }}",
        "text": named("slo.slack"),
        "fallback": named("slo.slack.title"),
        "color": named("slo.color"),
    }


def _email(receiver: Email, secret: Secret) -> dict[str, Any]:
    login = {"auth_username": receiver.username} if receiver.username else {}
    password = {"auth_password_file": secret(receiver.password_file)} if receiver.password_file else {}
    return {
        "to": receiver.to,
        "from": receiver.sender,
        "smarthost": receiver.smarthost,
        **login,
        **password,
        "require_tls": receiver.require_tls,
        "headers": {"Subject": named("slo.title")},
        "text": named("slo.plain"),
        "html": named("slo.html"),
    }


def _jira(receiver: Jira, secret: Secret) -> dict[str, Any]:
    login = {"username": receiver.username, "password_file": secret(receiver.token_file)}
    return {
        "api_url": receiver.url,
        "project": receiver.project,
        "issue_type": receiver.issue_type,
        "summary": named("slo.title"),
        "description": named("slo.plain"),
        "priority": named("slo.jira.priority"),
        "labels": ["{{ .CommonLabels.slo_service }}", "{{ .CommonLabels.severity }}"],
        "http_config": {"basic_auth": login},
    }
