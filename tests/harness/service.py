"""What a service's app needs in a test: telemetry that can be read, and tokens of a key that is known here."""

import io
import json
import time
import uuid
from typing import Any

from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry

from slo.model import Service
from somahub.auth import AUDIENCE, ISSUER, Guard, Verifier
from somahub.telemetry import Resource, Telemetry, event_logger, json_handler, tracer_provider

ROLES = {
    "platform-admin": ("*@cluster",),
    "sre-operator": ("read@soma-agent-hub", "restart@soma-agent-hub", "scale@soma-agent-hub"),
    "developer": ("read@development", "deploy@development"),
}


class Issuer:
    """An Identity of its own: it signs, and says what it took back."""

    def __init__(self) -> None:
        self.private = ECKey.generate_key("P-256", auto_kid=True)
        self.taken_back: set[str] = set()

    def key(self, key_id: str) -> ECKey | None:
        public = ECKey.import_key(self.private.as_dict(private=False))
        return public if key_id == self.private.kid else None

    def revoked(self, token_id: str) -> bool:
        return token_id in self.taken_back

    def token(self, role: str = "platform-admin", **claims: object) -> str:
        header = {"alg": "ES256", "kid": self.private.kid, "typ": "at+jwt"}
        return jwt.encode(header, said(role, **claims), self.private)

    def headers(self, role: str = "platform-admin", **claims: object) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(role, **claims)}"}


def identity_of(issuer: Issuer) -> FastAPI:
    """The public side of an Identity: keys and revocations."""
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/.well-known/jwks.json")
    async def keys() -> dict[str, object]:
        return {"keys": [issuer.private.as_dict(private=False)]}

    @app.get("/v1/revocations")
    async def revocations() -> dict[str, object]:
        return {"token_ids": sorted(issuer.taken_back)}

    return app


def said(role: str, **claims: object) -> dict[str, Any]:
    """The claims of a token."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"a {role}",
        "tenant": "acme",
        "roles": [role],
        "scope": " ".join(ROLES.get(role, ())),
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 600,
    } | claims


class Signals:
    """The telemetry of a service, and what it emitted."""

    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry()
        self.log = io.StringIO()
        self.exporter = InMemorySpanExporter()
        resource = Resource(service.name)
        provider = tracer_provider(resource)
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        logger = event_logger(service.name, json_handler(resource, self.log))
        self.telemetry = Telemetry(service, self.registry, provider, logger, resource)
        self.issuer = Issuer()
        self.guard = Guard(Verifier(self.issuer), "development", self.telemetry)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line.get("event") == name]

    def spans(self) -> list[str]:
        return [span.name for span in self.exporter.get_finished_spans()]
