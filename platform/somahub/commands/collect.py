"""``slo collect``."""

import logging
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from collectors.history.collector import REREAD, Collector
from collectors.history.opening import open_store
from slo.errors import SLOError
from slo.units import duration, seconds
from somahub.apply.access import headers
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.history.service import Kept, Service, regions

TOKEN = "SLO_PROMETHEUS_TOKEN"  # noqa: S105 - the name of a variable
DEFAULT_STORE = "sqlite:///slo-history.db"
StoreURL = Annotated[
    str,
    typer.Option(
        envvar="SLO_HISTORY",
        help="Where the history is: sqlite:///FILE, postgresql://…, clickhouse://… or chdb:///FOLDER",
    ),
]


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    prometheus: Annotated[
        list[str],
        typer.Option(help="[REGION=]URL[,URL]: commas between HA replicas; may be repeated for regions"),
    ],
    store: StoreURL = DEFAULT_STORE,
    once: Annotated[bool, typer.Option("--once", help="One round, and end")] = False,
    backfill: Annotated[
        str, typer.Option(help="Go back so far, as 8d; what is collected already is not read")
    ] = "",
    reread: Annotated[str, typer.Option(help="Read so much again each time, for what comes late")] = duration(
        timedelta(seconds=REREAD)
    ),
    replica_label: Annotated[
        str, typer.Option(help="The label that tells HA replicas apart where a server keeps both")
    ] = "",
    tenant: Annotated[str, typer.Option(help="The tenant, for X-Scope-OrgID")] = "",
    user: Annotated[str, typer.Option(help="User for basic authentication; the token is the password")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help=f"File with the token; else the variable {TOKEN}, if set")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, or NAME=@FILE for a secret; may be repeated")
    ] = None,
    listen: Annotated[
        str,
        typer.Option(
            help="HOST:PORT for /metrics, with slo:period_* of what rules don't tell; not with --once"
        ),
    ] = "",
    slots_for: Annotated[str, typer.Option(help="Keep slots of 5 minutes so long, then hours")] = "90d",
    keep_for: Annotated[str, typer.Option(help="Delete what is older, as 1825d; nothing: keep all")] = "",
) -> None:
    """Keep bad and total events of every SLO by 5 minutes, from Prometheus' raw samples."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it tells each attempt
    platform = loaded(spec)
    access = headers(tenant, user, token_file, header or (), os.environ, TOKEN)
    where = open_store(store)
    collector = Collector(platform, regions(prometheus, access, replica_label), where)
    kept = Kept(_span("--slots-for", slots_for), _span("--keep-for", keep_for) if keep_for else None)
    service = Service(platform, collector, where)
    back = int(_span("--backfill", backfill).total_seconds()) if backfill else 0
    again = int(_span("--reread", reread).total_seconds())
    if once or (backfill and not listen):
        begun = time.monotonic()
        done = service.once(back, again, kept)
        if done is None or done.failures:
            raise typer.Exit(1)
        typer.echo(f"{done.slots:,} slots read in {time.monotonic() - begun:.1f} s")
        return
    ended = Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: ended.set())
    close = service.listen(*_address(listen)) if listen else lambda: None
    try:
        service.run(ended, again, kept, back)
    finally:
        close()


def _span(option: str, text: str) -> timedelta:
    try:
        return timedelta(seconds=float(seconds(text)))
    except ValueError as error:
        raise SLOError(f"{option}: {error}") from error


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        raise SLOError(f"--listen: expected HOST:PORT, got {listen!r}")
    return host, int(port)
