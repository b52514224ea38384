"""A backtest as data; its JSON form is this model."""

from datetime import datetime
from statistics import median

from pydantic import BaseModel, ConfigDict

from slo.replay.outcome import Alert, Outcome


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Side(_Value):
    """One policy and what it did: an outcome for each SLO, or for each of its groups."""

    name: str
    outcomes: tuple[Outcome, ...]


class Unread(_Value):
    """An SLO of which the history has nothing."""

    slo_id: str
    reason: str


class Backtest(_Value):
    """One side, or two to compare; ``step`` in seconds."""

    platform: str
    source: str
    start: datetime
    end: datetime
    step: int
    sides: tuple[Side, ...]
    unread: tuple[Unread, ...]

    @property
    def pairs(self) -> list[tuple[Outcome | None, ...]]:
        """Outcomes of the same SLO and group side by side; None where a side has none."""
        by_name = [{one.name: one for one in side.outcomes} for side in self.sides]
        return [
            tuple(side.get(name) for side in by_name) for name in dict.fromkeys(n for s in by_name for n in s)
        ]


class Summary(_Value):
    """The figures of one outcome that people compare; detection in seconds, None where there was none."""

    pages: int
    tickets: int
    stray: int
    incidents: int
    undetected: int
    page_after: float | None
    page_after_at_most: float | None


def summary(one: Outcome) -> Summary:
    """Count; an alert that was firing before an incident began tells nothing about how soon it is seen."""
    after = [i.page_after for i in one.incidents if i.page_after is not None and i.page_after >= 0]
    return Summary(
        pages=sum(a.severity == "page" for a in one.alerts),
        tickets=sum(a.severity == "ticket" for a in one.alerts),
        stray=sum(a.incident is False for a in one.alerts),
        incidents=len(one.incidents),
        undetected=sum(i.page_after is None and i.ticket_after is None for i in one.incidents),
        page_after=median(after) if after else None,
        page_after_at_most=max(after) if after else None,
    )


def only(one: Outcome, other: Outcome | None) -> list[Alert]:
    """Alerts of one side during which the other has none of that name and severity."""
    theirs = other.alerts if other else ()
    return [a for a in one.alerts if not any(_same(a, b) for b in theirs)]


def _same(one: Alert, other: Alert) -> bool:
    kinds = [(a.alert, a.severity, a.row if a.incident is None else "") for a in (one, other)]
    return (
        kinds[0] == kinds[1]
        and (other.end is None or one.start < other.end)
        and (one.end is None or other.start < one.end)
    )
