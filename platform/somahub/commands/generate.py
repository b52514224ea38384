"""``slo generate``."""

import typer

from somahub.commands.common import DEFAULT_SPEC, Out, Spec, loaded
from somahub.generate import files, write


def command(spec: Spec = DEFAULT_SPEC, *, out: Out) -> None:
    """Write rules, alerts, routing, dashboards, runbooks and scrape jobs."""
    contents = files(loaded(spec))
    write(contents, out)
    typer.echo(f"{len(contents)} files written to {out}")
