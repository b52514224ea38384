"""Answer questions: from the cache, or by the policies; and deny whenever these can't."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import NamedTuple

from somahub.services.policy_engine.cache import Cache
from somahub.services.policy_engine.decisionlog import DecisionLog
from somahub.services.policy_engine.errors import PolicyError
from somahub.services.policy_engine.inforce import Constitution, InForce
from somahub.services.policy_engine.models import Question, Record
from somahub.services.policy_engine.rego import Verdict
from somahub.telemetry import Telemetry


class _Answered(NamedTuple):
    verdict: Verdict
    decision: str
    cached: str


class Engine:
    """Puts constitution, cache and log together."""

    def __init__(self, telemetry: Telemetry, in_force: InForce, cache: Cache, log: DecisionLog) -> None:
        self._telemetry = telemetry
        self._in_force = in_force
        self._cache = cache
        self._log = log

    async def decide(self, question: Question, asked_by: str) -> Record:
        """Decide and log; raises SQLAlchemy's error when the decision can't be logged: then it is not given."""
        constitution = self._in_force.current
        version = str(constitution.bundle.version) if constitution else "none"
        with self._telemetry.span("policy.evaluate", constitution=version):
            answered = await self._answer(constitution, question)
        record = Record(
            **question.model_dump(),
            decision_id=str(uuid.uuid4()),
            allow=answered.verdict.allow,
            reasons=answered.verdict.reasons,
            constitution=version,
            at=datetime.now(UTC),
            asked_by=asked_by,
            cached=answered.cached,
        )
        await self._log.add(record)
        self._tell(record, answered)
        return record

    async def _answer(self, constitution: Constitution | None, question: Question) -> _Answered:
        if constitution is None:
            return _failed("no constitution is in force", "bypass")
        document = question.model_dump()
        digest = constitution.bundle.digest
        known = await self._cache.get(digest, document)
        if known is not None:
            return _Answered(known, _word(known), "hit")
        cached = "bypass" if self._cache.bypassed else "miss"
        try:
            # In a thread: policies may take long, and the library lets others run meanwhile.
            verdict = await asyncio.to_thread(constitution.policies.decide, document)
        except PolicyError as error:
            return _failed(str(error), cached)
        await self._cache.put(digest, document, verdict)
        return _Answered(verdict, _word(verdict), cached)

    def _tell(self, record: Record, answered: _Answered) -> None:
        self._telemetry.count("policy_decisions_total", decision=answered.decision, cached=answered.cached)
        fields = record.model_dump(
            include={"decision_id", "tenant", "subject", "action", "resource", "constitution"}
        )
        self._telemetry.event("policy.decided", decision=answered.decision, **fields)
        if answered.decision == "failed":
            reason = ", ".join(record.reasons)
            self._telemetry.event("policy.failed", decision_id=record.decision_id, reason=reason)


def _word(verdict: Verdict) -> str:
    return "allow" if verdict.allow else "deny"


def _failed(reason: str, cached: str) -> _Answered:
    return _Answered(Verdict(allow=False, reasons=(f"denied: {reason}",)), "failed", cached)
