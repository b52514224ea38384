"""``slo oncall list``, ``ack``, ``resolve``, ``snooze`` and ``reassign``: incidents by their numbers."""

from typing import Annotated, Any

import typer

from alerts.paging.incident import Incident, Status
from alerts.paging.messages.words import moment, plain
from somahub.commands.oncall.common import (
    LOCAL_PAGER,
    Json,
    PagerUrl,
    TokenFile,
    WrongUseError,
    client,
    present,
    say_json,
    when,
)

_Numbers = Annotated[list[str], typer.Argument(metavar="NUMBER...", help="Numbers of incidents, such as 17")]


def listed(
    *,
    every: Annotated[bool, typer.Option("--all", help="Those that are resolved, too")] = False,
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Incidents that are open."""
    states = () if every else (Status.TRIGGERED, Status.ACKNOWLEDGED, Status.SNOOZED)
    with client(pager, token_file) as asked:
        found = asked.incidents(states)
    if json:
        say_json([incident.model_dump(mode="json") for incident in found])
        return
    for incident in found:
        _say(incident)
    if not found:
        typer.echo("nothing is open" if not every else "there was no incident yet")


def ack(
    numbers: _Numbers, *, pager: PagerUrl = LOCAL_PAGER, token_file: TokenFile = None, json: Json = False
) -> None:
    """Say that you work on incidents: nobody else is called for them."""
    _act(numbers, "acknowledge", None, pager, token_file, json=json)


def resolve(
    numbers: _Numbers, *, pager: PagerUrl = LOCAL_PAGER, token_file: TokenFile = None, json: Json = False
) -> None:
    """Say that incidents are over."""
    _act(numbers, "resolve", None, pager, token_file, json=json)


def snooze(
    numbers: _Numbers,
    *,
    until: Annotated[str, typer.Option("--for", "--until", help="A length such as 2h, or a time")],
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Call nobody for a while; then it begins again."""
    end = when(until, "UTC", present())
    if end <= present():
        raise WrongUseError(f"{until} is over: nothing to wait for")
    _act(numbers, "snooze", {"until": end.isoformat()}, pager, token_file, json=json)


def reassign(  # noqa: PLR0913 - one argument per option
    numbers: _Numbers,
    *,
    to: Annotated[str, typer.Option(help="The person")] = "",
    team: Annotated[str, typer.Option(help="The team, whose escalation begins")] = "",
    add: Annotated[str, typer.Option(help="A person to call as well, instead")] = "",
    pager: PagerUrl = LOCAL_PAGER,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Give incidents to somebody else, or call somebody to help."""
    if [bool(to), bool(team), bool(add)].count(True) != 1:
        raise WrongUseError("expected one of --to, --team and --add")
    if add:
        _act(numbers, "responders", {"person": add}, pager, token_file, json=json)
        return
    _act(numbers, "reassign", {"person": to} if to else {"team": team}, pager, token_file, json=json)


def _act(  # noqa: PLR0913 - what the commands have in common
    numbers: list[str],
    action: str,
    body: dict[str, Any] | None,
    pager: str,
    token_file: TokenFile,
    *,
    json: bool,
) -> None:
    with client(pager, token_file) as asked:
        # All are known before anything is done to the first.
        found = [asked.incident(number) for number in numbers]
        done = [asked.act(incident, action, body) for incident in found]
    if json:
        say_json([incident.model_dump(mode="json") for incident in done])
        return
    for incident in done:
        _say(incident)


def _say(incident: Incident) -> None:
    by = f" by {plain(incident.acknowledged_by)}" if incident.status is Status.ACKNOWLEDGED else ""
    until = f" until {moment(incident.snoozed_until, 'UTC')}" if incident.snoozed_until else ""
    typer.echo(
        f"#{incident.number}  {incident.priority}  {moment(incident.created, 'UTC')}  "
        f"{incident.status.value}{by}{until}  {'TEST ' * incident.test}{plain(incident.title)}"
    )
