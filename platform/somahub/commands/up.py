"""``slo up``."""

from pathlib import Path
from typing import Annotated

import typer

from slo import SLOError
from slo.units import seconds
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.faults import parse
from somahub.stack.up import up as run_stack


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    duration: Annotated[str | None, typer.Option(help="Stop after this long, such as 240s or 3m")] = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="SERVICE:KIND@START+LENGTH, such as gateway:5xx@60s+120s")
    ] = None,
    use: Annotated[
        list[str] | None,
        typer.Option(help="NAME=URL of a dependency that runs elsewhere, such as redis=redis://db:6379/0"),
    ] = None,
    base_port: Annotated[int, typer.Option(help="Where the ports start", min=1024, max=65000)] = 10000,
    rate: Annotated[float, typer.Option(help="Requests per second of the traffic", min=0.1)] = 40,
    state: Annotated[Path, typer.Option(help="The folder of data, logs and configuration")] = Path(".slo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the data of earlier runs")] = False,
) -> None:
    """Run the whole stack on this machine, with a live table; Ctrl-C stops all."""
    try:
        faults = tuple(parse(text) for text in fault or [])
        length = float(seconds(duration)) if duration else None
    except ValueError as error:
        raise SLOError(str(error)) from error
    run_stack(
        loaded(spec),
        spec,
        state=state,
        base=base_port,
        duration=length,
        used=dict(_pair(text) for text in use or []),
        faults=faults,
        rate=rate,
        fresh=fresh,
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    if not (name and equals and url):
        raise SLOError(f"--use {text}: expected NAME=URL")
    return name, url
