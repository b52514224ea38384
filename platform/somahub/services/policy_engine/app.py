"""The policy engine's HTTP API."""

from collections.abc import Iterable

from fastapi import FastAPI

from somahub.auth import Guard
from somahub.services.policy_engine.cache import Cache
from somahub.services.policy_engine.decisionlog import DecisionLog
from somahub.services.policy_engine.decisions import constitution, decisions
from somahub.services.policy_engine.engine import Engine
from somahub.services.policy_engine.evaluation import evaluation
from somahub.services.policy_engine.inforce import InForce
from somahub.services.policy_engine.settings import Settings
from somahub.services.policy_engine.store import Store
from somahub.serving import Readiness, service_app
from somahub.serving.app import Resident
from somahub.telemetry import Telemetry


def create_app(  # noqa: PLR0913 - the parts that it is made of
    telemetry: Telemetry,
    settings: Settings,
    guard: Guard,
    *,
    store: Store,
    in_force: InForce,
    cache: Cache,
    residents: Iterable[Resident] = (),
) -> FastAPI:
    """Build the app around its parts."""
    engine = Engine(telemetry, in_force, cache, DecisionLog(store))
    return service_app(
        telemetry,
        [
            evaluation(engine, guard),
            decisions(store, guard, settings.scope),
            constitution(in_force, guard),
        ],
        Readiness(telemetry, {"redis": cache.check}),
        faults=settings.schedule(),
        residents=[*residents, lambda: in_force.following(settings.poll)],
    )
