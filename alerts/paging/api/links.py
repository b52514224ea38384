"""One-click links of messages: a page asks, and only its button acts, for scanners of mail open every link."""

from functools import cache
from typing import cast

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from alerts.paging.api.incidents import ACTIONS, Action
from alerts.paging.engine import NotPossibleError
from alerts.paging.incident import Incident, Status
from alerts.paging.links import Link, LinkError, verify
from alerts.paging.messages.called import called
from alerts.paging.messages.content import Content, Links, content
from alerts.paging.pager import Pager, UnknownIncidentError

# No script, no frame, nothing from elsewhere; and the token stays here.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_MEANS = {
    "acknowledge": "Nobody else is called while you work on it.",
    "resolve": "It is over, and nobody is called any more.",
}


def router(pager: Pager, secret: bytes) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/a/{token}", response_class=HTMLResponse)
    def ask(token: str) -> HTMLResponse:
        """Show what the link would do."""
        try:
            link = _read(token)
            incident = pager.incident(link.incident)
        except (LinkError, UnknownIncidentError) as error:
            return _page("Not valid", _reason(error), status=403)
        if incident.status is Status.RESOLVED:
            return _page("It is over", "There is nothing left to do.", _told(pager, incident))
        action = link.action.capitalize()
        return _page(
            f"{action}?", f"As {link.person}. {_MEANS[link.action]}", _told(pager, incident), button=action
        )

    @routes.post("/a/{token}", response_class=HTMLResponse)
    def act(token: str) -> HTMLResponse:
        """Do it."""
        try:
            link = _read(token)
            incident = pager.act(link.incident, ACTIONS[cast("Action", link.action)](link.person))
        except (LinkError, UnknownIncidentError) as error:
            return _page("Not valid", _reason(error), status=403)
        except NotPossibleError as error:
            return _page("Not possible", f"{error}.", status=409)
        text = f"#{incident.number} {incident.title} is {incident.status}. {_MEANS[link.action]}"
        return _page("Done", text, _told(pager, incident))

    def _read(token: str) -> Link:
        return verify(secret, token, pager.clock())

    return routes


def _told(pager: Pager, incident: Incident) -> Content:
    """The same as in messages."""
    roster = pager.roster()
    who = called(roster.oncall, incident, pager.clock(), roster.overrides)
    zone = roster.team(incident.team).hours.zone
    return content(incident, incident.standing.value, Links(), who, zone)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, LinkError) else "There is no such incident."


def _page(
    title: str, text: str, told: Content | None = None, *, button: str = "", status: int = 200
) -> HTMLResponse:
    page = _template().render(title=title, text=text, told=told, button=button)
    return HTMLResponse(page, status, headers=_HEADERS)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("alerts.paging.api", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("link.html.j2")
