"""The on-call part of a spec: from ``oncall.json``, which runs no code, or from a spec as everywhere."""

from pathlib import Path

from pydantic import ValidationError

from slo.errors import InvalidSpecError, SLOError
from slo.loader import load
from slo.oncall import OnCall


def read_oncall(reference: str) -> OnCall:
    """Raises ``SLOError`` where there is none, or it is not valid."""
    if not reference.endswith(".json"):
        found = load(reference).oncall
        if found is None:
            raise SLOError(f"{reference}: says nothing of who is on call")
        return found
    try:
        return OnCall.model_validate_json(Path(reference).read_bytes())
    except OSError as error:
        raise SLOError(f"{reference}: {error.strerror}") from error
    except ValidationError as error:
        raise InvalidSpecError.from_validation(reference, error) from error


def oncall_json(oncall: OnCall) -> str:
    """What ``read_oncall`` reads."""
    return oncall.model_dump_json(indent=2) + "\n"
