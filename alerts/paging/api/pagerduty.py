"""PagerDuty's Events API v2, for clients that speak it already."""

import json
import uuid

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from alerts.paging.events import Acknowledge, Resolve
from alerts.paging.ingest import event_arrival, event_group
from alerts.paging.models import PagerDutyEvent
from alerts.paging.pager import Pager
from alerts.paging.tokens import Tokens

_BY = "events-api"


def router(pager: Pager, tokens: Tokens) -> APIRouter:
    """The routes; answers are those of https://developer.pagerduty.com/docs/send-alert-event."""
    routes = APIRouter()

    @routes.post("/v2/enqueue", status_code=202)
    async def enqueue(request: Request) -> JSONResponse:
        """Trigger, acknowledge or resolve."""
        try:
            event = PagerDutyEvent.model_validate(json.loads(await request.body()))
        except ValidationError as error:
            return _invalid([f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()])
        except ValueError:
            return _invalid(["the body is not JSON"])
        team = tokens.team(event.routing_key)
        if team is None:
            return _invalid(["routing_key: is not known"])
        if event.event_action == "trigger" and event.payload is None:
            return _invalid(["payload: is required to trigger"])
        if event.event_action != "trigger" and not event.dedup_key:
            return _invalid([f"dedup_key: is required to {event.event_action}"])
        key = event.dedup_key or uuid.uuid4().hex
        await run_in_threadpool(_apply, pager, team, key, event)
        body = {"status": "success", "message": "Event processed", "dedup_key": key}
        return JSONResponse(body, 202)

    return routes


def _apply(pager: Pager, team: str, key: str, event: PagerDutyEvent) -> None:
    group = event_group(team, key)
    if event.event_action == "trigger":
        if not pager.has_open(group):
            pager.receive([event_arrival(team, key, event, pager.clock())])
    else:
        pager.act_on(group, Acknowledge(_BY) if event.event_action == "acknowledge" else Resolve(_BY))


def _invalid(errors: list[str]) -> JSONResponse:
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return JSONResponse(body, 400)
