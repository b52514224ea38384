"""``slo report``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.reports.make import make, render, summary


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    prometheus: Annotated[
        str | None, typer.Option(help="URL of a Prometheus; without it, the data that slo up keeps")
    ] = None,
    pager: Annotated[
        str | None,
        typer.Option(help="URL of the pager, for the pages; without it, the one that slo up keeps"),
    ] = None,
    state: Annotated[Path, typer.Option(help="The folder of slo up")] = Path(".slo"),
    form: Annotated[Literal["html", "json"], typer.Option("--format", help="What to write")] = "html",
    out: Annotated[Path | None, typer.Option(help="The file to write; - is standard output")] = None,
) -> None:
    """Report what each objective's error budget did in its window, and who was paged."""
    result = make(loaded(spec), prometheus=prometheus, pager=pager, state=state)
    text = render(result, form)
    if out == Path("-"):
        typer.echo(text)
        return
    path = out or Path(f"slo-report.{form}")
    path.write_text(text, encoding="utf-8")
    for row in result.slos:
        typer.echo(summary(row))
    typer.echo(f"written to {path}")
