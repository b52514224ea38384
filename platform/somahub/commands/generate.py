"""``slo generate``."""

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from slo.errors import SLOError
from slo.formats.reader import Loaded
from slo.loader import is_python, read
from somahub import tree
from somahub.checking import without_refused
from somahub.commands.common import DEFAULT_SPEC, Out, Spec, noted
from somahub.generate import files
from somahub.targets.wanted import Target, wanted


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    out: Out,
    target: Annotated[Target, typer.Option(help="Where the rules go")] = "files",
    only: Annotated[
        str,
        typer.Option(
            help="Some of rules, alerts, tests, dashboards, provisioning, pipeline, runbooks, routing, scrape; "
            "with commas"
        ),
    ] = "",
    namespace: Annotated[
        str, typer.Option(help="Namespace of the resources (operator) or of the groups (mimir)")
    ] = "",
    label: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE for the resources (operator); may be repeated")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Write nothing; exit with 1 where the folder isn't up to date")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove files that were generated and aren't any more")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Let promtool check the rules before they are written")
    ] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Leave out broken SLOs, write the others, exit with 1")
    ] = False,
) -> None:
    """Write rules, alerts, routing, dashboards, runbooks and scrape jobs."""
    asked = wanted(target, only, namespace, label or ())
    loaded = noted(_read(spec, keep_going=keep_going))
    platform, left = loaded.platform, list(loaded.left)
    if check:
        platform, refused = without_refused(platform, keep_going=keep_going)
        left += refused
    contents = files(platform, wanted=asked)
    # What is left out now may be well again tomorrow: its files are not taken for those of a service that is gone.
    stale = [] if left else tree.stale(contents, out, asked.folders)
    if verify:
        found = [*tree.differences(contents, out), *stale]
        _say(f"{one.kind}: {out / one.path}" for one in found)
        typer.echo(f"{len(contents)} files compared with {out}: {len(found) or 'none'} not up to date")
    else:
        found = []
        tree.write(contents, out)
        typer.echo(f"{len(contents)} files written to {out}")
        if prune:
            tree.prune(stale, out)
            _say(f"removed: {out / one.path}" for one in stale)
        else:
            _say(
                f"stale: {out / one.path}: nothing generates it any more; --prune removes it" for one in stale
            )
    if left:
        _say(f"left out: {reason}" for reason in left)
        _say([f"{len(left)} of the spec left out" + "; nothing was pruned" * prune])
    if found or left:
        raise typer.Exit(1)


def _read(spec: str, *, keep_going: bool) -> Loaded:
    try:
        return read(spec, keep_going=keep_going)
    except SLOError as error:
        if keep_going and is_python(spec):
            why = "a Python spec runs whole or not at all, so --keep-going can't leave out a part of it"
            raise SLOError(f"{error} ({why})") from error
        raise


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
