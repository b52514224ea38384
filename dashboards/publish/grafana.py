"""A Grafana by its HTTP API.

Source: Grafana, "Dashboard HTTP API", "Dashboard Versions HTTP API", "Folder HTTP API" and "Folder/Dashboard Search HTTP API".
"""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Self

import httpx

from dashboards.publish.errors import GrafanaError
from dashboards.publish.plan import MESSAGE, Body, Kept
from dashboards.texts import digest, stamp

Credential = str | tuple[str, str] | None
_AGAIN = frozenset({0, 429, 500, 502, 503, 504})
_TRIES = 5
_FIRST_PAUSE = 0.5
_TIMEOUT = 30.0
_MOST = 5000
_HINTS = {
    400: "",
    401: "; give a token by --token-file or SLO_GRAFANA_TOKEN, of a service account that may write dashboards",
    403: "; this token may not write dashboards there",
    404: "; no Grafana answers there: does it live below a path?",
    412: "; somebody saved it since it was read: look at it, then try again",
}


class HttpGrafana:
    """A Grafana at a URL. Each method raises ``GrafanaError`` with what Grafana said.

    A lost connection and an answer of 429 or 5xx are tried again: what would be saved twice, the version prevents.
    """

    def __init__(self, url: str, credential: Credential, wait: Callable[[float], None] = time.sleep) -> None:
        self._url = f"{url.rstrip('/')}/"
        headers = {"authorization": f"Bearer {credential}"} if isinstance(credential, str) else {}
        user = credential if isinstance(credential, tuple) else None
        self._client = httpx.Client(base_url=self._url, headers=headers, auth=user, timeout=_TIMEOUT)
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def kept(self, uids: list[str], folder: str) -> dict[str, Kept]:
        """Boards by uid: those that are asked for, wherever they are, and all of the folder."""
        there = self._listed(folder)
        found = {}
        for uid in dict.fromkeys([*uids, *there]):
            answer = self._ask("GET", f"dashboards/uid/{uid}", uid, missing=True)
            if answer is not None:
                found[uid] = self._kept(uid, answer)
        return found

    def folder(self, uid: str, title: str) -> None:
        """Make the folder, if it isn't there."""
        if self._ask("GET", f"folders/{uid}", uid, missing=True) is None:
            self._ask("POST", "folders", uid, json={"uid": uid, "title": title})

    def save(self, body: Body, folder: str) -> None:
        """Create a board, or replace the version that it says."""
        sent = {"dashboard": dict(body), "folderUid": folder, "message": MESSAGE, "overwrite": False}
        self._ask("POST", "dashboards/db", str(body["uid"]), json=sent)

    def remove(self, uid: str) -> None:
        """Delete a board; one that is gone already is fine."""
        self._ask("DELETE", f"dashboards/uid/{uid}", uid, missing=True)

    def _listed(self, folder: str) -> list[str]:
        wanted = {"type": "dash-db", "folderUIDs": folder, "limit": _MOST}
        found = self._ask("GET", "search", folder, missing=True, params=wanted) or []
        return [str(one["uid"]) for one in found if one.get("folderUid") == folder]

    def _kept(self, uid: str, answer: Mapping[str, Any]) -> Kept:
        meta = answer.get("meta") or {}
        if not isinstance(answer.get("dashboard"), dict):
            raise GrafanaError(self._url, f"{uid}: the answer is not that of a Grafana")
        body = answer["dashboard"]
        # Only where its content isn't what was generated does it matter who saved it.
        message = self._last_message(uid) if digest(body) != stamp(body) else MESSAGE
        return Kept(body, str(meta.get("folderUid") or ""), message, bool(meta.get("provisioned")))

    def _last_message(self, uid: str) -> str:
        answer = self._ask("GET", f"dashboards/uid/{uid}/versions", uid, missing=True)
        # Since Grafana 11 they are one member of an object, before a list.
        listed = answer.get("versions") if isinstance(answer, dict) else answer
        newest = max(listed or [{}], key=lambda one: one.get("version", 0))
        return str(newest.get("message") or "")

    def _ask(self, method: str, path: str, what: str, *, missing: bool = False, **sent: Any) -> Any:  # noqa: ANN401 - JSON
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
        raise GrafanaError(
            self._url, f"{what}: {' '.join(said.split())[:300]}{_HINTS.get(status, '')}", status
        )

    def _json(self, answer: httpx.Response, what: str) -> Any:  # noqa: ANN401 - JSON
        try:
            return answer.json()
        except ValueError as error:
            raise GrafanaError(self._url, f"{what}: the answer is not that of a Grafana") from error


def _message(answer: httpx.Response) -> str:
    """The status in words, and what Grafana says of it."""
    try:
        said = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        said = answer.text
    return f"{answer.status_code} {answer.reason_phrase}: {said}".removesuffix(": ")
