"""``slo whatif``."""

import json
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import typer

from collectors.history.opening import open_kept
from slo.errors import SLOError
from somahub.commands.collect import DEFAULT_STORE, StoreURL
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.reviews import words
from somahub.reviews.periods import zone_of
from somahub.reviews.whatif import WhatIf, whatif

_LEAST, _MOST = 50, 100


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    objective: Annotated[str, typer.Option(help="In percent, as 99.95")],
    slo: Annotated[list[str] | None, typer.Option(help="Of this SLO alone, by id; repeatable")] = None,
    store: StoreURL = DEFAULT_STORE,
    zone: Annotated[str, typer.Option(help="Whose months, as Europe/Berlin; else the spec's, or UTC")] = "",
    unknown: Annotated[
        Literal["ignore", "bad"], typer.Option(help="What unknown time counts as: average traffic, or bad")
    ] = "ignore",
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON")] = False,
) -> None:
    """Say which of the last twelve months would have been missed under another objective."""
    platform, wanted = loaded(spec), _percent(objective)
    with closing(open_kept(store)) as history:
        asked = (platform, history, wanted, slo or (), zone or zone_of(platform), datetime.now(UTC))
        found = list(whatif(*asked, unknown))
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=1))
        return
    for one in found:
        for line in _lines(one):
            typer.echo(line)


def _lines(one: WhatIf) -> list[str]:
    was, would = one.missed
    told = [month for month in one.months if month.was.sli is not None]
    head = f"{words.named(one)}: of {len(told)} months, {was} missed {words.objective(one.objective)}"
    return [
        f"{head}, {would} would have missed {words.objective(one.instead)}",
        *(
            f"  {month.month}  SLI {words.sli(month.would, max(one.objective, one.instead))}  "
            f"spent {words.share(month.was.spent)}, would be {words.share(month.would.spent)}"
            for month in told
        ),
    ]


def _percent(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not _LEAST <= value < _MOST:
        raise SLOError(f"--objective: expected percent from {_LEAST} to below {_MOST}, got {text!r}")
    return value
