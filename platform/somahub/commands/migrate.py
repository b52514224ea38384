"""``slo migrate``."""

import json
import math
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import typer

from slo import Platform, SLOError
from slo.formats.writer import write as write_spec
from slo.units import seconds
from somahub.adoption import sloth
from somahub.adoption.blocks import Bench
from somahub.adoption.compare import Figures, Row, compare, percent
from somahub.adoption.moments import moment, written
from somahub.commands.common import noted
from somahub.generate import files
from somahub.tree import write


def command(  # noqa: PLR0913 - one argument per option
    form: Annotated[Literal["sloth"], typer.Argument(help="Whose specs they are")],
    folder: Annotated[
        Path, typer.Argument(help="The folder of specs, and of the rules that were made of them")
    ],
    *,
    prometheus: Annotated[str | None, typer.Option(help="URL of a Prometheus with the history")] = None,
    openmetrics: Annotated[Path | None, typer.Option(help="Or an OpenMetrics file with it")] = None,
    rules: Annotated[
        Path | None, typer.Option(help="Where the rules are that Sloth made of the specs")
    ] = None,
    since: Annotated[
        str, typer.Option("--from", help="RFC 3339, seconds since the epoch, or 30d for ago")
    ] = "30d",
    step: Annotated[str, typer.Option(help="How often both sets of rules are evaluated")] = "1m",
    out: Annotated[Path | None, typer.Option(help="Write our spec and what follows from it here")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The comparison as JSON")] = False,
) -> None:
    """Convert specs, run their rules and ours side by side on history, and report every difference."""
    del form  # the only one so far
    if (prometheus is None) == (openmetrics is None):
        raise SLOError("expected either --prometheus or --openmetrics, and not both")
    if out and out.exists() and any(out.iterdir()):
        raise SLOError(f"--out: {out} is not empty")
    try:
        every = timedelta(seconds=float(seconds(step)))
    except ValueError as error:
        raise SLOError(f"--step: {error}") from error
    now = datetime.now(UTC).replace(microsecond=0)
    loaded, beside = sloth.read(folder)
    platform = noted(loaded).platform.model_copy(update={"evaluation_interval": every})
    made = sloth.rule_documents(rules) if rules else beside
    theirs = sloth.generated(made, every) if made else sloth.derived(platform)
    for note in (
        *theirs.notes,
        *(() if made else ("no rules of Sloth's there: they are derived from the specs",)),
    ):
        sys.stderr.write(f"note: {note}\n")
    with TemporaryDirectory(prefix="slo-migrate-") as place:
        (Path(place) / "theirs").mkdir()
        span = (moment("--from", since, now), now)
        if openmetrics:
            source = Bench(Path(place) / "theirs")
            source.import_openmetrics(openmetrics)
            span = source.span()
            with source.serving() as url:
                rows = _compared(place, platform, theirs, url, span)
        else:
            rows = _compared(place, platform, theirs, str(prometheus), span)
    if out:
        written_spec = write_spec(loaded.platform, "python")
        write({"slos.py": written_spec.text, **files(loaded.platform)}, out)
    typer.echo(json.dumps([_plain(r) for r in rows], indent=2) if as_json else _text(rows, span))
    if any(not d.reason for row in rows for d in row.differences):
        raise typer.Exit(1)


def _compared(
    place: str, platform: Platform, theirs: sloth.Rules, url: str, span: tuple[datetime, datetime]
) -> list[Row]:
    home = Path(place) / "both"
    home.mkdir()
    return compare(Bench(home), platform, theirs, url, span, _tell)


def _text(rows: list[Row], span: tuple[datetime, datetime]) -> str:
    lines = [f"{written(span[0])} to {written(span[1])}"]
    for row in rows:
        lines += ["", row.slo_id]
        for severity in sorted({*row.theirs, *row.ours}):
            counts = (len(side.get(severity, [])) for side in (row.theirs, row.ours))
            lines.append("  {}s: Sloth {}, ours {}".format(severity, *counts))
        lines.append(f"  SLI: Sloth {percent(row.sloth.sli)}, ours {percent(row.soma.sli)}")
        lines.append(f"  budget left: Sloth {percent(row.sloth.left)}, ours {percent(row.soma.left)}")
        lines += [f"  differs: {d.what}\n    {d.reason or 'no known reason'}" for d in row.differences]
    return "\n".join(lines)


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _plain(row: Row) -> dict[str, Any]:
    def sides(spells: dict[str, list[Any]]) -> dict[str, list[dict[str, str]]]:
        return {
            s: [{"start": written(x.first), "end": written(x.last)} for x in v] for s, v in spells.items()
        }

    def figures(side: Figures) -> dict[str, float | str | None]:
        return {k: "NaN" if v is not None and math.isnan(v) else v for k, v in side._asdict().items()}

    return {
        "slo_id": row.slo_id,
        "sloth": {"alerts": sides(row.theirs), **figures(row.sloth)},
        "ours": {"alerts": sides(row.ours), **figures(row.soma), "coverage": row.coverage},
        "differences": [d._asdict() for d in row.differences],
    }
