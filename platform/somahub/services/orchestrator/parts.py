"""The two servers of the orchestrator, made from its settings: the API's, and the worker's."""

import httpx
import uvicorn

from somahub.auth import Guard, Verifier
from somahub.auth.remote import RemoteKeys
from somahub.peers import AccountTokens, Peer
from somahub.services.orchestrator.activities import Peers
from somahub.services.orchestrator.agent_worker import AgentWorker, create_worker_app
from somahub.services.orchestrator.app import create_app
from somahub.services.orchestrator.propagation import Propagation
from somahub.services.orchestrator.runs import Runs
from somahub.services.orchestrator.settings import Settings
from somahub.services.orchestrator.spec import orchestrator, orchestrator_worker
from somahub.services.orchestrator.temporal import connect
from somahub.serving import Check, server, telemetry_for
from somahub.telemetry import Telemetry

_TIMEOUT = 9.0  # seconds, below the time of an activity's one try
_TOOL_TIMEOUT = 25.0


async def api(settings: Settings) -> uvicorn.Server:
    """The HTTP API, with its server."""
    telemetry = telemetry_for(orchestrator, settings)
    keys = RemoteKeys(httpx.AsyncClient(base_url=settings.identity_url, timeout=_TIMEOUT))
    temporal = await connect(settings, [Propagation(telemetry)])
    app = create_app(
        telemetry,
        Guard(Verifier(keys), settings.scope, telemetry),
        Runs(temporal, settings.task_queue),
        {"identity": keys.check, **checks(peers(telemetry, settings))},
        faults=settings.schedule(),
        residents=[keys.following],
    )
    return server(app, settings)


def worker(settings: Settings) -> uvicorn.Server:
    """The worker, with the server of its health and metrics."""
    telemetry = telemetry_for(orchestrator_worker, settings)
    asked = peers(telemetry, settings)
    identity = Peer("identity", _client(settings.identity_url), telemetry)
    known = {"identity": identity.check, **checks(asked)}
    app = create_worker_app(telemetry, AgentWorker(telemetry, settings, asked), known)
    return server(app, settings.model_copy(update={"port": settings.worker_port}))


def peers(telemetry: Telemetry, settings: Settings) -> Peers:
    """The services that workflows ask; without an account of its own, a service asks them without a token."""
    secret = settings.client_secret()
    tokens = None
    if settings.client_id and secret:
        tokens = AccountTokens(_client(settings.identity_url), settings.client_id, secret)
    return Peers(
        Peer("policy-engine", _client(settings.policy_engine_url), telemetry, tokens),
        Peer("memory-gateway", _client(settings.memory_gateway_url), telemetry, tokens),
        Peer("tool-service", _client(settings.tool_service_url, _TOOL_TIMEOUT), telemetry, tokens),
    )


def checks(asked: Peers) -> dict[str, Check]:
    """Whether they answer, by name."""
    return {peer.name: peer.check for peer in asked}


def _client(url: str, timeout: float = _TIMEOUT) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=timeout)
