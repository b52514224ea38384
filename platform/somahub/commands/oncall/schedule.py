"""``slo oncall schedule`` and ``slo oncall ical``."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from alerts.paging.messages.words import moment
from alerts.paging.schedule import whole_shifts
from alerts.paging.turns import Shift
from slo.oncall import OnCall
from somahub.commands.common import DEFAULT_SPEC, loaded
from somahub.commands.oncall.common import (
    AskedPager,
    Json,
    TokenFile,
    WrongUseError,
    extra,
    of_spec,
    overrides,
    present,
    say_json,
    titles,
    when,
    zone_of,
)

_Spec = Annotated[str, typer.Option("--spec", help="PATH.py[:name] or module:name")]
_Days = Annotated[int, typer.Option(min=1, max=730, help="How many days to look ahead")]
_From = Annotated[str, typer.Option("--from", help="Where to begin: a time, a length from now, or now")]


def command(  # noqa: PLR0913 - one argument per option
    rotation: Annotated[str, typer.Argument(help="One rotation; without it, all", show_default=False)] = "",
    *,
    spec: _Spec = DEFAULT_SPEC,
    begin: _From = "now",
    days: _Days = 28,
    pager: AskedPager = "",
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """The shifts of a rotation, with the overrides that the pager knows."""
    oncall = of_spec(spec)
    names = [rotation] if rotation else [r.name for r in oncall.rotations]
    start = when(begin, zone_of(oncall, names[0]) if names else "UTC", present())
    known = overrides(pager, token_file)
    found = {name: whole_shifts(oncall, name, start, start + timedelta(days=days), known) for name in names}
    if json:
        say_json([_told(name, shift) for name, listed in found.items() for shift in listed])
        return
    for name, listed in found.items():
        typer.echo(f"{name} ({zone_of(oncall, name)})")
        for shift in listed:
            typer.echo(_line(shift, zone_of(oncall, name), oncall))


def ical(  # noqa: PLR0913 - one argument per option
    rotation: Annotated[str, typer.Argument(help="The rotation", show_default=False)] = "",
    *,
    person: Annotated[str, typer.Option(help="A person's shifts in all rotations instead")] = "",
    spec: _Spec = DEFAULT_SPEC,
    days: _Days = 180,
    pager: AskedPager = "",
    token_file: TokenFile = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, standard output")] = None,
) -> None:
    """Write a calendar of a rotation's or a person's shifts (iCalendar)."""
    with extra():
        from alerts.paging.ical import Feed  # noqa: PLC0415

    if bool(rotation) == bool(person):
        raise WrongUseError("expected a rotation, or --person")
    platform, now = loaded(spec), present()
    oncall = of_spec(spec)
    feed = Feed(
        oncall, now, now + timedelta(days=days), now, overrides(pager, token_file), domain=platform.name
    )
    text = feed.of_person(person) if person else feed.of_rotation(rotation)
    if out:
        out.write_bytes(text)
    else:
        sys.stdout.buffer.write(text)


def _told(rotation: str, shift: Shift) -> dict[str, Any]:
    return {"rotation": rotation} | shift._asdict()


def _line(shift: Shift, zone: str, oncall: OnCall) -> str:
    span = f"{moment(shift.start, zone)} to {moment(shift.end, zone)}"
    return f"  {span}  {titles(oncall)[shift.person]}{'  (override)' if shift.override else ''}"
