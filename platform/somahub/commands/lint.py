"""``slo lint``."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from slo.lint import is_rule_file, lint, lint_rules
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded


def command(
    spec: Spec = DEFAULT_SPEC,
    *,
    form: Annotated[Literal["text", "json", "github"], typer.Option("--format")] = "text",
) -> None:
    """Check a spec, or a Prometheus rule file, for what is valid and yet misleads; findings exit with 1."""
    path = Path(spec)
    if path.suffix in {".yml", ".yaml"} and is_rule_file(path):
        found = lint_rules(path)
    else:
        found = lint(loaded(spec))
    if form == "json":
        typer.echo(json.dumps([one._asdict() for one in found], indent=2))
    else:
        for one in found:
            text = f"{one.place}: {one.message} ({one.check})"
            typer.echo(
                f"{one.level}: {text}" if form == "text" else f"::{one.level} title={one.check}::{text}"
            )
    if any(one.level != "notice" for one in found):
        raise typer.Exit(1)
