"""One HTTP client for all that the supervisor asks: making one costs more than asking."""

from functools import cache

import httpx


@cache
def client() -> httpx.Client:
    """The client; an answer may take a second."""
    return httpx.Client(timeout=1)
