"""``slo oncall show``."""

from typing import Annotated

import typer

from alerts.paging.incident import Incident, Moment
from alerts.paging.messages import text
from alerts.paging.messages.called import called
from alerts.paging.messages.content import Links
from alerts.paging.messages.words import moment, plain
from slo.oncall import OnCall
from somahub.commands.common import DEFAULT_SPEC
from somahub.commands.oncall.common import (
    LOCAL_PAGER,
    Json,
    PagerUrl,
    TokenFile,
    client,
    of_spec,
    present,
    say_json,
)


def command(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The number of an incident, such as 17")],
    *,
    spec: Annotated[str, typer.Option("--spec", help="PATH.py[:name] or module:name")] = DEFAULT_SPEC,
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """What a message says of an incident, as it is now, and what has happened to it so far."""
    oncall = of_spec(spec)
    with client(pager, token_file) as asked:
        incident = asked.incident(number)
        known = [kept.override for kept in asked.overrides()]
    if json:
        say_json(incident.model_dump(mode="json"))
        return
    zone = _zone(oncall, incident)
    who = called(oncall, incident, present(), known)
    typer.echo(text.message(incident, incident.standing.value, Links(), who, zone))
    for one in incident.timeline:
        typer.echo(f"{moment(one.at, zone)}  {_happened(one)}")


def _happened(one: Moment) -> str:
    by = "" if one.by == "pager" else f" by {one.by}"
    return plain(f"{one.what}{by}{_details(one)}")


def _details(one: Moment) -> str:
    values = [
        ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for value in one.details.values()
    ]
    told = "; ".join(value for value in values if value)
    return f": {told}" if told else ""


def _zone(oncall: OnCall, incident: Incident) -> str:
    """Of the team's hours, as in its messages."""
    return next((team.hours.zone for team in oncall.teams if team.name == incident.team), "UTC")
