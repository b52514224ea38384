"""``slo diff``."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from slo import Platform, SLOError
from slo.diff import Change, Facts, compare, facts, generated_facts, text
from somahub.apply.access import credential, plain_url
from somahub.apply.boards import line, planned, told
from somahub.commands.common import loaded
from somahub.generate import files
from somahub.rulefolder import holds_rules, rules_of, rules_of_text

_Side = Annotated[str, typer.Argument(help="A spec, or a file or folder of rules that slo generate wrote")]
_RULES = "prometheus/rules/"


def command(  # noqa: PLR0913 - one argument per option
    before: _Side,
    after: _Side = "",
    *,
    grafana: Annotated[str, typer.Option(help="URL of a Grafana to compare a spec's dashboards with")] = "",
    user: Annotated[str, typer.Option(help="User of the Grafana; the token is the password")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="File with the token; else SLO_GRAFANA_TOKEN, if set")
    ] = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
) -> None:
    """Compare what two specs mean, or a spec and generated rules; a difference exits with 1.

    Two specs are compared by objective, window, SLI, alerts, groups, owner and labels; as soon as one side is
    rules, both are compared by the rules, since these say no more. With --grafana, one spec is enough.
    """
    if grafana:
        _boards(loaded(before), grafana, user, token_file)
        return
    if not after:
        raise SLOError("expected two sides to compare, or a spec and --grafana URL")
    sides = [_read(one) for one in (before, after)]
    if all(isinstance(side, Platform) for side in sides):
        found = [facts(side) for side in sides if isinstance(side, Platform)]
    else:
        found = [_rules(side) if isinstance(side, Platform) else side for side in sides]
    changes = compare(*found)
    if form == "json":
        typer.echo(json.dumps([_members(one) for one in changes], indent=2))
    else:
        sys.stdout.write(text(changes, *found))
    if changes:
        raise typer.Exit(1)


def _boards(platform: Platform, url: str, user: str, token_file: Path | None) -> None:
    # Only this needs httpx, which the extra "apply" brings.
    from dashboards.publish.grafana import HttpGrafana  # noqa: PLC0415

    access = credential(user, token_file, os.environ)
    with HttpGrafana(plain_url(url, "--grafana"), access) as grafana:
        todo = planned(platform, grafana)
    for step in todo.changes:
        typer.echo(line(step))
    told(todo, typer.echo)
    if any(step.action != "same" for step in todo.steps):
        raise typer.Exit(1)


def _read(reference: str) -> Platform | Facts:
    path = Path(reference)
    return generated_facts(rules_of(path)) if holds_rules(path) else loaded(reference)


def _rules(platform: Platform) -> Facts:
    texts = {name: body for name, body in files(platform).items() if name.startswith(_RULES)}
    return generated_facts(rule for name, body in texts.items() for rule in rules_of_text(body, name))


def _members(change: Change) -> dict[str, str]:
    return {name: value for name, value in change._asdict().items() if value or change.kind == "changed"}
