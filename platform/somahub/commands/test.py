"""``slo test``."""

from typing import Annotated

import typer

from slo.model import Platform
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.proving import Result, prove
from somahub.routed import routed


def command(
    spec: Spec = DEFAULT_SPEC,
    *,
    promtool: Annotated[
        str | None, typer.Option(help="promtool; else SLO_PROMTOOL, PATH or the cache")
    ] = None,
    amtool: Annotated[str | None, typer.Option(help="amtool; else SLO_AMTOOL, PATH or the cache")] = None,
) -> None:
    """Run the generated tests of the rules with promtool, and ask amtool where each alert would go; show what they say."""
    platform = loaded(spec)
    wrong = _misrouted(platform, amtool)
    width = max(len(service.name) for service in platform.services)
    results = []
    for result in prove(platform, promtool):
        typer.echo(f"{result.outcome:4}  {result.service:{width}}  {result.title:{_TITLE}}  {_said(result)}")
        if result.output:
            typer.echo(result.output)
        results.append(result)
    if skipped := sum(result.outcome == "skip" for result in results):
        typer.echo(
            f"{skipped} of {len(results)} skipped: this promtool can't read native histograms; "
            "Prometheus 3's can: --promtool PATH"
        )
    failed = sum(result.outcome == "FAIL" for result in results)
    slos, alerts = (
        {
            (one.of == "alert" and one.service, name)
            for one in results
            if one.of == of
            for name in one.subjects
        }
        for of in ("SLO", "alert")
    )
    of = f"{len(slos)} SLOs" + (f" and {len(alerts)} own alerts" if alerts else "")
    typer.echo(f"{len(results)} tests of {of}: {f'{failed} failed' if failed else 'none failed'}")
    if wrong or failed:
        raise typer.Exit(1)


def _misrouted(platform: Platform, amtool: str | None) -> int:
    """How many alerts would be told to others than the spec wants; each is shown."""
    found = list(routed(platform, amtool))
    wrong = [one for one in found if not one.right]
    for one in wrong:
        are = "is" if len(one.found) == 1 else "are"
        alerts, told, wanted = (
            ", ".join(names) for names in (one.wanted.alerts, one.found, one.wanted.receivers)
        )
        typer.echo(f"FAIL  {alerts}: {told} {are} told instead of {wanted}")
    if found:
        typer.echo(f"{len(found)} routes of alerts: {f'{len(wrong)} wrong' if wrong else 'none wrong'}")
    return len(wrong)


# The longest of the titles.
_TITLE = len("half of the budget is neither page nor ticket")


def _said(result: Result) -> str:
    if result.failed:
        return f"{', '.join(result.failed)} (of {len(result.subjects)} {result.of}s)"
    return f"{len(result.subjects)} {result.of}{'s' * (len(result.subjects) != 1)}"
