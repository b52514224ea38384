"""Whether a service may be deployed, as the error budget policy says."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from collectors.history.ledger import Entry
from slo.budgetpolicy import BudgetPolicy, BudgetRule

Verdict = Literal["pass", "blocked", "unknown"]


class Judged(BaseModel):
    """One budget: the share that is spent, adjusted and raw (None: nothing is known), and what is due for it."""

    model_config = ConfigDict(frozen=True)

    slo_id: str
    group: dict[str, str]
    spent: float | None
    spent_raw: float | None
    known: float
    last: datetime | None
    stale: bool
    due: tuple[BudgetRule, ...]


class Gate(BaseModel):
    """The verdict on a service. ``unknown``: what a budget did lately is not in the history, which stops as well."""

    model_config = ConfigDict(frozen=True)

    service: str
    at: datetime
    verdict: Verdict
    reasons: tuple[str, ...]
    slos: tuple[Judged, ...]


def gate(service: str, policy: BudgetPolicy, entries: Iterable[Entry], at: datetime, stale: float) -> Gate:
    """Judge budgets at a moment; what is older than ``stale`` seconds is unknown."""
    slos = tuple(_judged(policy, entry, at, stale) for entry in entries)
    frozen = [f"{_name(one)}: {_percent(one)} of the budget is spent" for one in slos if _freezes(one)]
    lost = [f"{_name(one)}: nothing is known of it lately" for one in slos if one.stale]
    if not slos:
        lost = [f"{service}: nothing of its SLOs is in the history"]
    verdict: Verdict = "blocked" if frozen else "unknown" if lost else "pass"
    return Gate(service=service, at=at, verdict=verdict, reasons=(*frozen, *lost), slos=slos)


def _judged(policy: BudgetPolicy, entry: Entry, at: datetime, stale: float) -> Judged:
    spent = entry.adjusted.spent
    elapsed = entry.adjusted.elapsed
    return Judged(
        slo_id=entry.slo_id,
        group=dict(entry.group),
        spent=spent,
        spent_raw=entry.raw.spent,
        known=entry.adjusted.known / elapsed if elapsed else 0.0,
        last=datetime.fromtimestamp(entry.last, at.tzinfo) if entry.last else None,
        stale=at.timestamp() - entry.last > stale,
        due=policy.due(spent, entry.service.tier),
    )


def _freezes(one: Judged) -> bool:
    return any(rule.action == "freeze" for rule in one.due)


def _name(one: Judged) -> str:
    group = ", ".join(f"{k}={v}" for k, v in one.group.items())
    return f"{one.slo_id} ({group})" if group else one.slo_id


def _percent(one: Judged) -> str:
    return "nothing" if one.spent is None else f"{one.spent:.0%}"
