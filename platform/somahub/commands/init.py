"""``slo init``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collectors.api import Api
from slo.errors import SLOError
from somahub.adoption.propose import propose


def command(
    *,
    prometheus: Annotated[str, typer.Option(help="URL of the Prometheus to look at")],
    out: Annotated[Path, typer.Option(help="The file to write; - is standard output")] = Path("slos.py"),
    days: Annotated[int, typer.Option(help="How much of the history to look at", min=1, max=90)] = 30,
) -> None:
    """Propose services, SLIs and objectives from what a Prometheus has, with the evidence for each."""
    if out.exists():
        raise SLOError(f"--out: {out} exists; name another file")
    draft = propose(Api(prometheus), days, datetime.now(UTC).replace(microsecond=0))
    if out == Path("-"):
        typer.echo(draft.text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(draft.text, encoding="utf-8")
    typer.echo(
        f"{out}: {draft.services} service(s), {draft.slos} SLO(s) proposed; "
        f"{len(draft.passed)} not, each with its reason at the end of the file"
    )
    typer.echo(f"next: read it, then slo test {out} and slo generate {out} --out DIR")
