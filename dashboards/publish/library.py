"""Panels that several boards share, as library panels: each is there once, and boards refer to it.

Source: Grafana, "Library element HTTP API" and "Manage library panels".
"""

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from dashboards.publish.plan import Body
from dashboards.texts import stamped

_OF_A_BOARD = ("id", "gridPos")


class Shared(NamedTuple):
    """Library panels, stamped as boards are, and the boards that refer to them."""

    panels: list[Body]
    boards: list[Body]


def shared(bodies: Iterable[Body], folder: str) -> Shared:
    """Take out of the boards of a folder the panels that two or more of them have.

    In a folder a library panel's name is its own, and Grafana makes it the panel's title: of several contents with one
    title, none is shared.
    """
    boards = list(bodies)
    times = Counter(content for body in boards for content in {_content(one) for one in body["panels"]})
    often = [json.loads(content) for content, count in times.items() if count > 1]
    titles = Counter(one["title"] for one in often)
    panels = {
        one["title"]: stamped({**one, "uid": _uid(folder, one["title"])})
        for one in often
        if one["type"] != "row" and titles[one["title"]] == 1
    }
    taken = {content for content in times if times[content] > 1}
    return Shared(list(panels.values()), [_referring(body, panels, taken) for body in boards])


def _referring(body: Body, panels: dict[str, Any], taken: set[str]) -> Body:
    found = [
        _reference(one, panels[one["title"]]) if one["title"] in panels and _content(one) in taken else one
        for one in body["panels"]
    ]
    return body if found == body["panels"] else stamped({**body, "panels": found})


def _reference(one: Body, panel: Body) -> Body:
    kept = {name: one[name] for name in (*_OF_A_BOARD, "title")}
    return {**kept, "libraryPanel": {"uid": panel["uid"], "name": panel["title"]}}


def _content(one: Body) -> str:
    return json.dumps({name: value for name, value in one.items() if name not in _OF_A_BOARD})


def _uid(folder: str, title: str) -> str:
    """The same while a panel's content changes; another one in each folder."""
    return f"slo-{sha256(f'{folder}/{title}'.encode()).hexdigest()[:16]}"
