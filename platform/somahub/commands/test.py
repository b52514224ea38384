"""``slo test``."""

from typing import Annotated

import typer

from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.proving import prove


def command(
    spec: Spec = DEFAULT_SPEC,
    *,
    promtool: Annotated[
        str | None, typer.Option(help="promtool; else SLO_PROMTOOL, PATH or the cache")
    ] = None,
) -> None:
    """Run the generated tests of the rules with promtool, all of them, and show what they say."""
    failed = False
    for result in prove(loaded(spec), promtool):
        typer.echo(f"{'ok  ' if result.passed else 'FAIL'}  {result.service}: {result.title}")
        failed |= not result.passed
        if result.output:
            typer.echo(result.output)
    if failed:
        raise typer.Exit(1)
