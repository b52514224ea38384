"""``slo test``."""

from collections import Counter
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
    outcomes = Counter[str]()
    for result in prove(loaded(spec), promtool):
        typer.echo(f"{result.outcome:4}  {result.service}: {result.title}")
        outcomes[result.outcome] += 1
        if result.output:
            typer.echo(result.output)
    if skipped := outcomes["skip"]:
        typer.echo(
            f"{skipped} of {outcomes.total()} skipped: this promtool can't read native histograms; "
            "Prometheus 3's can: --promtool PATH"
        )
    if outcomes["FAIL"]:
        raise typer.Exit(1)
