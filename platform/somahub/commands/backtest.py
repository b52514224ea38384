"""``slo backtest``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from slo import InvalidSpecError, Platform, SLOError
from slo.loader import read
from slo.units import seconds
from somahub.backtests.make import Question, make
from somahub.backtests.text import text
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    prometheus: Annotated[str | None, typer.Option(help="URL of a Prometheus")] = None,
    openmetrics: Annotated[Path | None, typer.Option(help="OpenMetrics file with times")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="Such as 2026-10-01 or 2026-10-01T08:00")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="The end; without it, now, or the file's end")
    ] = None,
    days: Annotated[int, typer.Option(help="How long before the end, without --from", min=1)] = 30,
    step: Annotated[str, typer.Option(help="Between evaluations; a whole part of a minute")] = "1m",
    slo: Annotated[list[str] | None, typer.Option(help="Only this SLO, by its id; may be repeated")] = None,
    compare: Annotated[str | None, typer.Option(help="Another spec to replay beside it")] = None,
    objective: Annotated[str | None, typer.Option(help="Another objective to replay beside it")] = None,
    form: Annotated[Literal["text", "json", "html"], typer.Option("--format")] = "text",
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, standard output")] = None,
) -> None:
    """Replay alerts over history: what would have fired when, how soon, and what of the budget was spent.

    The exit code is 0 whatever would have fired: that is an answer and no finding.
    """
    if compare and objective:
        raise SLOError("expected either --compare SPEC or --objective PERCENT")
    sides = [(spec, loaded(spec))]
    if compare:
        sides.append((compare, read(compare).platform))
    elif objective:
        sides = [("as it is", sides[0][1]), (f"{objective} %", _with(sides[0][1], objective))]
    question = Question(sides, slo or (), _moment("--from", start), _moment("--to", end), days, _step(step))
    result = make(question, prometheus=prometheus, openmetrics=openmetrics)
    if form == "html":
        # Charts take a second to import.
        from somahub.backtests.page import page  # noqa: PLC0415

        body = page(result)
    else:
        body = text(result) if form == "text" else result.model_dump_json(indent=2) + "\n"
    if out is None:
        typer.echo(body, nl=False)
        return
    out.write_text(body, encoding="utf-8")
    typer.echo(f"written to {out}")


def _with(platform: Platform, objective: str) -> Platform:
    """The platform with one objective for all SLOs."""
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        services = tuple(
            s.model_copy(
                update={
                    "slos": tuple(type(o).model_validate(dict(o) | {"objective": objective}) for o in s.slos)
                }
            )
            for s in platform.services
        )
    except ValidationError as error:
        raise InvalidSpecError.from_validation("--objective", error) from error
    return platform.model_copy(update={"services": services})


def _moment(option: str, given: str | None) -> datetime | None:
    """UTC unless it says otherwise."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise SLOError(f"{option}: expected a time such as 2026-10-01T08:00, got {given!r}") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _step(given: str) -> int:
    try:
        return max(int(seconds(given)), 1)
    except ValueError as error:
        raise SLOError(f"--step: {error}") from error
