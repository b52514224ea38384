"""One request to a Grafana and its answer, tried again where that helps."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx

from dashboards.publish.errors import GrafanaError

Credential = str | tuple[str, str] | None
_AGAIN = frozenset({0, 429, 500, 502, 503, 504})
_TRIES = 5
_FIRST_PAUSE = 0.5
_TIMEOUT = 30.0
_HINTS = {
    400: "",
    401: "; give a token by --token-file or SLO_GRAFANA_TOKEN, of a service account that may write dashboards",
    403: "; this token may not write dashboards there",
    404: "; no Grafana answers there: does it live below a path?",
    412: "; somebody saved it since it was read: look at it, then try again",
}


class Asking:
    """The API of a Grafana at a URL.

    A lost connection and an answer of 429 or 5xx are tried again: what would be saved twice, the version prevents.
    """

    def __init__(self, url: str, credential: Credential, wait: Callable[[float], None] = time.sleep) -> None:
        self._url = f"{url.rstrip('/')}/"
        headers = {"authorization": f"Bearer {credential}"} if isinstance(credential, str) else {}
        user = credential if isinstance(credential, tuple) else None
        self._client = httpx.Client(base_url=self._url, headers=headers, auth=user, timeout=_TIMEOUT)
        self._wait = wait

    def close(self) -> None:
        """End its connections."""
        self._client.close()

    def ask(self, method: str, path: str, what: str, *, missing: bool = False, **sent: Any) -> Any:  # noqa: ANN401 - JSON
        """The answer; None where it says that what was asked for isn't there, and that may be."""
        status, said = 0, ""
        for tried in range(1, _TRIES + 1):
            try:
                answer = self._client.request(method, f"api/{path}", **sent)
            except (httpx.TransportError, httpx.DecodingError) as error:
                status, said = 0, f"no connection: {error}"
            else:
                if answer.is_success:
                    return self._json(answer, what)
                status, said = answer.status_code, _message(answer)
            if status == HTTPStatus.NOT_FOUND and missing:
                return None
            if status not in _AGAIN or tried == _TRIES:
                break
            self._wait(_FIRST_PAUSE * 2 ** (tried - 1))
        raise self.error(f"{what}: {' '.join(said.split())[:300]}{_HINTS.get(status, '')}", status)

    def error(self, why: str, status: int = 0) -> GrafanaError:
        """What is wrong with this Grafana."""
        return GrafanaError(self._url, why, status)

    def foreign(self, what: str) -> GrafanaError:
        """The error of an answer that no Grafana gives."""
        return self.error(f"{what}: the answer is not that of a Grafana")

    def _json(self, answer: httpx.Response, what: str) -> Any:  # noqa: ANN401 - JSON
        try:
            return answer.json()
        except ValueError as error:
            raise self.foreign(what) from error


def _message(answer: httpx.Response) -> str:
    """The status in words, and what Grafana says of it."""
    try:
        said = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        said = answer.text
    return f"{answer.status_code} {answer.reason_phrase}: {said}".removesuffix(": ")
