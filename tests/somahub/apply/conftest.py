"""A ruler in the test's own process, as strict as Mimir's documentation of its HTTP API."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import promql_parser
import pytest
import yaml

PREFIX = "/prometheus/config/v1/rules"
GROUP = {"name", "interval", "limit", "query_offset", "source_tenants", "rules"}
RULE = {"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}


class Mimir(ThreadingHTTPServer):
    """Groups by tenant, namespace and name; what to answer before anything else; and all that was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Calls)
        self.kept: dict[str, dict[str, dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.first: list[tuple[int, dict[str, str], str]] = []
        self.authorization: str | None = None
        self.most_rules, self.most_groups = 20, 70
        self.empty_is_404 = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.asked if method != "GET"]


class Calls(BaseHTTPRequestHandler):
    server: Mimir
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def answer(
        self, status: int, text: str = "", kind: str = "text/plain; charset=utf-8", **more: str
    ) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(text.encode()))} | more).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def handle_any(self) -> None:
        server = self.server
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server.asked.append((self.command, unquote(self.path)))
        if server.first:
            status, headers, text = server.first.pop(0)
            return self.answer(status, text, **headers)
        if server.authorization and self.headers.get("Authorization") != server.authorization:
            return self.answer(401, "invalid token\n")
        tenant = self.headers.get("X-Scope-OrgID")
        if not tenant:
            return self.answer(401, "no org id\n")
        return self.routed(server.kept.setdefault(tenant, {}), sent.decode())

    def routed(self, groups: dict[str, dict[str, Any]], sent: str) -> None:
        if not self.path.startswith(f"{PREFIX}/"):
            return self.answer(404, "404 page not found\n")
        namespace, *name = [unquote(part) for part in self.path.removeprefix(f"{PREFIX}/").split("/")]
        if self.command == "GET" and not name:
            return self.listed(namespace, groups.get(namespace, {}))
        if self.command == "POST" and not name:
            return self.created(groups, namespace, sent)
        if self.command == "DELETE" and len(name) == 1:
            if groups.get(namespace, {}).pop(name[0], None) is None:
                return self.answer(404, "group does not exist\n")
            return self.answer(202, '{"status":"success"}', "application/json")
        return self.answer(405)

    do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - the standard library's names

    def listed(self, namespace: str, groups: dict[str, Any]) -> None:
        if not groups and self.server.empty_is_404:
            return self.answer(404, "no rule groups found\n")
        found = {namespace: list(groups.values())} if groups else {}
        return self.answer(200, yaml.dump(found, Dumper=yaml.CSafeDumper), "application/yaml")

    def created(self, groups: dict[str, dict[str, Any]], namespace: str, text: str) -> None:
        if self.headers.get("Content-Type") != "application/yaml":
            return self.answer(415, "expected application/yaml\n")
        documents = list(yaml.load_all(text, yaml.CSafeLoader))
        wrong = wrong_with(documents)
        if wrong:
            return self.answer(400, f"{wrong}\n")
        (group,) = documents
        others = sum(len(kept) for kept in groups.values()) - (group["name"] in groups.get(namespace, {}))
        for what, limit, actual in (
            ("rules per rule group", self.server.most_rules, len(group["rules"])),
            ("rule groups", self.server.most_groups, others + 1),
        ):
            if actual > limit:
                return self.answer(400, f"per-user {what} limit (limit: {limit} actual: {actual}) exceeded\n")
        groups.setdefault(namespace, {})[group["name"]] = respelt(group)
        return self.answer(202, '{"status":"success"}', "application/json")


def wrong_with(documents: list[Any]) -> str:
    """What makes a body no rule group."""
    if len(documents) != 1 or not isinstance(documents[0], dict) or not documents[0].get("name"):
        return "unable to decode rule group"
    group = documents[0]
    if not set(group) <= GROUP or not group.get("rules"):
        return f"unexpected fields {sorted(set(group) - GROUP)}, or no rules"
    for rule in group["rules"]:
        if not set(rule) <= RULE or ("record" in rule) == ("alert" in rule):
            return f"unexpected fields {sorted(set(rule) - RULE)}, or not one of record and alert"
        if not all(isinstance(v, str) for v in (rule.get("labels") or {}).values()):
            return "expected texts as labels"
        try:
            promql_parser.parse(rule["expr"])
        except ValueError as error:
            return f"could not parse expression: {error}"
    return ""


def respelt(group: dict[str, Any]) -> dict[str, Any]:
    """The same group as Go writes it: lengths in units from large to small, labels and fields sorted."""
    again = dict(group)
    for key in ("interval", "for", "keep_firing_for"):
        if again.get(key) == "90s":
            again[key] = "1m30s"
    if "rules" in again:
        again["rules"] = [respelt(rule) for rule in again["rules"]]
    return dict(sorted(again.items()))


@pytest.fixture
def mimir() -> Iterator[Mimir]:
    server = Mimir()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
