"""What a message says, whatever it is sent by: a title, what happened, facts, symptoms and links."""

from datetime import timedelta
from typing import NamedTuple

from alerts.paging.incident import Incident, IncidentAlert, Status
from alerts.paging.messages.burning import burning, cost
from alerts.paging.messages.called import UNKNOWN, Called
from alerts.paging.messages.named import Named
from alerts.paging.messages.words import clock, length, moment, plain, web
from slo import names

_MOST_LISTED = 10


class Links(NamedTuple):
    """URLs that acknowledge and resolve, signed for one person, and that of the incident in the console."""

    acknowledge: str = ""
    resolve: str = ""
    console: str = ""


class Content(NamedTuple):
    """Plain text of one line each; ``notice`` is there only for a test."""

    subject: str
    title: str
    status: str
    notice: str
    facts: tuple[Named, ...]
    symptoms: tuple[str, ...]
    actions: tuple[Named, ...]
    links: tuple[Named, ...]


def content(
    incident: Incident, occasion: str, links: Links, called: Called = UNKNOWN, zone: str = "UTC"
) -> Content:
    """``occasion`` is why it is told: triggered, escalated, reopened, acknowledged, resolved and so on."""
    lead, others = _lead(incident)
    title = plain(incident.title)
    over = incident.status is Status.RESOLVED
    event = "" if occasion == "triggered" else f" {occasion}"
    facts = [
        *(_outcome(incident, zone) if over else burning(lead) or _told(lead, title)),
        Named("Since", moment(min(a.started for a in incident.alerts), zone)),
        Named("Services", ", ".join(_services(incident))),
        Named("Also", _listed([_summary(alert) for alert in others])),
        *([] if over else _people(incident, called, zone)),
    ]
    return Content(
        subject=f"{'TEST ' * incident.test}[{incident.priority}] #{incident.number}{event}: {title}",
        title=title,
        status=_status(incident, occasion, called, zone),
        notice="This is a test: nothing is wrong. Acknowledge it to show that it reached you."
        if incident.test
        else "",
        facts=tuple(fact for fact in facts if fact.value),
        symptoms=tuple(_cut([_summary(alert) for alert in incident.alerts if alert.attached])),
        actions=_actions(incident, links),
        links=_there(
            Named("Runbook", lead.annotations.get("runbook_url", "")),
            Named("Dashboard", lead.annotations.get("dashboard_url", "")),
            Named("Incident", links.console),
        ),
    )


def _lead(incident: Incident) -> tuple[IncidentAlert, list[IncidentAlert]]:
    """What is told first: of the alerts that page, one that still fires, the most pressing, that of the title, the earliest."""
    own = [a for a in incident.alerts if not a.attached] or list(incident.alerts)
    own.sort(
        key=lambda a: (
            a.ended is not None,
            a.labels.get(names.PRIORITY, "P9"),
            a.annotations.get("summary") != incident.title,
            a.started,
        )
    )
    return own[0], own[1:]


def _told(alert: IncidentAlert, title: str) -> list[Named]:
    """What an alert that isn't about a budget says of itself."""
    summary = plain(alert.annotations.get("summary", ""))
    description = plain(alert.annotations.get("description", ""), 1000)
    return [Named("Alert", "" if summary == title else summary), Named("What it means", description)]


def _status(incident: Incident, occasion: str, called: Called, zone: str) -> str:
    created = clock(incident.created, zone)
    by = plain(incident.acknowledged_by)
    sentences = {
        "escalated": f"Nobody acknowledged since {created}; it now goes to: {called.step.lower() or 'the next step'}.",
        "reopened": "It was resolved, and fires again.",
        "reassigned": "It was given to you.",
        "responder": "You are asked to help.",
        "undelivered": "Others who should have been called could not be reached.",
        "acknowledged": f"{by} works on it, {length(_after(incident))} after it began.",
        "resolved": f"It is over, {length((incident.resolved or incident.created) - incident.created)} after it began"
        + (
            f": resolved by {plain(incident.resolved_by)}."
            if incident.resolved_by not in ("", "pager")
            else "."
        ),
    }
    told = f"{incident.severity.capitalize()} opened at {created}."
    return f"{told} {sentences[occasion]}" if occasion in sentences else told


def _after(incident: Incident) -> timedelta:
    return (incident.acknowledged or incident.created) - incident.created


def _outcome(incident: Incident, zone: str) -> list[Named]:
    """How long it took and what it cost."""
    began = min(alert.started for alert in incident.alerts)
    ended = max((alert.ended for alert in incident.alerts if alert.ended), default=incident.resolved or began)
    lasted = f"{length(ended - began)}, until {clock(ended, zone)}"
    answered = f"by {plain(incident.acknowledged_by)} after {length(_after(incident))}"
    return [
        Named("Lasted", lasted),
        Named("Acknowledged", answered if incident.acknowledged else "by nobody"),
        Named("Cost", _listed([cost(alert) for alert in incident.alerts if cost(alert)])),
    ]


def _people(incident: Incident, called: Called, zone: str) -> list[Named]:
    if incident.status is Status.SNOOZED and incident.snoozed_until:
        return [Named("Snoozed", f"until {moment(incident.snoozed_until, zone)}")]
    if incident.status is Status.ACKNOWLEDGED:
        return [Named("Works on it", plain(incident.acknowledged_by))]
    following = ""
    if called.following and called.following_at:
        following = f"{plain('; '.join(called.following))} at {clock(called.following_at, zone)}, if nobody acknowledges"
    return [
        Named("Called now", plain("; ".join((*called.now, *incident.responders)))),
        Named("Called next", following),
    ]


def _services(incident: Incident) -> list[str]:
    return sorted(
        {plain(a.labels[names.SLO_SERVICE]) for a in incident.alerts if names.SLO_SERVICE in a.labels}
    )


def _summary(alert: IncidentAlert) -> str:
    name = alert.labels.get("alertname", "alert")
    return plain(alert.annotations.get("summary") or name, 200) + (" (ended)" if alert.ended else "")


def _cut(texts: list[str]) -> list[str]:
    more = len(texts) - _MOST_LISTED
    return [*texts[:_MOST_LISTED], f"and {more} more"] if more > 0 else texts


def _listed(texts: list[str]) -> str:
    return "; ".join(_cut(texts))


def _actions(incident: Incident, links: Links) -> tuple[Named, ...]:
    if incident.status is Status.RESOLVED:
        return ()
    acknowledge = links.acknowledge if incident.status is Status.TRIGGERED else ""
    return _there(Named("Acknowledge", acknowledge), Named("Resolve", links.resolve))


def _there(*links: Named) -> tuple[Named, ...]:
    return tuple(link for link in links if web(link.value))
