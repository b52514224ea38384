"""``slo alerts``: how good the alerts are."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer

from alerts.paging.stats import AlertStats, Quality, quality
from slo.model import Platform
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.commands.oncall.common import LOCAL_PAGER, PagerUrl, TokenFile, client
from somahub.generate import groups

_HEAD = ("alert", "service", "fired", "acknowledged", "actionable", "noise")

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="How good alerts are."
)


@app.callback()
def _root() -> None:
    """How good alerts are."""


@app.command("stats")
def stats(
    spec: Spec = DEFAULT_SPEC,
    *,
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
    days: Annotated[int, typer.Option(help="Incidents opened within so many days", min=1)] = 30,
    form: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
) -> None:
    """Say of each alert how often it fired, was acknowledged, asked for something to do, and was noise.

    Actionable is what somebody acknowledged and was not over by itself within 5 minutes; noise is all else. Names
    alerts of the spec that never fired, and those that never fired but together.
    """
    declared = _declared(loaded(spec))
    since = datetime.now(UTC) - timedelta(days=days)
    with client(pager, token_file) as asked:
        found = quality(asked.incidents(since=since), declared)
    typer.echo(_json(found) if form == "json" else _text(found, days))


def _declared(platform: Platform) -> set[str]:
    found = groups(platform, frozenset({"alerts"}))
    return {rule.alert for some in found.values() for group in some for rule in group.rules if rule.alert}


def _json(found: Quality) -> str:
    value = {
        "alerts": [row._asdict() for row in found.alerts],
        "never_fired": found.silent,
        "together": [pair._asdict() for pair in found.together],
    }
    return json.dumps(value, indent=2)


def _text(found: Quality, days: int) -> str:
    rows = [_HEAD, *(_row(one) for one in found.alerts)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    if not found.alerts:
        lines = [f"No alert fired in {days} days."]
    lines += [f"never fired: {name}" for name in found.silent]
    lines += [f"always together, {pair.times} times: {pair.one}, {pair.other}" for pair in found.together]
    return "\n".join(line.rstrip() for line in lines)


def _row(one: AlertStats) -> tuple[str, ...]:
    return tuple(str(cell) for cell in one)
