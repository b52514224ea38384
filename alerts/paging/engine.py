"""What an event makes of an incident, and whom to notify of it: pure, one row of a table for each event."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from alerts.paging import events
from alerts.paging.incident import Incident, IncidentAlert, Moment, Occasion, Status
from alerts.paging.messages.burning import LEFT_AT_END
from alerts.paging.roster import Call, Roster, opening

# Notifications that ask somebody to act; what is acknowledged or over needs none of them any more.
CALLS = frozenset(Occasion) - {Occasion.ACKNOWLEDGED, Occasion.RESOLVED}
_ALL = frozenset(Occasion)
_OPEN = frozenset(Status) - {Status.RESOLVED}
_ANY = frozenset(Status)


class NotPossibleError(Exception):
    """What was asked does not fit the incident's state; the message is for people."""


class Notification(NamedTuple):
    """One message that one receiver must get, not before ``due``."""

    incident: str
    occasion: Occasion
    step: int
    receiver: str
    person: str
    due: datetime

    @property
    def dedup_key(self) -> str:
        """The same for every attempt to send it."""
        return f"{self.incident}:{self.occasion}:{self.step}:{self.receiver}"


class Outcome(NamedTuple):
    """The new state, what to send, and which notifications not sent yet no longer matter."""

    incident: Incident
    notifications: tuple[Notification, ...] = ()
    superseded: frozenset[Occasion] = frozenset()


def opened(incident: Incident, now: datetime, roster: Roster) -> Outcome:
    """A new incident: it calls the first step of its team, or it is a ticket that waits for business hours."""
    return _trigger(_noted(incident, now, "opened"), Occasion.TRIGGERED, now, roster)


def decide(incident: Incident, event: events.Event, now: datetime, roster: Roster) -> Outcome:
    """Apply an event; raises ``NotPossibleError`` where the incident is in a state that does not allow it."""
    allowed, apply = _TABLE[type(event)]
    if incident.status not in allowed:
        raise NotPossibleError(f"incident {incident.number} is {incident.status}")
    return apply(incident, event, now, roster)


def _fired(incident: Incident, event: events.Fired, now: datetime, roster: Roster) -> Outcome:
    """A new alert wakes nobody who already works on it, unless it is worse or was inhibited before."""
    alert = event.alert
    before = next((a for a in incident.alerts if a.fingerprint == alert.fingerprint), None)
    worse = event.priority < incident.priority
    others = tuple(a for a in incident.alerts if a.fingerprint != alert.fingerprint)
    priority = min(event.priority, incident.priority)
    known = incident.model_copy(update={"alerts": (*others, alert), "priority": priority})
    known = _noted(known, now, "alert fired", alert=_name(alert))
    if incident.status is Status.RESOLVED:
        known = known.model_copy(update={"reopened": known.reopened + 1})
        return _trigger(known, Occasion.REOPENED, now, roster)
    if incident.status is not Status.TRIGGERED and (worse or (before is not None and before.attached)):
        return _trigger(known, Occasion.TRIGGERED, now, roster)
    return Outcome(known)


def _ended(incident: Incident, event: events.Ended, now: datetime, roster: Roster) -> Outcome:
    found = next((a for a in incident.alerts if (a.fingerprint, a.started) == event[:2]), None)
    if found is None or found.ended is not None:
        return Outcome(incident)
    left = {LEFT_AT_END: event.budget_left} if event.budget_left else {}
    ended = found.model_copy(update={"ended": min(event.at, now), "annotations": found.annotations | left})
    alerts = tuple(ended if a is found else a for a in incident.alerts)
    told = _noted(incident.model_copy(update={"alerts": alerts}), now, "alert ended", alert=_name(found))
    if any(a.ended is None and not a.attached for a in alerts):
        return Outcome(told)
    return _over(told, "pager", now, roster)


def _attached(incident: Incident, event: events.Attached, now: datetime, _: Roster) -> Outcome:
    inhibited = {a.fingerprint: a.model_copy(update={"attached": True}) for a in event.alerts}
    own = {a.fingerprint for a in incident.alerts if not a.attached}
    gone = [
        a if a.fingerprint in inhibited or a.ended else a.model_copy(update={"ended": now})
        for a in incident.alerts
        if a.attached
    ]
    known = {a.fingerprint for a in gone}
    new = [a for name, a in inhibited.items() if name not in own | known]
    alerts = (*(a for a in incident.alerts if not a.attached), *gone, *new)
    if alerts == incident.alerts:
        return Outcome(incident)
    changed = incident.model_copy(update={"alerts": alerts})
    for alert in new:
        changed = _noted(changed, now, "inhibited alert attached", alert=_name(alert))
    return Outcome(changed)


