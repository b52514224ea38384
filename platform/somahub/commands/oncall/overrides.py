"""``slo oncall override``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.paging.messages.words import moment, plain
from alerts.paging.schedule import on_call
from somahub.commands.common import DEFAULT_SPEC
from somahub.commands.oncall.common import (
    LOCAL_PAGER,
    Json,
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
    from alerts.paging.client import Kept

_Arguments = Annotated[str, typer.Argument(show_default=False)]


def command(  # noqa: PLR0913 - one argument per option
    rotation: _Arguments = "",
    person: _Arguments = "",
    *,
    begin: Annotated[
        str, typer.Option("--from", help="When it begins: a time, a length from now, or now")
    ] = "now",
    end: Annotated[str, typer.Option("--until", help="When it ends: a time, or a length from now")] = "",
    delete: Annotated[int, typer.Option(help="Take the override of this id back")] = 0,
    spec: Annotated[str, typer.Option("--spec", help="PATH.py[:name] or module:name")] = DEFAULT_SPEC,
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Put PERSON on call for ROTATION; without both, list the overrides that are not over."""
    oncall, now = of_spec(spec), present()
    if bool(rotation) != bool(person) or (rotation and (delete or not end)):
        raise WrongUseError("expected ROTATION PERSON --until TIME, or --delete ID, or nothing to list")
    if rotation:
        # An unknown rotation is said before the pager is asked.
        on_call(oncall, rotation, now)
    zone = zone_of(oncall, rotation)
    with client(pager, token_file) as asked:
        if delete:
            asked.remove_override(delete)
        made = (
            asked.add_override(rotation, person, when(begin, zone, now), when(end, zone, now))
            if rotation
            else None
        )
        found = [made] if made else [] if delete else [k for k in asked.overrides() if k.override.end > now]
    if json:
        say_json([_told(kept) for kept in found])
        return
    for kept in found:
        typer.echo(_line(kept, zone_of(oncall, kept.override.rotation)))
    if not found:
        typer.echo("taken back" if delete else "there is none")


def _told(kept: "Kept") -> dict[str, Any]:
    return {"id": kept.id} | kept.override.model_dump()


def _line(kept: "Kept", zone: str) -> str:
    one = kept.override
    return (
        f"{kept.id}  {one.rotation}  {moment(one.start, zone)} to {moment(one.end, zone)}  "
        f"{plain(one.person)}, said by {plain(one.by)}"
    )
