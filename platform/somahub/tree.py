"""A folder of generated files: written whole or not at all, compared, and cleaned of what is generated no more."""

from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from slo.errors import SLOError
from slo.rulefile import MARK


class Difference(NamedTuple):
    """How a file of a folder is not what the spec says: ``missing``, ``differs`` or ``stale``."""

    kind: str
    path: str


def write(contents: Mapping[str, str], out: Path) -> None:
    """Write the files below ``out``; those that are already so are left alone.

    All are first written beside their places and then renamed, so that a full disk or a folder that can't be
    written leaves what was there, and no reader ever sees half a file. Raises ``SLOError``.
    """
    changed = {d.path: contents[d.path] for d in differences(contents, out)}
    done: list[str] = []
    fresh = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".slo-", dir=out) as folder:
            staged = Path(folder)
            for name, text in changed.items():
                path = staged / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            for name in changed:
                (out / name).parent.mkdir(parents=True, exist_ok=True)
                if (out / name).is_dir():
                    raise IsADirectoryError(None, "expected a file, found a folder", str(out / name))
            for name in changed:
                (staged / name).replace(out / name)
                done.append(name)
    except OSError as error:
        if fresh and out.is_dir() and not any(out.iterdir()):
            out.rmdir()
        written = f"{len(done)} of {len(changed)} files were" if done else "nothing was"
        raise SLOError(f"{error.filename or out}: {error.strerror}; {written} written") from error


def differences(contents: Mapping[str, str], out: Path) -> list[Difference]:
    """Files that are missing below ``out``, or are there with other content."""
    found = []
    for name, text in contents.items():
        path = out / name
        if not path.is_file():
            found.append(Difference("missing", name))
        elif _content(path) != text.encode():
            found.append(Difference("differs", name))
    return found


def stale(contents: Mapping[str, str], out: Path, folders: Collection[str]) -> list[Difference]:
    """Files directly in these folders below ``out`` that were generated once and aren't any more."""
    return [
        Difference("stale", name)
        for folder in sorted(folders)
        for path in sorted((out / folder).glob("*"))
        if path.is_file() and (name := f"{folder}/{path.name}") not in contents and _generated(path)
    ]


def prune(found: Collection[Difference], out: Path) -> None:
    """Remove stale files; their folders stay."""
    for one in found:
        try:
            (out / one.path).unlink()
        except OSError as error:
            raise SLOError(f"{out / one.path}: {error.strerror}") from error


def _generated(path: Path) -> bool:
    return MARK.encode() in _content(path)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SLOError(f"{path}: {error.strerror}") from error
