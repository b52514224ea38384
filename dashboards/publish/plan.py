"""What must change in a Grafana so that it shows the boards of a spec, and whose changes that would undo.

Library panels are planned as boards are.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from dashboards.texts import digest, stamp

Body = Mapping[str, Any]
Action = Literal["create", "update", "same", "edited", "foreign", "provisioned", "delete", "left"]

# Actions that change a Grafana, and those that keep it from being what the spec says.
CHANGES: frozenset[Action] = frozenset({"create", "update", "delete"})
REFUSED: frozenset[Action] = frozenset({"edited", "foreign", "provisioned"})
# Every version that we save says so.
MESSAGE = "slo apply"


class Kept(NamedTuple):
    """A board or library panel of a Grafana: its content and folder, who saved it last, and whether it came from files."""

    body: Body
    folder: str
    message: str = ""
    provisioned: bool = False


class Step(NamedTuple):
    """What to do with a board; ``why`` is for people."""

    action: Action
    uid: str
    title: str
    body: Mapping[str, Any] = {}
    why: str = ""


def plan(
    wanted: Iterable[Body],
    present: Mapping[str, Kept],
    folder: str,
    *,
    force: bool = False,
    prune: bool = False,
) -> list[Step]:
    """A step for each board: those of the spec in their order, then those of the folder that the spec has no more.

    What somebody edited by hand, and what was never generated, is overwritten only with ``force``.
    """
    steps = [_step(body, present.get(body["uid"]), folder, force=force) for body in wanted]
    known = {step.uid for step in steps}
    for uid, kept in sorted(present.items()):
        if uid not in known and stamp(dict(kept.body)):
            steps.append(_gone(uid, kept, force=force, prune=prune))
    return steps


def edited(kept: Kept) -> bool:
    """Whether somebody changed a generated board.

    A newer Grafana may itself rewrite what it keeps: then its content isn't ours to the letter, and its last version is.
    """
    body = dict(kept.body)
    return digest(body) != stamp(body) and not kept.message.startswith(MESSAGE)


def _step(body: Body, kept: Kept | None, folder: str, *, force: bool) -> Step:
    uid, title = str(body["uid"]), str(body["title"])
    if kept is None:
        return Step("create", uid, title, body)
    if kept.provisioned:
        return Step("provisioned", uid, title, body, "it comes from files that Grafana reads: change those")
    # With the version that was seen, Grafana refuses to overwrite a later one.
    update = Step("update", uid, title, {**body, "version": kept.body.get("version")})
    if not stamp(dict(kept.body)):
        why = "what somebody else made has this uid; --force replaces it"
        return update if force else Step("foreign", uid, title, body, why)
    if edited(kept):
        return (
            update
            if force
            else Step("edited", uid, title, body, "it was edited by hand; --force undoes that")
        )
    if stamp(dict(kept.body)) == stamp(dict(body)) and kept.folder == folder:
        return Step("same", uid, title)
    return update


def _gone(uid: str, kept: Kept, *, force: bool, prune: bool) -> Step:
    title = str(kept.body.get("title", ""))
    if kept.provisioned or not prune:
        return Step("left", uid, title, why="the spec has no such board any more; --prune deletes it")
    if edited(kept) and not force:
        return Step(
            "edited", uid, title, why="the spec has no such board any more, and it was edited by hand"
        )
    return Step("delete", uid, title)
