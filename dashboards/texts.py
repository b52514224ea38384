"""Boards as the JSON that Grafana reads, by their paths."""

import json
import warnings
from hashlib import sha256
from typing import Any

from dashboards.boards import all_boards
from slo.model import Platform

FOLDER = "grafana/dashboards"
# A tag that says of what content a board was generated, so that an edit by hand shows.
STAMP = "generated-"
# What Grafana itself writes into a dashboard that it keeps.
_GRAFANAS = frozenset({"id", "version", "iteration", "gnetId"})


def dashboard_files(platform: Platform) -> dict[str, str]:
    """Each board's JSON by its path, which is its uid's."""
    return {f"{FOLDER}/{body['uid']}.json": text(body) for body in board_bodies(platform)}


def board_bodies(platform: Platform) -> list[dict[str, Any]]:
    """Each board in Grafana's classic schema, stamped with its content's digest."""
    with warnings.catch_warnings():
        # The types' authors prefer the schema that neither provisioning by files nor /api/dashboards/db takes everywhere.
        warnings.filterwarnings("ignore", message="Prefer using dashboardv2", category=DeprecationWarning)
        # They are many, and only whoever writes dashboards waits for them.
        from dashboards.render import body  # noqa: PLC0415

    return [stamped(body(board)) for board in all_boards(platform)]


def text(body: dict[str, Any]) -> str:
    """The JSON of a board, the same to the byte each time."""
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def stamped(body: dict[str, Any]) -> dict[str, Any]:
    """The board with the digest of its content among its tags."""
    return {**body, "tags": [*_tags(body), STAMP + digest(body)]}


def stamp(body: dict[str, Any]) -> str:
    """The digest that a board was stamped with; none where it was not generated."""
    found = [tag.removeprefix(STAMP) for tag in body.get("tags") or () if tag.startswith(STAMP)]
    return found[0] if found else ""


def digest(body: dict[str, Any]) -> str:
    """A digest of what a board shows, whatever Grafana adds to it and in whatever order."""
    shown = {key: value for key, value in body.items() if key not in _GRAFANAS and value is not None}
    content = json.dumps({**shown, "tags": _tags(body)}, sort_keys=True, ensure_ascii=False)
    return sha256(content.encode()).hexdigest()[:12]


def _tags(body: dict[str, Any]) -> list[str]:
    return sorted(tag for tag in body.get("tags") or () if not tag.startswith(STAMP))
