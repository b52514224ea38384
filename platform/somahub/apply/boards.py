"""Boards of a spec sent to a Grafana, and what is said about it."""

from collections.abc import Callable, Iterator

from dashboards import board_bodies, folder_uid
from dashboards.publish.holder import Grafana
from dashboards.publish.plan import REFUSED, Step, plan
from slo.model import Platform

_PADDED = 12


def steps(platform: Platform, grafana: Grafana, *, force: bool = False, prune: bool = False) -> list[Step]:
    """What must change so that a Grafana shows the boards of a platform."""
    folder = folder_uid(platform.name)
    wanted = board_bodies(platform)
    present = grafana.kept([body["uid"] for body in wanted], folder)
    return plan(wanted, present, folder, force=force, prune=prune)


def carried_out(platform: Platform, grafana: Grafana, changes: list[Step]) -> Iterator[Step]:
    """Each change, once it is made; the folder is made for the first."""
    folder = folder_uid(platform.name)
    if changes:
        grafana.folder(folder, platform.name)
    for step in changes:
        if step.action == "delete":
            grafana.remove(step.uid)
        else:
            grafana.save(step.body, folder)
        yield step


def told(todo: list[Step], say: Callable[[str], None]) -> bool:
    """Say what is left as it is, and how many steps of each kind there are; whether something was refused."""
    for step in todo:
        if step.why:
            say(f"{step.action:{_PADDED}}{step.uid} ({step.title}): {step.why}")
    counts = {
        action: sum(step.action == action for step in todo)
        for action in dict.fromkeys(s.action for s in todo)
    }
    say(", ".join(f"{count} {action}" for action, count in counts.items()))
    return any(step.action in REFUSED for step in todo)


def line(step: Step) -> str:
    """One step as a line."""
    return f"{step.action:{_PADDED}}{step.uid} ({step.title})"
