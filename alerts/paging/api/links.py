"""One-click links of messages: a page asks, and only its button acts, for scanners of mail open every link."""

from html import escape
from typing import cast

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from alerts.paging.api.incidents import ACTIONS, Action
from alerts.paging.engine import NotPossibleError
from alerts.paging.links import Link, LinkError, verify
from alerts.paging.pager import Pager, UnknownIncidentError

# No script, no frame, nothing from elsewhere; and the token stays here.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:18px/1.5 system-ui;max-width:36rem;margin:3rem auto;padding:0 1rem}}
button{{font:inherit;padding:.6em 1.4em}}</style>
<h1>{title}</h1><p>{text}</p>{form}
</html>"""


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
        text = f"#{incident.number} {incident.title} ({incident.status}), as {link.person}"
        title = f"{link.action.capitalize()}?"
        form = f'<form method="post"><button>{escape(link.action.capitalize())}</button></form>'
        return _page(title, text, form)

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
        return _page("Done", f"#{incident.number} {incident.title} is {incident.status}.")

    def _read(token: str) -> Link:
        return verify(secret, token, pager.clock())

    return routes


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, LinkError) else "There is no such incident."


def _page(title: str, text: str, form: str = "", status: int = 200) -> HTMLResponse:
    page = _PAGE.format(title=escape(title), text=escape(text), form=form)
    return HTMLResponse(page, status, headers=_HEADERS)
