"""A backtest as text for a terminal."""

from collections.abc import Iterator
from datetime import datetime

from slo.replay.outcome import Alert, Incident, Outcome
from somahub.backtests.model import Backtest, only, summary
from somahub.backtests.words import after, length, percent, rate

_LISTED = 10  # incidents of an SLO: those that cost most


def text(result: Backtest) -> str:
    """Every SLO: what it comes to, its alerts and incidents; with two sides, what differs first."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Backtest) -> Iterator[str]:
    yield (
        f"{result.platform}: {_at(result.start)} to {_at(result.end)} UTC, every {length(result.step)}, "
        f"from {result.source}"
    )
    if len(result.sides) > 1:
        yield from _compared(result)
    for side in result.sides:
        for one in side.outcomes:
            yield ""
            yield f"{one.name}: {one.objective:g} % over {one.window}" + (
                f" ({side.name})" if len(result.sides) > 1 else ""
            )
            yield from _outcome(one)
    for missing in result.unread:
        yield ""
        yield f"{missing.slo_id}: {missing.reason}"


def _outcome(one: Outcome) -> Iterator[str]:
    s = summary(one)
    seen = f"; first page {length(s.page_after)} after the start (median), {length(s.page_after_at_most)} at most"
    yield (
        f"  {_many(s.pages, 'page')}, {_many(s.tickets, 'ticket')}; {_many(s.incidents, 'incident')}, "
        f"{s.undetected} seen by no alert" + (seen if s.page_after is not None else "")
    )
    yield (
        f"  budget spent: {percent(one.spent)} at the end, {percent(one.spent_at_worst)} at worst; "
        f"{percent(one.spent_of_history)} of what these days allow; data for {percent(one.known)} of the time"
    )
    if one.alerts:
        yield "  ALERTS      from              to                lasted   peak burn"
        yield from map(_alert, one.alerts)
    if one.incidents:
        yield "  INCIDENTS   from              to                lasted   peak burn  budget   page after  ticket after"
        dearest = sorted(one.incidents, key=lambda i: -i.budget_spent)[:_LISTED]
        yield from (_incident(i) for i in sorted(dearest, key=lambda i: i.start))
        if len(one.incidents) > _LISTED:
            yield f"              and {len(one.incidents) - _LISTED} more that cost less; --format json has all"


def _alert(a: Alert) -> str:
    stray = "" if a.incident is not False else "; no incident meanwhile"
    return f"  {a.severity:10}  {_spell(a)}  {rate(a.peak_burn):>9}  {a.alert}: {a.row}{stray}"


def _incident(i: Incident) -> str:
    return (
        f"  {'':10}  {_spell(i)}  {rate(i.peak_burn):>9}  {percent(i.budget_spent):>7}  "
        f"{after(i.page_after):10}  {after(i.ticket_after)}"
    )


def _spell(one: Alert | Incident) -> str:
    end = _at(one.end) if one.end else "still"
    lasted = length((one.end - one.start).total_seconds()) if one.end else ""
    return f"{_at(one.start)}  {end:16}  {lasted:>7}"


def _compared(result: Backtest) -> Iterator[str]:
    names = [side.name for side in result.sides]
    width = max(map(len, names))
    for pair in result.pairs:
        yield ""
        yield next(one.name for one in pair if one)
        yield f"  {'':{width}}  pages  tickets  incidents  unseen  page after  spent at end"
        for name, one in zip(names, pair, strict=True):
            if one is None:
                yield f"  {name:{width}}  has no such SLO"
                continue
            s = summary(one)
            yield (
                f"  {name:{width}}  {s.pages:5}  {s.tickets:7}  {s.incidents:9}  {s.undetected:6}  "
                f"{length(s.page_after):>10}  {percent(one.spent):>12}"
            )
        for name, one, other in zip(names, pair, pair[::-1], strict=True):
            for alert in only(one, other) if one and other else ():
                yield f"  only with {name}:{_alert(alert)}"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("s" if count != 1 else "")
