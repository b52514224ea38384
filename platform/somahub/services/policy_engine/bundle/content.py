"""The files of a bundle as bytes by name: read once, so that what is verified is what is used."""

import io
import tarfile
from pathlib import Path

from somahub.services.policy_engine.errors import BundleError

_LARGEST = 16 * 1024 * 1024  # bytes of a whole bundle


def read(path: Path) -> dict[str, bytes]:
    """Read a folder or a tar file; hidden files, such as those of a mounted ConfigMap, are no part of it."""
    try:
        if path.is_dir():
            found = [p for p in sorted(path.iterdir()) if not p.name.startswith(".")]
            _bounded(sum(p.stat().st_size for p in found))
            return {p.name: p.read_bytes() for p in found}
        _bounded(path.stat().st_size)
        return unpack(path.read_bytes())
    except OSError as error:
        raise BundleError("missing", f"{path}: {error.strerror or error}") from error


def unpack(archive: bytes) -> dict[str, bytes]:
    """Read a tar file; nothing is written anywhere."""
    content: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                name = member.name.removeprefix("./")
                if member.isdir() and name in {"", "."}:
                    continue
                if file is None or name in content:
                    raise BundleError("invalid", f"{name}: expected each file once, and no links or folders")
                content[name] = file.read()
    except tarfile.TarError as error:
        raise BundleError("invalid", f"expected a folder or a tar file: {error}") from error
    return content


def pack(content: dict[str, bytes]) -> bytes:
    """Make a tar file, the same bytes for the same content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in sorted(content.items()):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def write(content: dict[str, bytes], path: Path) -> None:
    """Write a tar file, or a folder where the name does not end in ``.tar``; the manifest comes last."""
    if path.suffix == ".tar":
        beside = path.with_suffix(".tar.new")
        beside.write_bytes(pack(content))
        beside.replace(path)
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, data in sorted(content.items(), key=lambda item: item[0].startswith("manifest.")):
        (path / name).write_bytes(data)


def _bounded(size: int) -> None:
    if size > _LARGEST:
        raise BundleError("invalid", f"expected at most {_LARGEST} bytes, got {size}")
