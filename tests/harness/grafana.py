"""A Grafana in the test's own process, as strict as the documentation of its HTTP API.

https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/ and …/folder/, …/dashboard_versions/,
…/folder_dashboard_search/, …/library_element/
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_right"  # noqa: S105 - of this server alone
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SAVE = {"dashboard", "folderUid", "folderId", "message", "overwrite", "refresh"}
_PANEL = {"id", "type", "title", "gridPos"}
_REFERENCE = {"id", "title", "gridPos", "libraryPanel"}
_ELEMENT = {"uid", "folderUid", "name", "model", "kind"}

Json = Any


class Grafana(ThreadingHTTPServer):
    """Boards by uid with all their versions; folders; library panels; what to answer first; all that was asked."""

    daemon_threads = True

    def __init__(self, path: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Calls)
        self.path = path
        self.boards: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, str] = {}
        self.elements: dict[str, dict[str, Any]] = {}
        self.first: list[tuple[int, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.old_versions = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.path}"

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.asked if method != "GET"]

    def edit(self, uid: str, **members: object) -> None:
        """Someone saves the board in the browser."""
        kept = self.boards[uid]
        body = {**kept["versions"][-1]["data"], **members}
        self.keep(uid, body, kept["folder"], "moved a panel")

    def keep(self, uid: str, body: dict[str, Any], folder: str, message: str) -> int:
        kept = self.boards.setdefault(uid, {"id": len(self.boards) + 1, "versions": [], "provisioned": False})
        version = len(kept["versions"]) + 1
        kept["folder"] = folder
        data = {**body, "id": kept["id"], "uid": uid, "version": version}
        kept["versions"].append({"version": version, "message": message, "data": data})
        return version


class Calls(BaseHTTPRequestHandler):
    server: Grafana
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: Json) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def refuse(self, code: int, message: str, **more: str) -> None:
        self.answer(code, {"message": message, **more})

    def handle_any(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.server.asked.append((self.command, parts.path))
        if self.server.first:
            return self.answer(*self.server.first.pop(0))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.refuse(401, "Invalid API key")
        if not parts.path.startswith(f"{self.server.path}/api/"):
            return self.refuse(404, "Not found")
        if sent and not (self.headers.get("Content-Type") or "").startswith("application/json"):
            return self.refuse(415, "bad content type")
        path = tuple(parts.path.removeprefix(f"{self.server.path}/api/").split("/"))
        body = json.loads(sent) if sent else None
        return self.routed(path, body, {k: v[0] for k, v in parse_qs(parts.query).items()})

    def routed(  # noqa: C901, PLR0911 - an answer for each endpoint
        self, path: tuple[str, ...], body: Json, query: dict[str, str]
    ) -> None:
        match self.command, path:
            case "GET", ("folders", uid):
                if uid not in self.server.folders:
                    return self.refuse(404, "folder not found", status="not-found")
                return self.answer(200, {"uid": uid, "title": self.server.folders[uid]})
            case "POST", ("folders",):
                return self.new_folder(body)
            case _, ("library-elements", *rest):
                return self.elements(rest, body, query)
            case "GET", ("search",):
                return self.search(query)
            case "POST", ("dashboards", "db"):
                return self.save(body)
            case "GET" | "DELETE", ("dashboards", "uid", uid) if uid not in self.server.boards:
                return self.refuse(404, "Dashboard not found")
            case "GET", ("dashboards", "uid", uid):
                return self.get(uid)
            case "DELETE", ("dashboards", "uid", uid):
                body = self.server.boards.pop(uid)["versions"][-1]["data"]
                return self.answer(200, {"title": body["title"], "message": "deleted", "id": body["id"]})
            case "GET", ("dashboards", "uid", uid, "versions"):
                return self.versions(uid, int(query.get("limit", "1000")))
            case _:
                return self.refuse(404, "Not found")

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the standard library's names

    def new_folder(self, body: Json) -> None:
        if not isinstance(body, dict) or not body.get("title") or not _UID.fullmatch(body.get("uid", "")):
            return self.refuse(400, "bad folder")
        if body["uid"] in self.server.folders:
            return self.refuse(412, "a folder with the same uid already exists", status="conflict")
        self.server.folders[body["uid"]] = body["title"]
        return self.answer(200, {"uid": body["uid"], "title": body["title"]})

    def search(self, query: dict[str, str]) -> None:
        assert query["type"] == "dash-db"
        assert int(query["limit"]) <= 5000
        wanted = query["folderUIDs"]
        found = [
            {
                "uid": uid,
                "title": kept["versions"][-1]["data"]["title"],
                "type": "dash-db",
                "folderUid": wanted,
            }
            for uid, kept in self.server.boards.items()
            if kept["folder"] == wanted
        ]
        self.answer(200, found)

    def elements(self, path: list[str], body: Json, query: dict[str, str]) -> None:
        uid = path[0] if path else ""
        if path and uid not in self.server.elements:
            return self.refuse(404, "library element could not be found")
        match self.command:
            case "GET":
                return self.list_elements(int(query["perPage"]), int(query["page"]))
            case "POST" | "PATCH":
                return self.save_element(body, self.server.elements.get(uid))
        if any(uid in _used(kept["versions"][-1]["data"]) for kept in self.server.boards.values()):
            return self.refuse(403, "the library element has connections")
        del self.server.elements[uid]
        return self.answer(200, {"message": "Library element deleted", "id": 1})

    def list_elements(self, size: int, page: int) -> None:
        assert page >= 1
        found = [one | {"meta": {"folderUid": one["folderUid"]}} for one in self.server.elements.values()][
            (page - 1) * size : page * size
        ]
        result = {"totalCount": len(self.server.elements), "page": page, "perPage": size, "elements": found}
        self.answer(200, {"result": result})

    def save_element(self, body: Json, kept: dict[str, Any] | None) -> None:
        version = body.pop("version", None) if kept else 0
        if set(body) != _ELEMENT or body["kind"] != 1 or not _UID.fullmatch(body["uid"]):
            return self.refuse(400, "bad library element")
        if body["folderUid"] not in self.server.folders:
            return self.refuse(400, "folder not found")
        others = [one for one in self.server.elements.values() if one is not kept]
        if any(one["uid"] == body["uid"] for one in others) or any(
            (one["name"], one["folderUid"]) == (body["name"], body["folderUid"]) for one in others
        ):
            return self.refuse(400, "library element with that name or UID already exists")
        if kept and version != kept["version"]:
            return self.refuse(412, "the library element has been changed by someone else")
        # Grafana makes the name the panel's title.
        model = body["model"] | {"title": body["name"]}
        saved = body | {"model": model, "version": version + 1}
        self.server.elements[body["uid"]] = saved
        return self.answer(200, {"result": saved})

    def get(self, uid: str) -> None:
        kept = self.server.boards[uid]
        meta = {"folderUid": kept["folder"], "provisioned": kept["provisioned"], "url": f"/d/{uid}/x"}
        self.answer(200, {"dashboard": kept["versions"][-1]["data"], "meta": meta})

    def versions(self, uid: str, limit: int) -> None:
        newest = [
            {"version": one["version"], "message": one["message"], "uid": uid}
            for one in reversed(self.server.boards[uid]["versions"])
        ][:limit]
        self.answer(200, newest if self.server.old_versions else {"continueToken": "", "versions": newest})

    def save(self, body: Json) -> None:
        problem = _problem(body)
        if problem:
            return self.refuse(400, problem)
        board, folder = body["dashboard"], body.get("folderUid", "")
        if _used(board) - set(self.server.elements):
            return self.refuse(404, "library element could not be found")
        if folder and folder not in self.server.folders:
            return self.refuse(400, "folder not found", status="not-found")
        kept = self.server.boards.get(board["uid"])
        if kept and kept["provisioned"]:
            return self.refuse(400, "Cannot save provisioned dashboard")
        if kept and not body.get("overwrite") and board.get("version") != len(kept["versions"]):
            return self.refuse(
                412, "The dashboard has been changed by someone else", status="version-mismatch"
            )
        version = self.server.keep(board["uid"], board, folder, body.get("message", ""))
        found = self.server.boards[board["uid"]]
        said = {"id": found["id"], "uid": board["uid"], "status": "success", "version": version}
        return self.answer(200, said)


def _problem(body: Json) -> str:
    """What Grafana would say against a body, if anything."""
    if not isinstance(body, dict) or not isinstance(body.get("dashboard"), dict):
        return "bad request data"
    if unknown := set(body) - _SAVE:
        return f"unknown members: {unknown}"
    board = body["dashboard"]
    if not board.get("title"):
        return "Dashboard title cannot be empty"
    if not _UID.fullmatch(board.get("uid", "")):
        return "uid contains illegal characters or is too long"
    if any(not set(panel) >= _PANEL and set(panel) != _REFERENCE for panel in board["panels"]):
        return "a panel lacks what it needs"
    ids = [panel["id"] for panel in board["panels"]]
    return "panel ids are not unique" if len(ids) != len(set(ids)) else ""


def _used(board: Json) -> set[str]:
    """The library panels that a board refers to."""
    return {panel["libraryPanel"]["uid"] for panel in board["panels"] if "libraryPanel" in panel}


@contextmanager
def grafana(path: str = "") -> Iterator[Grafana]:
    """One that answers until the end."""
    with Grafana(path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
