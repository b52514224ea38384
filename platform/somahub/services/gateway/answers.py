"""What routes answer besides their bodies, for the OpenAPI document."""

from typing import Any

Responses = dict[int | str, dict[str, Any]]

REFUSED: Responses = {
    401: {"description": "No good token."},
    403: {"description": "No permission."},
    429: {"description": "Too many requests; Retry-After has the seconds to wait."},
    503: {"description": "Identity was never heard, or a service that is needed does not answer."},
}
MISSING: Responses = {404: {"description": "The caller has no such thing."}}
CONFLICT: Responses = {409: {"description": "Not in this state."}}
PASSED: Responses = {
    502: {"description": "The orchestrator failed."},
    504: {"description": "The orchestrator took too long."},
}
