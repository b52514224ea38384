"""The orchestrator's answers as the gateway's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from fastapi import HTTPException

from somahub.peers import PeerError

_BROKEN = 500


@contextmanager
def passing() -> Iterator[None]:
    """Pass an answer of the other service on, where it is the caller's matter; else say what is broken, by RFC 9110.

    502: it failed, or answered what can't be read. 503: it can't be reached, or says so itself. 504: it took too long.
    """
    try:
        yield
    except PeerError as error:
        raise HTTPException(status_of(error), error.detail) from error


def status_of(error: PeerError) -> int:
    """The status that the gateway answers."""
    if error.status is None:
        return 504 if isinstance(error.__cause__, httpx.TimeoutException) else 503
    if error.status in (503, 504):
        return error.status
    return error.status if 400 <= error.status < _BROKEN else 502  # noqa: PLR2004 - HTTP
