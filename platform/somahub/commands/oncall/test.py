"""``slo oncall test``."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.paging.incident import Incident, Status
from alerts.paging.messages.words import plain
from slo.units import seconds
from somahub.commands.oncall.common import (
    LOCAL_PAGER,
    Json,
    PagerUrl,
    TokenFile,
    WrongUseError,
    client,
    say_json,
)

if TYPE_CHECKING:
    from alerts.paging.client import PagerClient

_POLL = 0.5
_SENT = "sent"


def command(  # noqa: PLR0913 - one argument per option
    team: Annotated[str, typer.Argument(help="The team whose escalation is tried")] = "platform",
    *,
    acknowledged: Annotated[
        bool,
        typer.Option("--acknowledged", help="Wait until somebody acknowledges it, not only for delivery"),
    ] = False,
    wait: Annotated[str, typer.Option(help="How long to wait")] = "60s",
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave it open; else it is resolved at the end")
    ] = False,
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Send a page that is marked as a test, end to end, and wait until it arrives; exit code 1 if it doesn't."""
    limit = _limit(wait)
    with client(pager, token_file) as asked:
        made = asked.trigger(
            {
                "title": "Test of the way to whoever is on call",
                "team": team,
                "description": "Somebody ran slo oncall test.",
                "test": True,
            }
        )
        known, sent = _waited(asked, made, limit, acknowledged=acknowledged)
        if not keep and known.status is not Status.RESOLVED:
            asked.act(known, "resolve")
    fine = known.acknowledged is not None or (bool(sent) and not acknowledged and _all_sent(sent))
    if json:
        say_json(
            {"incident": known.number, "arrived": fine, "by": known.acknowledged_by, "notifications": sent}
        )
    else:
        for line in _lines(known, sent):
            typer.echo(line)
        typer.echo(
            "arrived" if fine else f"not {'acknowledged' if acknowledged else 'delivered'} within {wait}"
        )
    raise typer.Exit(0 if fine else 1)


def _waited(
    pager: "PagerClient", made: Incident, limit: timedelta, *, acknowledged: bool
) -> tuple[Incident, list[dict[str, Any]]]:
    """What is known of it at the end, and its first notifications."""
    end = time.monotonic() + limit.total_seconds()
    while True:
        known = pager.incident(made.id)
        sent = [n for n in pager.notifications(known) if n["occasion"] == "triggered"]
        done = known.acknowledged is not None or (not acknowledged and _all_sent(sent))
        if done or time.monotonic() >= end:
            return known, sent
        time.sleep(_POLL)


def _all_sent(sent: list[dict[str, Any]]) -> bool:
    return bool(sent) and all(one["state"] == _SENT for one in sent)


def _lines(known: Incident, sent: list[dict[str, Any]]) -> list[str]:
    lines = [f"incident #{known.number}, a test, for {known.team}"]
    for one in sent:
        person = f" for {plain(one['person'])}" if one["person"] else ""
        attempts = f"{one['attempts']} attempt{'s' * (one['attempts'] > 1)}"
        failed = f" after {attempts}: {plain(one['error'])}" if one["error"] else ""
        lines.append(f"  {plain(one['receiver'])}{person}: {plain(one['state'])}{failed}")
    if not sent:
        lines.append("  nobody is notified")
    if known.acknowledged:
        lines.append(f"  acknowledged by {plain(known.acknowledged_by)}")
    return lines


def _limit(text: str) -> timedelta:
    try:
        return timedelta(seconds=float(seconds(text)))
    except ValueError as error:
        raise WrongUseError(f"--wait: {error}") from error
