"""``slo convert``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from slo.formats.writer import Format, write
from somahub.commands.common import Spec, loaded


def command(
    spec: Spec,
    *,
    to: Annotated[Format, typer.Option(help="The format to write")],
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, standard output")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if anything could not be carried over")
    ] = False,
) -> None:
    """Write a spec in another format; what could not be carried over is listed on standard error."""
    lost: list[str] = []
    written = write(loaded(spec, lost), to)
    lost += map(str, written.notes)
    for note in written.notes:
        sys.stderr.write(f"note: {note}\n")
    if out is None:
        sys.stdout.write(written.text)
    else:
        out.write_text(written.text, encoding="utf-8")
        typer.echo(f"written to {out}")
    if strict and lost:
        raise typer.Exit(1)
