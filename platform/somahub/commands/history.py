"""``slo history``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from collectors.history.copying import contents, copy
from collectors.history.opening import open_store
from collectors.history.store import Store
from slo.errors import SLOError
from somahub.commands.collect import DEFAULT_STORE, StoreURL

Action = Literal["check", "backup", "restore", "export", "import"]


def command(
    action: Annotated[
        Action,
        typer.Argument(help="check: read all of it; the others name a file: copies, or another format"),
    ],
    file: Annotated[
        Path | None, typer.Argument(help="A backup ends in .db, other formats in .parquet or .om")
    ] = None,
    *,
    store: StoreURL = DEFAULT_STORE,
) -> None:
    """Back up, restore, check, export or import what is kept; every copy is read back and compared."""
    if action == "check":
        found = contents(open_store(store))
        typer.echo(f"{found.days:,} days of slots, {found.digest}")
        return
    if file is None:
        raise SLOError(f"{action}: expected a file")
    reads = action in {"restore", "import"}
    if reads and not file.is_file():
        raise SLOError(f"{file}: no such file")
    if not reads and file.exists():
        raise SLOError(f"{file}: is there already")
    own = open_store(store)
    if action in {"backup", "restore"}:
        other = open_store(f"sqlite:///{file.resolve()}")
        made = copy(other, own, store) if reads else copy(own, other, str(file))
        typer.echo(f"{made.days:,} days of slots, read back and equal: {made.digest}")
        return
    count = _other(file, own, reads=reads)
    typer.echo(f"{count:,} slots {'added' if reads else 'written'}")


def _other(file: Path, store: Store, *, reads: bool) -> int:
    if file.suffix == ".parquet":
        # 70 MB that only this needs.
        from collectors.history import parquet  # noqa: PLC0415

        return parquet.read(file, store) if reads else parquet.write(store, file)
    if file.suffix == ".om":
        from collectors.history import openmetrics  # noqa: PLC0415

        return openmetrics.read(file, store) if reads else openmetrics.write(store, file)
    raise SLOError(f"{file}: expected a name that ends in .parquet or .om")
