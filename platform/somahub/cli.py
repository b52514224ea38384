"""The ``slo`` command: thin; exit codes are 0 fine, 1 findings, 2 wrong use or bad input."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from slo import Platform, SLOError
from slo.lint import is_rule_file, lint, lint_rules
from slo.loader import read
from slo.units import seconds
from somahub.generate import files, write

DEFAULT_SPEC = "somahub.spec:platform"

Spec = Annotated[str, typer.Argument(help="PATH.py[:name], module:name, or YAML of Sloth, OpenSLO or Pyrra")]
Out = Annotated[Path, typer.Option(help="The folder to write into")]

app = typer.Typer(add_completion=False, no_args_is_help=True, help="SLOs as code.", rich_markup_mode=None)


@app.command()
def validate(spec: Spec = DEFAULT_SPEC) -> None:
    """Check a spec."""
    platform = _loaded(spec)
    slos = sum(len(s.slos) for s in platform.services)
    typer.echo(f"{spec}: fine: {len(platform.services)} service(s), {slos} SLO(s)")


@app.command()
def generate(spec: Spec = DEFAULT_SPEC, *, out: Out) -> None:
    """Write rules, alerts, routing, dashboards, runbooks and scrape jobs."""
    contents = files(_loaded(spec))
    write(contents, out)
    typer.echo(f"{len(contents)} files written to {out}")


@app.command("lint")
def run_lint(
    spec: Spec = DEFAULT_SPEC,
    *,
    form: Annotated[Literal["text", "json", "github"], typer.Option("--format")] = "text",
) -> None:
    """Check a spec, or a Prometheus rule file, for what is valid and yet misleads; findings exit with 1."""
    path = Path(spec)
    if path.suffix in {".yml", ".yaml"} and is_rule_file(path):
        found = lint_rules(path)
    else:
        found = lint(_loaded(spec))
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


@app.command("test")
def run_tests(
    spec: Spec = DEFAULT_SPEC,
    *,
    promtool: Annotated[
        str | None, typer.Option(help="promtool; else SLO_PROMTOOL, PATH or the cache")
    ] = None,
) -> None:
    """Run the generated tests of the rules with promtool, all of them, and show what they say."""
    from somahub.proving import prove  # noqa: PLC0415 - only this runs promtool

    failed = False
    for result in prove(_loaded(spec), promtool):
        typer.echo(f"{'ok  ' if result.passed else 'FAIL'}  {result.service}: {result.title}")
        failed |= not result.passed
        if result.output:
            typer.echo(result.output)
    if failed:
        raise typer.Exit(1)


@app.command()
def up(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    duration: Annotated[str | None, typer.Option(help="Stop after this long, such as 240s or 3m")] = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="SERVICE:KIND@START+LENGTH, such as gateway:5xx@60s+120s")
    ] = None,
    base_port: Annotated[int, typer.Option(help="Where the ports start", min=1024, max=65000)] = 10000,
    rate: Annotated[float, typer.Option(help="Requests per second of the traffic", min=0.1)] = 20,
    state: Annotated[Path, typer.Option(help="The folder of data, logs and configuration")] = Path(".slo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the data of earlier runs")] = False,
) -> None:
    """Run the whole stack on this machine, with a live table; Ctrl-C stops all."""
    # The stack's libraries are heavy: a light command must not wait for them.
    try:
        from somahub.faults import parse  # noqa: PLC0415
        from somahub.stack.up import up as run_stack  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SLOError(f"{error.name} is missing; slo up needs: pip install 'soma-slo[platform]'") from error

    try:
        faults = tuple(parse(text) for text in fault or [])
        length = float(seconds(duration)) if duration else None
    except ValueError as error:
        raise SLOError(str(error)) from error
    run_stack(
        _loaded(spec), state=state, base=base_port, duration=length, faults=faults, rate=rate, fresh=fresh
    )


@app.command()
def report(  # noqa: PLR0913 - one argument per option
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
    platform = _loaded(spec)
    try:
        from somahub.reports.make import make, render, summary  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SLOError(
            f"{error.name} is missing; slo report needs: pip install 'soma-slo[reports]'"
        ) from error

    result = make(platform, prometheus=prometheus, pager=pager, state=state)
    text = render(result, form)
    if out == Path("-"):
        typer.echo(text)
        return
    path = out or Path(f"slo-report.{form}")
    path.write_text(text, encoding="utf-8")
    for row in result.slos:
        typer.echo(summary(row))
    typer.echo(f"written to {path}")


def _loaded(spec: str) -> Platform:
    loaded = read(spec)
    for note in loaded.notes:
        sys.stderr.write(f"note: {note}\n")
    return loaded.platform


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
