"""Incidents for people: look, and act under one's own name."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from alerts.paging import events
from alerts.paging.incident import Incident, IncidentAlert, Status
from alerts.paging.ingest import Arrival
from alerts.paging.pager import Pager
from alerts.paging.store import Incidents
from slo.alert import Priority
from slo.burnrate import Severity

_MOST = 500

Action = Literal["acknowledge", "resolve", "reopen"]
ACTIONS: dict[Action, Callable[[str], events.Event]] = {
    "acknowledge": events.Acknowledge,
    "resolve": events.Resolve,
    "reopen": events.Reopen,
}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewIncident(_Form):
    """An incident that a person opens; ``test`` marks one that only tries whether the way to people is well."""

    title: str = Field(min_length=1, max_length=1024)
    team: str
    severity: Severity = "page"
    priority: Priority = "P1"
    description: str = ""
    labels: dict[str, str] = {}
    test: bool = False


class Snoozed(_Form):
    """Until when nobody is to hear of it; one of both."""

    until: AwareDatetime | None = None
    minutes: int | None = Field(default=None, gt=0, le=7 * 24 * 60)

    @model_validator(mode="after")
    def _one_of_both(self) -> "Snoozed":
        if (self.until is None) == (self.minutes is None):
            raise ValueError("expected until or minutes")
        return self

    def end(self, now: datetime) -> datetime:
        """The time in either form."""
        return self.until or now + timedelta(minutes=self.minutes or 0)


class Reassigned(_Form):
    """To whom; one of both."""

    person: str = ""
    team: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> "Reassigned":
        if bool(self.person) == bool(self.team):
            raise ValueError("expected person or team")
        return self


class Responder(_Form):
    """Who is called to help."""

    person: str


class Page(BaseModel):
    """Incidents, newest first; ``next`` goes into ``before`` for the page after."""

    incidents: list[Incident]
    next: int | None = None


def router(pager: Pager) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/incidents")

    @routes.get("")
    def listed(
        status: Annotated[list[Status] | None, Query()] = None,
        team: str = "",
        since: AwareDatetime | None = None,
        before: int | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    ) -> Page:
        """Incidents by status and team, opened ``since``."""
        with pager.database.read() as connection:
            found = Incidents(connection).find(status or (), team, since, before, limit)
        return Page(incidents=found, next=found[-1].number if len(found) == limit else None)

    @routes.post("", status_code=201)
    def trigger(form: NewIncident, request: Request) -> Incident:
        """Open an incident by hand."""
        if form.team not in {team.name for team in pager.oncall.teams}:
            raise HTTPException(422, f"there is no team {form.team}")
        key = uuid.uuid4().hex
        pager.receive([_arrival(form, key, _caller(request), pager.clock())])
        with pager.database.read() as connection:
            made = Incidents(connection).last(key)
        assert made is not None  # noqa: S101 - it was committed
        return made

    @routes.get("/{ident}")
    def one(ident: str) -> Incident:
        """One incident with its timeline."""
        return pager.incident(ident)

    @routes.post("/{ident}/snooze")
    def snooze(ident: str, form: Snoozed, request: Request) -> Incident:
        """Later."""
        return pager.act(ident, events.Snooze(_caller(request), form.end(pager.clock())))

    @routes.post("/{ident}/reassign")
    def reassign(ident: str, form: Reassigned, request: Request) -> Incident:
        """Somebody else, or another team."""
        return pager.act(ident, events.Reassign(_caller(request), form.person, form.team))

    @routes.post("/{ident}/responders")
    def responders(ident: str, form: Responder, request: Request) -> Incident:
        """Somebody else as well."""
        return pager.act(ident, events.AddResponder(_caller(request), form.person))

    @routes.post("/{ident}/{action}")
    def act(ident: str, action: Action, request: Request) -> Incident:
        """I work on it; it is over; it is not over."""
        return pager.act(ident, ACTIONS[action](_caller(request)))

    return routes


def _caller(request: Request) -> str:
    return str(request.state.person)


def _arrival(form: NewIncident, key: str, by: str, now: datetime) -> Arrival:
    alert = IncidentAlert(
        fingerprint=key,
        labels={"alertname": form.title, "team": form.team, "severity": form.severity, **form.labels},
        annotations={"summary": form.title, "description": form.description, "opened_by": by},
        started=now,
    )
    return Arrival(key, form.team, form.severity, form.priority, form.title, form.test, alert)
