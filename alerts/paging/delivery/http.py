"""Receivers that take JSON over HTTP: each module-level function is the sender of one kind."""

from alerts.paging.delivery.envelope import DeliveryError, Envelope, Post
from alerts.paging.engine import CALLS
from alerts.paging.incident import Incident, Occasion, Status
from alerts.paging.messages.slack import message
from slo.alert import Priority
from slo.receivers import GoAlert, Jira, Opsgenie, PagerDuty, Slack, Webhook

# PagerDuty's severities by our priorities.
_SEVERITIES: dict[Priority, str] = {"P0": "critical", "P1": "error", "P2": "warning", "P3": "info"}
_LONGEST_TITLE = 250


async def slack(to: Slack, envelope: Envelope, post: Post) -> str:
    """A message of an incoming webhook (https://api.slack.com/messaging/webhooks)."""
    said = message(envelope.incident, envelope.occasion.value, envelope.links, envelope.called, envelope.zone)
    body = {"channel": to.channel} | said
    await post.json(post.secret(to.url_file), body, envelope.dedup_key)
    return ""


async def webhook(to: Webhook, envelope: Envelope, post: Post) -> str:
    """The incident itself, for programs; ``dedup_key`` is the same in every attempt."""
    headers = {"Authorization": f"Bearer {post.secret(to.token_file)}"} if to.token_file else {}
    body = {
        "dedup_key": envelope.dedup_key,
        "event": envelope.occasion.value,
        "incident": envelope.incident.model_dump(mode="json"),
        "links": envelope.links._asdict(),
    }
    await post.json(to.url, body, envelope.dedup_key, headers=headers)
    return ""


async def pagerduty(to: PagerDuty, envelope: Envelope, post: Post) -> str:
    """An event of the Events API v2; there, all that we say of an incident is one incident."""
    incident = envelope.incident
    body: dict[str, object] = {
        "routing_key": post.secret(to.routing_key_file),
        "event_action": _ACTIONS.get(envelope.occasion, "trigger"),
        "dedup_key": incident.id,
    }
    if envelope.occasion in CALLS:
        said = envelope.mail
        body |= {
            "payload": {
                "summary": said.subject[:1024],
                "source": _source(incident),
                "severity": _SEVERITIES[incident.priority],
                "timestamp": incident.created.isoformat(),
                "custom_details": {"dedup_key": envelope.dedup_key, "text": said.text},
            },
            "links": [{"href": envelope.links.console, "text": "Incident"}],
        }
    await post.json(to.url, body, envelope.dedup_key)
    return ""


async def opsgenie(to: Opsgenie, envelope: Envelope, post: Post) -> str:
    """An alert by its alias (https://docs.opsgenie.com/docs/alert-api)."""
    incident = envelope.incident
    headers = {"Authorization": f"GenieKey {post.secret(to.api_key_file)}"}
    url = f"{to.url.rstrip('/')}/v2/alerts"
    said = envelope.mail
    if envelope.occasion in CALLS:
        body: dict[str, object] = {
            "message": said.subject[:130],
            "alias": incident.id,
            "description": said.text[:15000],
            "priority": f"P{int(incident.priority[1]) + 1}",
            "source": "pager",
            "details": {"dedup_key": envelope.dedup_key},
        }
    else:
        action = "close" if envelope.occasion is Occasion.RESOLVED else "acknowledge"
        url += f"/{incident.id}/{action}?identifierType=alias"
        body = {"note": said.text[:25000], "source": "pager"}
    await post.json(url, body, envelope.dedup_key, headers=headers)
    return ""


async def goalert(to: GoAlert, envelope: Envelope, post: Post) -> str:
    """A notification in Alertmanager's form, which is what GoAlert's integration takes."""
    incident = envelope.incident
    status = "resolved" if incident.status is Status.RESOLVED else "firing"
    said = envelope.mail
    alert = {
        "fingerprint": incident.id,
        "status": status,
        "labels": {"alertname": incident.title, "incident": incident.id, "team": incident.team},
        "annotations": {"summary": said.subject, "description": said.text},
        "startsAt": incident.created.isoformat(),
        "endsAt": (incident.resolved or incident.created).isoformat(),
        "generatorURL": envelope.links.console,
    }
    body = {
        "version": "4",
        "groupKey": incident.id,
        "status": status,
        "receiver": to.name,
        "groupLabels": alert["labels"],
        "commonLabels": alert["labels"],
        "commonAnnotations": alert["annotations"],
        "externalURL": envelope.links.console,
        "alerts": [alert],
    }
    await post.json(post.secret(to.url_file), body, envelope.dedup_key)
    return ""


async def jira(to: Jira, envelope: Envelope, post: Post) -> str:
    """An issue, and a comment for all that follows (https://developer.atlassian.com/cloud/jira/platform/rest/v2)."""
    said = envelope.mail
    auth = (to.username, post.secret(to.token_file))
    issues = f"{to.url.rstrip('/')}/rest/api/2/issue"
    if envelope.answer:
        text = f"{said.subject}\n\n{said.text}"
        await post.json(f"{issues}/{envelope.answer}/comment", {"body": text}, envelope.dedup_key, auth=auth)
        return envelope.answer
    fields = {
        "project": {"key": to.project},
        "issuetype": {"name": to.issue_type},
        "summary": said.subject[:_LONGEST_TITLE],
        "description": said.text,
        "labels": [f"incident-{envelope.incident.id}"],
    }
    made = await post.json(issues, {"fields": fields}, envelope.dedup_key, auth=auth)
    try:
        return str(made.json()["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryError("the answer names no issue") from error


def _source(incident: Incident) -> str:
    return next(
        (a.labels["slo_service"] for a in incident.alerts if "slo_service" in a.labels), incident.team
    )


_ACTIONS = {Occasion.ACKNOWLEDGED: "acknowledge", Occasion.RESOLVED: "resolve"}