def _acknowledge(incident: Incident, event: events.Acknowledge, now: datetime, roster: Roster) -> Outcome:
    if incident.status is Status.ACKNOWLEDGED:
        return Outcome(incident)
    update = {
        "status": Status.ACKNOWLEDGED,
        "acknowledged": now,
        "acknowledged_by": event.by,
        "next_level_at": None,
        "snoozed_until": None,
    }
    changed = _noted(incident.model_copy(update=update), now, "acknowledged", event.by)
    return _tell(changed, Occasion.ACKNOWLEDGED, now, roster)


def _resolve(incident: Incident, event: events.Resolve, now: datetime, roster: Roster) -> Outcome:
    if incident.status is Status.RESOLVED:
        return Outcome(incident)
    alerts = tuple(a if a.ended else a.model_copy(update={"ended": now}) for a in incident.alerts)
    return _over(incident.model_copy(update={"alerts": alerts}), event.by, now, roster)


def _reopen(incident: Incident, event: events.Reopen, now: datetime, roster: Roster) -> Outcome:
    again = _noted(incident, now, "reopened", event.by).model_copy(update={"reopened": incident.reopened + 1})
    return _trigger(again, Occasion.REOPENED, now, roster)


def _snooze(incident: Incident, event: events.Snooze, now: datetime, _: Roster) -> Outcome:
    if event.until <= now:
        raise NotPossibleError("a snooze ends in the future")
    update = {"status": Status.SNOOZED, "snoozed_until": event.until, "next_level_at": None}
    until = event.until.isoformat()
    return Outcome(
        _noted(incident.model_copy(update=update), now, "snoozed", event.by, until=until), (), CALLS
    )


def _reassign(incident: Incident, event: events.Reassign, now: datetime, roster: Roster) -> Outcome:
    to = event.person or event.team
    changed = _noted(incident, now, "reassigned", event.by, to=to)
    if event.team:
        if event.team not in {team.name for team in roster.oncall.teams}:
            raise NotPossibleError(f"there is no team {event.team}")
        moved = changed.model_copy(update={"team": event.team})
        return _trigger(moved, Occasion.REASSIGNED, now, roster)
    begun = _begun(changed, now)
    begun = begun.model_copy(update={"next_level_at": roster.time_of(begun.team, 1, now)})
    return _notify(begun, Occasion.REASSIGNED, _of(event.person, roster), now, superseded=_ALL)


def _add_responder(incident: Incident, event: events.AddResponder, now: datetime, roster: Roster) -> Outcome:
    calls = _of(event.person, roster)
    if event.person in incident.responders:
        return Outcome(incident)
    responders = (*incident.responders, event.person)
    changed = _noted(incident.model_copy(update={"responders": responders}), now, "responder added", event.by)
    return _notify(changed, Occasion.RESPONDER, calls, now)


def _due(incident: Incident, _: events.Due, now: datetime, roster: Roster) -> Outcome:
    if incident.next_at is None or now < incident.next_at:
        return Outcome(incident)
    if incident.status is Status.SNOOZED:
        return _trigger(_noted(incident, now, "snooze over"), Occasion.TRIGGERED, now, roster)
    return _call(incident, incident.level + 1, Occasion.ESCALATED, now, roster)


def _undelivered(incident: Incident, event: events.Undelivered, now: datetime, roster: Roster) -> Outcome:
    told = _noted(incident, now, "not delivered", receiver=event.receiver, reason=event.reason)
    calls = [call for call in roster.direct(incident.team) if call.receiver != event.receiver]
    if incident.status is not Status.TRIGGERED:
        return Outcome(told)
    return _notify(told, Occasion.UNDELIVERED, calls, now)


def _trigger(incident: Incident, occasion: Occasion, now: datetime, roster: Roster) -> Outcome:
    begun = _begun(incident, now)
    if incident.receiver:
        outcome = _notify(begun, occasion, [Call(incident.receiver)], now)
    elif incident.severity == "page":
        outcome = _call(begun, 0, occasion, now, roster)
    else:
        due = _when(incident, now, roster)
        outcome = _notify(begun, occasion, roster.tickets(incident.team), now, due=due)
    return outcome._replace(superseded=_ALL)


