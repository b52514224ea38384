"""Boards of a spec sent to a Grafana, with the panels that they share, and what is said about it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from dashboards import board_bodies, folder_uid
from dashboards.publish.holder import Grafana
from dashboards.publish.library import shared
from dashboards.publish.plan import CHANGES, REFUSED, Step, plan
from slo.model import Platform

_PADDED = 12


class Todo(NamedTuple):
    """Steps for library panels and for boards."""

    panels: list[Step]
    boards: list[Step]

    @property
    def steps(self) -> list[Step]:
        """All steps, panels first."""
        return [*self.panels, *self.boards]

    @property
    def changes(self) -> list[Step]:
        """What changes a Grafana."""
        return [step for step in self.steps if step.action in CHANGES]


def planned(platform: Platform, grafana: Grafana, *, force: bool = False, prune: bool = False) -> Todo:
    """What must change so that a Grafana shows the boards of a platform."""
    folder = folder_uid(platform.name)
    wanted = shared(board_bodies(platform), folder)
    boards = grafana.kept([str(body["uid"]) for body in wanted.boards], folder)
    panels = grafana.panels([str(body["uid"]) for body in wanted.panels], folder)
    steps = partial(plan, folder=folder, force=force, prune=prune)
    return Todo(steps(wanted.panels, panels), steps(wanted.boards, boards))


def carried_out(platform: Platform, grafana: Grafana, todo: Todo) -> Iterator[Step]:
    """Each change, once it is made; the folder is made for the first.

    A panel is there before boards refer to it, and goes after them.
    """
    folder = folder_uid(platform.name)
    if todo.changes:
        grafana.folder(folder, platform.name)
    saved = [step for step in todo.panels if step.action in CHANGES - {"delete"}]
    gone = [step for step in todo.panels if step.action == "delete"]
    for step in saved:
        grafana.save_panel(step.body, folder)
        yield step
    for step in (one for one in todo.boards if one.action in CHANGES):
        if step.action == "delete":
            grafana.remove(step.uid)
        else:
            grafana.save(step.body, folder)
        yield step
    for step in gone:
        grafana.remove_panel(step.uid)
        yield step


def told(todo: Todo, say: Callable[[str], None]) -> bool:
    """Say what is left as it is, and how many steps of each kind there are; whether something was refused."""
    for step in todo.steps:
        if step.why:
            say(f"{step.action:{_PADDED}}{step.uid} ({step.title}): {step.why}")
    for what, steps in (("boards", todo.boards), ("shared panels", todo.panels)):
        counts = {a: sum(step.action == a for step in steps) for a in dict.fromkeys(s.action for s in steps)}
        if steps:
            say(f"{what}: {', '.join(f'{count} {action}' for action, count in counts.items())}")
    return any(step.action in REFUSED for step in todo.steps)


def line(step: Step) -> str:
    """One step as a line."""
    return f"{step.action:{_PADDED}}{step.uid} ({step.title})"
