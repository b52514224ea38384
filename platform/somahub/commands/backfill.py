"""``slo backfill``."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collectors.api import Api
from somahub.adoption import backfill
from somahub.adoption.blocks import spans
from somahub.adoption.moments import moment, written
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded

_NEXT = """\
To use them, move the blocks into the server's data folder (--storage.tsdb.path) and give them its owner:
  mv {out}/* DATA/ && chown -R --reference=DATA DATA
Prometheus finds them within a minute. Its retention deletes blocks that are older than it keeps."""


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    prometheus: Annotated[str, typer.Option(help="URL of the Prometheus with the raw metrics")],
    since: Annotated[str, typer.Option("--from", help="RFC 3339, seconds since the epoch, or 30d for ago")],
    until: Annotated[
        str | None, typer.Option("--to", help="Likewise; else when the rules began to run, or 3 hours ago")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder for the blocks, new or empty")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be evaluated")] = False,
) -> None:
    """Write the past of the rules' records as blocks for Prometheus, so that a new SLO has a full window."""
    now = datetime.now(UTC).replace(microsecond=0)
    start, end = moment("--from", since, now), moment("--to", until, now) if until else None
    made = backfill.plan(loaded(spec), Api(prometheus), start, end, now)
    for note in made.notes:
        sys.stderr.write(f"note: {note}\n")
    rules = sum(len(group.rules) for groups in made.passes for group in groups)
    typer.echo(
        f"{len(made.ids)} SLO(s), {rules} rules in {len(made.passes)} passes, "
        f"from {written(made.start)} to {written(made.end)}"
    )
    if dry_run:
        for number, groups in enumerate(made.passes, 1):
            where = prometheus if number == 1 else "what the passes before it recorded"
            typer.echo(f"pass {number}, on {where}:")
            for group in groups:
                typer.echo(f"  {group.name}, every {group.interval}: {len(group.rules)} rules")
        return
    backfill.write(made, prometheus, out, typer.echo)
    for line in spans(out):
        typer.echo(line)
    typer.echo(_NEXT.format(out=out))
