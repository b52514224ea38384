"""What a shift cost of the error budgets, by the history, for whoever takes over."""

from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from alerts.paging.messages.words import percent
from alerts.paging.turns import Shift
from slo.model import Platform
from slo.oncall import OnCall
from somahub.commands.oncall.common import extra

if TYPE_CHECKING:
    from collectors.history.ledger import Entry


class Spent(NamedTuple):
    """Shares of a period's whole budget: what went in the shift, and what is left at its end."""

    slo: str
    spent: float
    left: float


def spent_in(platform: Platform, rotation: str, shift: Shift, at: datetime, store: str) -> list[Spent]:
    """Of each SLO that the rotation is called for, those that lost most first; what the history knows nothing of is left out."""
    with extra("history"):
        from collectors.history.ledger import Ledger  # noqa: PLC0415
        from collectors.history.opening import open_kept  # noqa: PLC0415

    end = min(shift.end, at)
    owners = _owners(platform.oncall, rotation) if platform.oncall else set()
    with closing(open_kept(store)) as kept:
        ledger = Ledger(platform, kept)
        entries = (e for s in platform.services if s.owner in owners for e in ledger.entries(s, end))
        found = [told for entry in entries if (told := _spent(entry, shift.start, end))]
    return sorted(found, key=lambda one: (-one.spent, one.slo))


def lines(found: list[Spent]) -> list[str]:
    """A line for each that lost something, and one for all others."""
    lost = [one for one in found if one.spent > 0]
    told = [f"{one.slo}: {percent(one.spent)} spent in the shift, {percent(one.left)} left" for one in lost]
    others = len(found) - len(lost)
    return [*told, f"{others} {'other' if lost else 'in all'}: nothing spent"] if others else told


def _spent(entry: "Entry", start: datetime, end: datetime) -> Spent | None:
    spent, left = entry.spent_between(start, end), entry.raw.left
    if spent is None or left is None:
        return None
    group = ", ".join(f"{name}={value}" for name, value in entry.group)
    return Spent(f"{entry.slo_id} ({group})" if group else entry.slo_id, spent, left)


def _owners(oncall: OnCall, rotation: str) -> set[str]:
    """The teams whose pages reach a rotation."""
    policies = {e.name for e in oncall.escalations if any(rotation in step.notify for step in e.steps)}
    return {team.name for team in oncall.teams if team.escalation in policies}
