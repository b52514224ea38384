"""The pager's app: its API, and what runs beside it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy.exc import SQLAlchemyError

from alerts.paging.alertmanager import Alertmanager
from alerts.paging.api import (
    alertmanager,
    calendars,
    incidents,
    links,
    notifications,
    oncall,
    operation,
    pagerduty,
    problems,
)
from alerts.paging.api.door import Door
from alerts.paging.database import Database
from alerts.paging.deadman import DeadMan
from alerts.paging.delivery.envelope import Post
from alerts.paging.delivery.worker import Addresses, Policy, Worker
from alerts.paging.metrics import Metrics, Stored
from alerts.paging.pager import Clock, Pager
from alerts.paging.replica import begin
from alerts.paging.settings import Settings
from alerts.paging.tokens import link_key, read_tokens
from slo.oncall import OnCall

_LOG = logging.getLogger(__name__)
_ASK = timedelta(seconds=15)  # Alertmanager, for what it sends to nobody


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def create_app(settings: Settings, spec: OnCall, clock: Clock = now) -> FastAPI:
    """Build the pager; raises ``SLOError`` where a secret's file is not as it should be."""
    registry = CollectorRegistry()
    tokens = read_tokens(settings.token_file, settings.people_file, settings.keys)
    key = link_key(settings.link_key_file)
    metrics = Metrics(registry, spec)
    database = Database(settings.database)
    pager = Pager(database, spec, clock, settings.reopen_within, metrics.changed)
    dead_man = DeadMan(pager, settings.heartbeat_within, settings.platform_team)
    registry.register(Stored(pager, dead_man))
    policy = Policy(settings.attempt_timeout, settings.lease, settings.longest_pause, settings.poll)
    addresses = Addresses(settings.public_url, settings.console_url, key, settings.links_within)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        replica = database.change(lambda c: begin(c, settings.replica, clock()))
        # A receiver's log says which process sent.
        told = {"X-Pager-Replica": str(replica)}
        timeout = policy.timeout / timedelta(seconds=1)
        async with httpx.AsyncClient(timeout=timeout, headers=told) as client:
            post = Post(client, settings.secrets)
            worker = Worker(pager, replica, post, policy, addresses, metrics=metrics)
            beside = [_every(policy.poll, pager.tick), _every(policy.poll, dead_man.check)]
            if settings.alertmanager_url:
                beside.append(_every(_ASK, Alertmanager(pager, settings.alertmanager_url).look))
            tasks = [asyncio.create_task(one) for one in beside]
            sending = asyncio.create_task(worker.run())
            yield
            for task in tasks:
                task.cancel()
            worker.stop()
            await asyncio.gather(sending, *tasks, return_exceptions=True)
        database.close()

    app = FastAPI(title="Pager", version="1.0.0", lifespan=lifespan)
    problems.install(app)
    for router in (
        alertmanager.router(pager, dead_man),
        pagerduty.router(pager, tokens),
        incidents.router(pager),
        notifications.router(pager),
        oncall.router(pager),
        links.router(pager, key),
        calendars.router(pager, key, settings.public_url),
        operation.router(pager, registry, settings.replica),
    ):
        app.include_router(router)
    app.add_middleware(Door, tokens=tokens, most_bytes=settings.most_bytes)
    return app


async def _every(pause: timedelta, work: Callable[[], object]) -> None:
    """Do it again and again; what fails is said, and done again."""
    while True:
        try:
            await asyncio.to_thread(work)
        except (SQLAlchemyError, httpx.HTTPError) as error:
            _LOG.warning("%s: %s", type(error).__name__, error)
        except Exception:  # noqa: BLE001 - nothing may end what calls people
            _LOG.exception("not done")
        await asyncio.sleep(pause / timedelta(seconds=1))
