"""``slo report``: rolling windows now, from a Prometheus, or the review of a period, from the history."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from slo import Platform
from slo.errors import SLOError
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.commands.oncall.common import TokenFile, token
from somahub.reviews.forms import Form, rendered
from somahub.reviews.make import Sources, review
from somahub.reviews.periods import asked, before, checked, named, zone_of
from somahub.reviews.rows import Made
from somahub.reviews.summary import summary

_OUT = Path("-")


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    month: Annotated[str, typer.Option(help="Review a month, as 2026-10, from the history")] = "",
    quarter: Annotated[str, typer.Option(help="Likewise a quarter, as 2026-Q3")] = "",
    week: Annotated[str, typer.Option(help="Likewise a week, as 2026-W40")] = "",
    since: Annotated[str, typer.Option("--from", help="Likewise from a day on, as 2026-10-05 …")] = "",
    until: Annotated[str, typer.Option("--to", help="… up to, and without, another")] = "",
    zone: Annotated[str, typer.Option(help="Whose calendar, as Europe/Berlin; else the spec's, or UTC")] = "",
    compare: Annotated[str, typer.Option(help="A period to set beside it, as 2026-09")] = "",
    unknown: Annotated[
        Literal["ignore", "bad"], typer.Option(help="What unknown time counts as: average traffic, or bad")
    ] = "ignore",
    store: Annotated[
        str,
        typer.Option(
            "--store", "--history", envvar="SLO_HISTORY", help="Where the history is, as for slo collect"
        ),
    ] = "sqlite:///slo-history.db",
    prometheus: Annotated[
        str,
        typer.Option(
            help="URL of a Prometheus; for a review, it tells of capacity, certificates and durability"
        ),
    ] = "",
    pager: Annotated[
        str,
        typer.Option(
            envvar="SLO_PAGER_URL", help="URL of the pager, for a review also of its database; else slo up's"
        ),
    ] = "",
    token_file: TokenFile = None,
    state: Annotated[Path, typer.Option(help="The folder of slo up")] = Path(".slo"),
    form: Annotated[Form, typer.Option("--format", help="What to write")] = "html",
    out: Annotated[Path | None, typer.Option(help="The file to write; - is standard output")] = None,
    deliver: Annotated[
        str,
        typer.Option(
            help="Keep all forms in a folder or s3://BUCKET/PREFIX; of last month, if no period is named"
        ),
    ] = "",
    mail: Annotated[
        list[str] | None, typer.Option(help="With it, tell an e-mail receiver of the spec, once; repeatable")
    ] = None,
    secrets: Annotated[Path, typer.Option(help="The folder of receivers' password files")] = Path(),
    again: Annotated[
        bool,
        typer.Option("--again", help="Tell those as well who were told of another version of the period"),
    ] = False,
) -> None:
    """Report what each error budget did and who was paged: now, or with a period, its review from the history."""
    platform = loaded(spec)
    now = datetime.now(UTC)
    place = checked(zone) if zone else zone_of(platform)
    period = asked(month, quarter, week, since, until, place, now)
    if deliver and period is None:
        period = before("month", place, now)
    sources = Sources(store, pager, token(token_file), prometheus, unknown, _shown)
    if period is None:
        told, lines = _quick(platform, sources, state, form)
        _write(told, out, f"slo-report.{form}", lines)
        return
    against = named(compare, place, now) if compare else None
    found = review(platform, period, sources._replace(pager=pager or _kept(state)), now, against)
    if deliver:
        # Only this needs the client of object stores.
        from somahub.reviews.archive import archive  # noqa: PLC0415
        from somahub.reviews.deliver import delivered, mails  # noqa: PLC0415

        done = delivered(
            found, archive(deliver, os.environ), mails(platform, mail or ()), secrets, again=again
        )
        for line in done:
            typer.echo(line)
        return
    _write(rendered(found, form), out, f"slo-review-{period.name.replace(' ', '-')}.{form}", summary(found))


def _quick(platform: Platform, sources: Sources, state: Path, form: Form) -> tuple[bytes, list[str]]:
    # The charts' libraries are its own.
    from somahub.reports.make import make, render, summary  # noqa: PLC0415

    if form not in ("html", "json"):
        raise SLOError(f"--format: {form} is for a period, such as --month 2026-10")
    result = make(platform, prometheus=sources.prometheus or None, pager=sources.pager or None, state=state)
    return render(result, form).encode(), list(map(summary, result.slos))


def _write(told: bytes, out: Path | None, usual: str, lines: Iterable[str]) -> None:
    if out == _OUT:
        typer.echo(told, nl=False)
        return
    path = out or Path(usual)
    path.write_bytes(told)
    for line in lines:
        typer.echo(line)
    typer.echo(f"written to {path}")


def _kept(state: Path) -> str:
    """The pager's database of ``slo up``, if it has one."""
    database = state / "pager.db"
    return f"sqlite:///{database}" if database.is_file() else ""


@contextmanager
def _shown(rows: Iterable[list[Made]], count: int) -> Iterator[Iterable[list[Made]]]:
    """A progress bar, where a person looks on."""
    if not sys.stderr.isatty():
        yield rows
        return
    with typer.progressbar(rows, length=count, label="SLOs", file=sys.stderr) as bar:
        yield bar
