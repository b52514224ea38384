"""A Grafana over its HTTP API.

Source: Grafana, "Dashboard HTTP API", "Dashboard Versions HTTP API", "Folder HTTP API", "Folder/Dashboard Search HTTP
API" and "Library element HTTP API".
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any, Self

from dashboards.publish.asking import Asking, Credential
from dashboards.publish.plan import MESSAGE, Body, Kept
from dashboards.texts import digest, stamp

_MOST = 5000
_PAGE = 500
# Among library elements, a panel.
_PANEL = 1


class HttpGrafana:
    """A Grafana at a URL. Each method raises ``GrafanaError`` with what Grafana said."""

    def __init__(self, url: str, credential: Credential) -> None:
        self._api = Asking(url, credential)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.close()

    def kept(self, uids: list[str], folder: str) -> dict[str, Kept]:
        """Boards by uid: those that are asked for, wherever they are, and all of the folder."""
        there = self._listed(folder)
        found = {}
        for uid in dict.fromkeys([*uids, *there]):
            answer = self._api.ask("GET", f"dashboards/uid/{uid}", uid, missing=True)
            if answer is not None:
                found[uid] = self._kept(uid, answer)
        return found

    def panels(self, uids: Collection[str], folder: str) -> dict[str, Kept]:
        """Library panels by uid: those that are asked for, wherever they are, and all of the folder."""
        found = {}
        for one in self._elements(folder):
            place = str(one.get("folderUid") or (one.get("meta") or {}).get("folderUid") or "")
            if one["uid"] in uids or place == folder:
                found[str(one["uid"])] = Kept({**one["model"], "version": one["version"]}, place)
        return found

    def folder(self, uid: str, title: str) -> None:
        """Make the folder, if it isn't there."""
        if self._api.ask("GET", f"folders/{uid}", uid, missing=True) is None:
            self._api.ask("POST", "folders", uid, json={"uid": uid, "title": title})

    def save(self, body: Body, folder: str) -> None:
        """Create a board, or replace the version that it says."""
        sent = {"dashboard": dict(body), "folderUid": folder, "message": MESSAGE, "overwrite": False}
        self._api.ask("POST", "dashboards/db", str(body["uid"]), json=sent)

    def save_panel(self, body: Body, folder: str) -> None:
        """Create a library panel, or replace the version that it says."""
        uid, version = str(body["uid"]), body.get("version")
        model = {name: value for name, value in body.items() if name != "version"}
        sent = {"uid": uid, "folderUid": folder, "name": body["title"], "model": model, "kind": _PANEL}
        if version is None:
            self._api.ask("POST", "library-elements", uid, json=sent)
        else:
            self._api.ask("PATCH", f"library-elements/{uid}", uid, json={**sent, "version": version})

    def remove(self, uid: str) -> None:
        """Delete a board; one that is gone already is fine."""
        self._api.ask("DELETE", f"dashboards/uid/{uid}", uid, missing=True)

    def remove_panel(self, uid: str) -> None:
        """Delete a library panel, which no board may have any more; one that is gone already is fine."""
        self._api.ask("DELETE", f"library-elements/{uid}", uid, missing=True)

    def _listed(self, folder: str) -> list[str]:
        wanted = {"type": "dash-db", "folderUIDs": folder, "limit": _MOST}
        found = self._api.ask("GET", "search", folder, missing=True, params=wanted) or []
        return [str(one["uid"]) for one in found if one.get("folderUid") == folder]

    def _elements(self, folder: str) -> Iterator[Mapping[str, Any]]:
        """All library panels: they can be picked by a folder's number alone, which newer Grafanas don't tell."""
        for number in count(1):
            wanted = {"kind": _PANEL, "perPage": _PAGE, "page": number}
            answer = self._api.ask("GET", "library-elements", folder, params=wanted)
            try:
                found = answer["result"]["elements"] or []
            except (KeyError, TypeError) as error:
                raise self._api.foreign(folder) from error
            yield from found
            if len(found) < _PAGE:
                return

    def _kept(self, uid: str, answer: Mapping[str, Any]) -> Kept:
        meta = answer.get("meta") or {}
        if not isinstance(answer.get("dashboard"), dict):
            raise self._api.foreign(uid)
        body = answer["dashboard"]
        # Only where its content isn't what was generated does it matter who saved it.
        message = self._last_message(uid) if digest(body) != stamp(body) else MESSAGE
        return Kept(body, str(meta.get("folderUid") or ""), message, bool(meta.get("provisioned")))

    def _last_message(self, uid: str) -> str:
        answer = self._api.ask("GET", f"dashboards/uid/{uid}/versions", uid, missing=True)
        # Since Grafana 11 they are one member of an object, before a list.
        listed = answer.get("versions") if isinstance(answer, dict) else answer
        newest = max(listed or [{}], key=lambda one: one.get("version", 0))
        return str(newest.get("message") or "")
