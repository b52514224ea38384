"""Policies in Rego, evaluated within the process.

They define ``data.constitution.decision``: ``{"allow": true or false, "reasons": [text, …]}``, from ``input``, which
is the question. What fails, or gives anything else, is no decision: whoever asks denies.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, JsonValue, StrictBool, StrictStr, ValidationError
from regopy import Interpreter, LogLevel, RegoError  # type: ignore[import-untyped]

from somahub.ijson import canonical
from somahub.services.policy_engine.errors import PolicyError, UndecidedError

_ENTRY = "data.constitution.decision"
_PROBE: dict[str, JsonValue] = {"action": "probe", "subject": "probe", "resource": "probe", "tenant": "probe"}


class Verdict(NamedTuple):
    """What the policies say."""

    allow: bool
    reasons: tuple[str, ...]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    allow: StrictBool
    reasons: list[StrictStr]


class Policies:
    """Compiled modules with their data; ``PolicyError`` where they don't compile, or fail at a plain question."""

    def __init__(self, modules: Mapping[str, str], data: Mapping[str, Any]) -> None:
        self._lock = threading.Lock()  # an interpreter holds one input
        self._interpreter = Interpreter()
        self._interpreter.log_level = LogLevel.NONE
        # Else a rule that forbids is quietly undefined where a function in it fails.
        self._interpreter.strict_built_in_errors = True
        try:
            for name, source in modules.items():
                self._interpreter.add_module(name, source)
            self._interpreter.add_data(dict(data))
            self._plan = self._interpreter.build(_ENTRY)
        except (RegoError, ValueError) as error:
            raise PolicyError(f"the policies don't compile: {_oneline(error)}") from error
        with suppress(UndecidedError):
            self.decide({**_PROBE, "context": {}})

    def decide(self, question: Mapping[str, JsonValue]) -> Verdict:
        """Evaluate; ``PolicyError`` when that fails or gives no decision."""
        # As a term: numbers and text arrive exactly, where the library's own conversion wraps numbers beyond 64 bits
        # and ends text at a NUL. Nothing may be escaped needlessly: "\u00e9" is not "é" to a policy.
        term = canonical(dict(question))
        try:
            with self._lock:
                self._interpreter.set_input_term(term)
                output = self._interpreter.query_bundle(self._plan)
            if not output.ok():
                raise PolicyError("the policies failed")
            found = output.results[0].expressions
            if not found:
                raise UndecidedError("the policies leave it undefined")
        except (RegoError, ValueError, LookupError) as error:
            raise PolicyError(f"the policies failed: {_oneline(error)}") from error
        try:
            answer = _Answer.model_validate(found[0])
        except ValidationError as error:
            raise PolicyError(f"expected {{allow, reasons}} of the policies, got {found[0]!r}") from error
        return Verdict(answer.allow, tuple(answer.reasons))


def _oneline(error: Exception) -> str:
    return " ".join(str(error).split())
