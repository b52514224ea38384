"""``slo lint``."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import typer

from alerts import rule_groups
from slo import Platform, SLOError
from slo.lint import CHECKS, Finding, Source, lint, lint_rules, lint_scraped, read_config, read_rules, report
from slo.lint.cost import Cost, Limits, cost, too_much
from slo.lint.series import assumed
from slo.model import slo_id
from somahub.closure import lint_closure
from somahub.commands.common import DEFAULT_SPEC, loaded
from somahub.lint_input import sort_out, source

_DEFAULT = Limits()


def command(  # noqa: PLR0913 - one argument per option
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="Specs, or Prometheus rule files (also as PrometheusRule), folders and patterns of them; without any, "
            "the platform's own spec",
            show_default=False,
        ),
    ] = None,
    *,
    form: Annotated[Literal["text", "json", "github"], typer.Option("--format")] = "text",
    select: Annotated[list[str] | None, typer.Option(help="Only these checks; may be repeated")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Not these checks; may be repeated")] = None,
    prometheus_config: Annotated[
        Path | None,
        typer.Option(
            help="The prometheus.yml that loads the rules: also checks jobs, relabelling and rate windows"
        ),
    ] = None,
    one_failure: Annotated[
        float, typer.Option(help="Percent of the budget that one failure may cost", min=0.001, max=100)
    ] = 10,
    max_samples: Annotated[
        int, typer.Option(help="Samples that the rules of one SLO may read per evaluation", min=1)
    ] = _DEFAULT.samples,
    max_series: Annotated[
        int, typer.Option(help="Series that the rules of one SLO may write", min=1)
    ] = _DEFAULT.series,
    series: Annotated[
        int, typer.Option(help="Series of a metric whose label values are not declared", min=1)
    ] = 100,
    costs: Annotated[bool, typer.Option("--cost", help="Also show what the rules of each SLO cost")] = False,
) -> None:
    """Check specs and rule files for what is valid and yet misleads; findings above a notice exit with 1."""
    wanted = _wanted(select or [], ignore or [])
    given = sort_out(what or [DEFAULT_SPEC])
    for note in given.notes:
        sys.stderr.write(f"note: {note}\n")
    config = read_config(prometheus_config) if prometheus_config else None
    found: list[Finding] = []
    spent: list[Cost] = []
    for reference in given.specs:
        platform, origin = loaded(reference), source(reference)
        found += lint(platform, origin, Decimal(str(one_failure)) / 100)
        found += lint_closure(platform, origin)
        found += lint_scraped(platform, origin, config) if config else []
        bill = _bill(platform, series)
        found += _over(platform, origin, bill, Limits(max_samples, max_series))
        spent += bill
    files = [read_rules(path) for path in given.rules]
    found += lint_rules(files, config)
    found = [one for one in found if one.check in wanted]
    looked_at = {"SLO": len(spent), "rule": sum(len(file.rules) for file in files)}
    if form == "json":
        typer.echo(report.as_json(found, spent if costs else ()))
    elif form == "github":
        typer.echo(report.github(found), nl=bool(found))
    else:
        if costs and spent:
            typer.echo(report.table(spent) + "\n")
        typer.echo(report.text(found, looked_at))
    if any(one.level != "notice" for one in found):
        raise typer.Exit(1)


def _wanted(select: list[str], ignore: list[str]) -> set[str]:
    named = {name for text in (*select, *ignore) for name in text.split(",")}
    if unknown := sorted(named - set(CHECKS)):
        raise SLOError(f"no check {', '.join(unknown)}; there are: {', '.join(sorted(CHECKS))}")
    only = {name for text in select for name in text.split(",")} or set(CHECKS)
    return only - {name for text in ignore for name in text.split(",")}


def _bill(platform: Platform, series: int) -> list[Cost]:
    known = assumed(platform, series)
    return [
        cost(
            slo_id(service, slo),
            rule_groups(platform, service, slo),
            known,
            platform.evaluation_interval,
        )
        for service in platform.services
        for slo in service.slos
    ]


def _over(platform: Platform, origin: Source, bill: list[Cost], limits: Limits) -> list[Finding]:
    names = {slo_id(service, slo): slo.name for service in platform.services for slo in service.slos}
    return [
        finding
        for one in bill
        for finding in too_much(origin.place(names[one.slo], f"{platform.name}: {one.slo}"), one, limits)
    ]
