"""``slo diff``."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from slo import Platform
from slo.diff import Change, Facts, compare, facts, generated_facts, text
from somahub.commands.common import loaded
from somahub.generate import files
from somahub.rulefolder import holds_rules, rules_of, rules_of_text

_Side = Annotated[str, typer.Argument(help="A spec, or a file or folder of rules that slo generate wrote")]
_RULES = "prometheus/rules/"


def command(
    before: _Side,
    after: _Side,
    *,
    form: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
) -> None:
    """Compare what two specs mean, or a spec and generated rules; a difference exits with 1.

    Two specs are compared by objective, window, SLI, alerts, groups, owner and labels; as soon as one side is
    rules, both are compared by the rules, since these say no more.
    """
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


def _read(reference: str) -> Platform | Facts:
    path = Path(reference)
    return generated_facts(rules_of(path)) if holds_rules(path) else loaded(reference)


def _rules(platform: Platform) -> Facts:
    texts = {name: body for name, body in files(platform).items() if name.startswith(_RULES)}
    return generated_facts(rule for name, body in texts.items() for rule in rules_of_text(body, name))


def _members(change: Change) -> dict[str, str]:
    return {name: value for name, value in change._asdict().items() if value or change.kind == "changed"}
