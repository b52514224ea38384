"""``slo verify``."""

from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer

from slo import SLOError
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.stack import kept
from somahub.stack.ports import BASE, OTLP
from somahub.verify.blind import Sight
from somahub.verify.check import MOST_SERIES, check
from somahub.verify.live import ask
from somahub.verify.readers import readers
from somahub.verify.text import text

_TIMEOUT = 10.0  # seconds


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    service: Annotated[list[str] | None, typer.Option(help="Only this service; may be repeated")] = None,
    state: Annotated[Path, typer.Option(help="The folder of slo up, which says where it runs")] = Path(
        ".slo"
    ),
    base_port: Annotated[
        int | None, typer.Option(help="Where the ports start, if not as slo up or the spec says", min=1024)
    ] = None,
    receiver: Annotated[str | None, typer.Option(help="URL of the OTLP receiver")] = None,
    max_series: Annotated[
        int, typer.Option(help="Series of one metric above which there is a warning", min=1)
    ] = MOST_SERIES,
    allow_unseen: Annotated[
        bool, typer.Option("--allow-unseen", help="What has not been seen yet is no finding")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Also list what is as declared")] = False,
    form: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
) -> None:
    """Hold the telemetry of the running services against their spec; findings exit with 1.

    Names what each missing signal blinds. A service or receiver that can't be asked exits with 2.
    """
    platform = loaded(spec)
    known = [one.name for one in platform.services]
    if unknown := [name for name in service or [] if name not in known]:
        raise SLOError(f"no service {', '.join(unknown)}; there are: {', '.join(known)}")
    base = base_port or kept.base(state) or BASE
    asked = [one for one in platform.services if one.name in (service or known)]
    with httpx.Client(timeout=_TIMEOUT) as client:
        said = ask(client, asked, receiver or f"http://127.0.0.1:{base + OTLP}", shift=base - BASE)
    report = check(platform, Sight(readers(platform)), said, only=service or known, most_series=max_series)
    typer.echo(report.model_dump_json(indent=2) if form == "json" else text(report, every=every))
    if not report.reached:
        raise typer.Exit(2)
    if any(report.findings(allow_unseen=allow_unseen)):
        raise typer.Exit(1)
