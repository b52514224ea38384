"""Calendars of rotations and of people, for programs that can't sign in: the URL is the secret."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Response

from alerts.paging.ical import Feed
from alerts.paging.links import LinkError, sign_calendar, verify_calendar
from alerts.paging.pager import Pager
from slo.errors import SLOError

_BACK, _AHEAD = timedelta(days=30), timedelta(days=365)


def router(pager: Pager, secret: bytes, public: str) -> APIRouter:
    """The routes; ``public`` is the URL at which people reach the pager."""
    routes = APIRouter()

    @routes.get("/calendars")
    def listed() -> dict[str, dict[str, str]]:
        """URLs to subscribe to, by the names of rotations and of people."""
        oncall = pager.oncall
        named = {"rotation": [r.name for r in oncall.rotations], "person": [p.name for p in oncall.people]}
        return {
            kind: {name: f"{public}/c/{sign_calendar(secret, kind, name)}.ics" for name in names}
            for kind, names in named.items()
        }

    @routes.get("/c/{token}.ics")
    def calendar(token: str) -> Response:
        """Shifts of the last month and the next year, with the overrides of now."""
        now = pager.clock()
        feed = Feed(pager.oncall, now - _BACK, now + _AHEAD, now, pager.roster().overrides)
        try:
            kind, name = verify_calendar(secret, token)
            text = feed.of_person(name) if kind == "person" else feed.of_rotation(name)
        except LinkError as error:
            raise HTTPException(403, str(error)) from error
        except SLOError as error:  # it was there when the link was made
            raise HTTPException(404, str(error)) from error
        return Response(text, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private"})

    return routes
