"""``slo oncall handover``."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from alerts.paging.handover import Coming, Handover, handover, markdown, text
from alerts.paging.incident import Incident, Status
from alerts.paging.schedule import Override, whole_shifts
from alerts.paging.turns import Shift
from slo.maintenance import occurrences
from slo.model import Platform
from slo.oncall import OnCall
from somahub.commands.common import DEFAULT_SPEC, loaded
from somahub.commands.oncall.budgets import lines, spent_in
from somahub.commands.oncall.common import (
    LOCAL_PAGER,
    PagerUrl,
    TokenFile,
    WrongUseError,
    client,
    of_spec,
    present,
    say_json,
    when,
    zone_of,
)

if TYPE_CHECKING:
    from alerts.paging.client import PagerClient

_AHEAD = timedelta(days=7)


def command(  # noqa: PLR0913 - one argument per option
    rotation: Annotated[
        str, typer.Argument(help="The rotation; without it, the first", show_default=False)
    ] = "",
    *,
    at: Annotated[str, typer.Option(help="A time in the shift")] = "now",
    form: Annotated[Literal["text", "md", "json"], typer.Option("--format", help="What to write")] = "text",
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, standard output")] = None,
    history: Annotated[
        str,
        typer.Option(
            envvar="SLO_HISTORY", help="Store of slo collect, for what error budgets lost in the shift"
        ),
    ] = "",
    spec: Annotated[str, typer.Option("--spec", help="PATH.py[:name] or module:name")] = DEFAULT_SPEC,
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
) -> None:
    """What whoever takes over must know of a shift: what paged, what is open, what was noise, what comes."""
    platform, oncall = loaded(spec), of_spec(spec)
    name = rotation or next((r.name for r in oncall.rotations), "")
    zone = zone_of(oncall, name)
    moment = when(at, zone, present())
    with client(pager, token_file) as asked:
        shift = _shift(oncall, name, moment, [kept.override for kept in asked.overrides()])
        incidents = _incidents(asked, shift)
    spent = spent_in(platform, name, shift, present(), history) if history else []
    told = handover(name, shift, incidents, _coming(platform, shift.end), lines(spent))
    if form == "json":
        say_json(_json(told) | {"budgets": [one._asdict() for one in spent]})
        return
    written = markdown(told, zone) if form == "md" else text(told, zone)
    if out:
        out.write_text(written, encoding="utf-8")
    else:
        typer.echo(written, nl=False)


def _shift(oncall: OnCall, rotation: str, at: datetime, known: list[Override]) -> Shift:
    found = whole_shifts(oncall, rotation, at, at + timedelta(seconds=1), known)
    for shift in found:
        if shift.start <= at < shift.end:
            return shift
    raise WrongUseError(f"nobody of {rotation} is on call at {at.isoformat()}")


def _incidents(pager: "PagerClient", shift: Shift) -> list[Incident]:
    still = pager.incidents((Status.TRIGGERED, Status.ACKNOWLEDGED, Status.SNOOZED))
    return list({i.id: i for i in (*still, *pager.incidents(since=shift.start))}.values())


def _coming(platform: Platform, start: datetime) -> list[Coming]:
    """Maintenance of the week after the shift."""
    return [
        Coming(span.start, span.end, f"maintenance {work.name}: {work.reason}")
        for work in platform.maintenance
        for span in occurrences(work, start, start + _AHEAD)
    ]


def _json(told: Handover) -> dict[str, object]:
    numbers = {
        "pages": [i.number for i in told.pages],
        "tickets": [i.number for i in told.tickets],
        "open": [i.number for i in told.open],
        "noise": [{"incident": i.number, "why": why} for i, why in told.noise],
    }
    after = told.acknowledged_after
    return (
        {"rotation": told.rotation}
        | told.shift._asdict()
        | numbers
        | {
            "acknowledged_after_seconds": after.total_seconds() if after else None,
            "coming": [c._asdict() for c in told.coming],
        }
    )
