"""``slo preview``."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from slo import SLOError
from slo.units import seconds
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.preview.make import preview
from somahub.preview.page import page


def command(
    spec: Spec = DEFAULT_SPEC,
    *,
    prometheus: Annotated[str, typer.Option(help="URL of the Prometheus")] = "http://127.0.0.1:10010",
    last: Annotated[str, typer.Option(help="How far back, such as 30m or 6h")] = "1h",
    slo: Annotated[str, typer.Option(help="The SLO that SLO detail shows; else the worst")] = "",
    out: Annotated[Path, typer.Option(help="The file to write")] = Path("slo-preview.html"),
) -> None:
    """Draw every dashboard from live data as one page, without a Grafana."""
    try:
        length = timedelta(seconds=float(seconds(last)))
    except ValueError as error:
        raise SLOError(f"--last: {error}") from error
    platform = loaded(spec)
    found = preview(platform, prometheus, length, slo)
    out.write_text(page(platform.name, found.boards, found.at), encoding="utf-8")
    panels = list(found.panels)
    empty = [(board, one) for board, one in panels if one.empty]
    for board, one in empty:
        typer.echo(f"nothing in {board} / {one.panel.title}: {one.error or one.panel.no_data}")
    unproven = sum(one.panel.unproven for _, one in empty)
    typer.echo(
        f"{len(panels)} panels, {len(empty)} with nothing, {unproven} of them of unproven signals; written to {out}"
    )
