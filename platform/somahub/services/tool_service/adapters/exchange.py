"""One HTTP request to another side, with its failures by what they mean for a repetition."""

import email.utils
import time
from typing import Any, NamedTuple

import httpx

from somahub.services.tool_service.errors import RefusedError, UnavailableError, UnclearError

_SHOWN = 300  # letters of another side's answer that an error shows
_BUSY = frozenset({429, 503})  # RFC 6585, RFC 9110: the request was not processed
_LONGEST = 3600.0  # seconds


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: str


async def exchange(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    limit: int = 1_000_000,
    **request: Any,  # noqa: ANN401 - httpx' own arguments
) -> Answer:
    """Send and read at most ``limit`` bytes; a success, or a ``ToolError``."""
    # Compressed, a few bytes become any number of them.
    headers = {**request.pop("headers", {}), "accept-encoding": "identity"}
    try:
        async with client.stream(method, url, headers=headers, **request) as response:
            body = await _body(response, limit)
            answer = Answer(response.status_code, response.headers, body, str(response.url))
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise UnavailableError("no connection in time", timeout=True) from error
    except httpx.ConnectError as error:
        raise UnavailableError(f"no connection: {error}") from error
    except httpx.TimeoutException as error:
        raise UnclearError("no answer in time", timeout=True) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        raise RefusedError(str(error)) from error
    except httpx.HTTPError as error:
        raise UnclearError(f"the connection broke: {type(error).__name__}") from error
    judge(answer)
    return answer


def judge(answer: Answer) -> None:
    """Raise what a status that is no success means."""
    if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP
        return
    text = answer.body[:_SHOWN].decode(errors="replace").strip()
    detail = f"status {answer.status}: {text}" if text else f"status {answer.status}"
    if answer.status in _BUSY:
        raise UnavailableError(detail, retry_after=retry_after(answer.headers))
    if answer.status >= 500:  # noqa: PLR2004 - HTTP
        raise UnclearError(detail)
    raise RefusedError(detail)


def retry_after(headers: httpx.Headers) -> float:
    """Seconds until another request is welcome (RFC 9110 section 10.2.3); 0 where none are named."""
    value = headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST)
    try:
        wished = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError):
        return 0
    return min(max(wished, 0), _LONGEST)


async def _body(response: httpx.Response, limit: int) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise RefusedError("the answer is compressed, unasked")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise RefusedError(f"the answer is longer than {limit} bytes")
    return bytes(body)
