"""The ``slo`` command: thin; exit codes are 0 fine, 1 findings, 2 wrong use or bad input."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from slo import SLOError, load
from somahub.generate import files, write

DEFAULT_SPEC = "somahub.spec:platform"

Spec = Annotated[str, typer.Argument(help="PATH.py[:name] or module:name")]
Out = Annotated[Path, typer.Option(help="The folder to write into")]

app = typer.Typer(add_completion=False, no_args_is_help=True, help="SLOs as code.", rich_markup_mode=None)


@app.command()
def validate(spec: Spec = DEFAULT_SPEC) -> None:
    """Check a spec."""
    platform = load(spec)
    slos = sum(len(s.slos) for s in platform.services)
    typer.echo(f"{spec}: fine: {len(platform.services)} service(s), {slos} SLO(s)")


@app.command()
def generate(spec: Spec = DEFAULT_SPEC, *, out: Out) -> None:
    """Write rules, alerts, routing, dashboards, runbooks and scrape jobs."""
    contents = files(load(spec))
    write(contents, out)
    typer.echo(f"{len(contents)} files written to {out}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is returned, never raised."""
    try:
        typer.main.get_command(app)(args=argv, prog_name="slo")
    except SLOError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def run() -> None:
    """Console script."""
    sys.exit(main())
