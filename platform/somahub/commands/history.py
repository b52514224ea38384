"""``slo history``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from collectors.history.copying import contents, copy
from collectors.history.opening import open_kept, open_store
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
        typer.echo(contents(open_kept(store)))
        return
    if file is None:
        raise SLOError(f"{action}: expected a file")
    reads = action in {"restore", "import"}
    if reads and not file.is_file():
        raise SLOError(f"{file}: no such file")
    if not reads and file.exists():
        raise SLOError(f"{file}: is there already")
    if action == "backup" and file.suffix != ".db":
        raise SLOError(f"{file}: expected a name that ends in .db; other formats are written by export")
    if action == "restore":
        kept = open_kept(f"sqlite:///{file.resolve()}")
        made = copy(kept, open_store(store), store)
    elif action == "backup":
        made = copy(open_kept(store), open_store(f"sqlite:///{file.resolve()}"), str(file))
    else:
        _exchanged(file, store, reads=reads)
        return
    typer.echo(f"read back and equal: {made}")


def _exchanged(file: Path, store: str, *, reads: bool) -> None:
    if file.suffix not in {".parquet", ".om"}:
        raise SLOError(f"{file}: expected a name that ends in .parquet or .om")
    count = _other(file, open_store(store) if reads else open_kept(store), reads=reads)
    if not count and not reads:
        file.unlink(missing_ok=True)
        raise SLOError(f"{store}: nothing is kept there")
    typer.echo(f"{count:,} slots {'added' if reads else 'written'}")


def _other(file: Path, store: Store, *, reads: bool) -> int:
    if file.suffix == ".parquet":
        # 70 MB that only this needs.
        from collectors.history import parquet  # noqa: PLC0415

        return parquet.read(file, store) if reads else parquet.write(store, file)
    from collectors.history import openmetrics  # noqa: PLC0415

    return openmetrics.read(file, store) if reads else openmetrics.write(store, file)