def _call(incident: Incident, level: int, occasion: Occasion, now: datetime, roster: Roster) -> Outcome:
    """Notify a level; where nobody is on call for it, the next at once, and after the last the direct receivers."""
    team, last = incident.team, roster.levels(incident.team) - 1
    calls = roster.calls(team, level, now)
    while not calls and level < last:
        incident = _noted(incident, now, "nobody on call", step=roster.title(team, level))
        level += 1
        calls = roster.calls(team, level, now)
    following = roster.time_of(team, level + 1, incident.since)
    changed = incident.model_copy(update={"level": level, "next_level_at": following})
    if following is None:
        changed = _noted(changed, now, "last step")
    return _notify(changed, occasion, calls or roster.direct(team), now)


def _notify(  # noqa: PLR0913 - what a notification is made of
    incident: Incident,
    occasion: Occasion,
    calls: Iterable[Call],
    now: datetime,
    *,
    due: datetime | None = None,
    superseded: frozenset[Occasion] = frozenset(),
) -> Outcome:
    listed = tuple(calls)
    if not listed:
        return Outcome(incident, (), superseded)
    step = incident.rounds
    made = tuple(Notification(incident.id, occasion, step, c.receiver, c.person, due or now) for c in listed)
    receivers = [call.receiver for call in listed]
    told = tuple(dict.fromkeys((*incident.told, *receivers)))
    changed = incident.model_copy(update={"rounds": step + 1, "told": told})
    people = sorted({call.person for call in listed if call.person})
    changed = _noted(changed, now, "notified", occasion=occasion.value, receivers=receivers, people=people)
    return Outcome(changed, made, superseded)


def _tell(incident: Incident, occasion: Occasion, now: datetime, roster: Roster) -> Outcome:
    """Say it to all who were called; what they have not got of the call itself, they need not get any more."""
    superseded = _ALL if occasion is Occasion.RESOLVED else CALLS
    due = _when(incident, now, roster)
    return _notify(incident, occasion, map(Call, incident.told), now, due=due, superseded=superseded)


def _when(incident: Incident, now: datetime, roster: Roster) -> datetime:
    if incident.receiver or incident.severity == "page":
        return now
    return opening(roster.team(incident.team).hours, now)


def _over(incident: Incident, by: str, now: datetime, roster: Roster) -> Outcome:
    update = {
        "status": Status.RESOLVED,
        "resolved": now,
        "resolved_by": by,
        "next_level_at": None,
        "snoozed_until": None,
    }
    changed = _noted(incident.model_copy(update=update), now, "resolved", by)
    return _tell(changed, Occasion.RESOLVED, now, roster)


def _begun(incident: Incident, now: datetime) -> Incident:
    """The incident as if it began now: nobody works on it."""
    return incident.model_copy(
        update={
            "status": Status.TRIGGERED,
            "began": now,
            "level": 0,
            "next_level_at": None,
            "snoozed_until": None,
            "acknowledged": None,
            "acknowledged_by": "",
            "resolved": None,
            "resolved_by": "",
        }
    )


def _of(person: str, roster: Roster) -> tuple[Call, ...]:
    calls = roster.person(person)
    if not calls:
        raise NotPossibleError(f"there is nobody called {person}")
    return calls


def _noted(incident: Incident, at: datetime, what: str, by: str = "pager", **details: Any) -> Incident:  # noqa: ANN401
    moment = Moment(at=at, what=what, by=by, details=details)
    return incident.model_copy(update={"timeline": (*incident.timeline, moment)})


def _name(alert: IncidentAlert) -> str:
    return alert.labels.get("alertname", alert.fingerprint)


_Apply = Callable[[Incident, Any, datetime, Roster], Outcome]
_TABLE: dict[type, tuple[frozenset[Status], _Apply]] = {
    events.Fired: (_ANY, _fired),
    events.Ended: (_ANY, _ended),
    events.Attached: (_OPEN, _attached),
    events.Acknowledge: (_OPEN, _acknowledge),
    events.Resolve: (_ANY, _resolve),
    events.Reopen: (frozenset({Status.RESOLVED}), _reopen),
    events.Snooze: (_OPEN, _snooze),
    events.Reassign: (_OPEN, _reassign),
    events.AddResponder: (_OPEN, _add_responder),
    events.Due: (_ANY, _due),
    events.Undelivered: (_ANY, _undelivered),
}
