"""A signed constitution for development: the shipped one, with a key that is made here."""

from importlib.resources import files
from pathlib import Path

from somahub.services.policy_engine import bundle

VERSION = 1  # raise it with every change of the shipped files


def shipped() -> dict[str, bytes]:
    """The constitution that the package brings, without manifest and signature."""
    folder = files("somahub.services.policy_engine") / "default"
    return {name: (folder / name).read_bytes() for name in ("constitution.rego", "data.json")}


def prepare(state: Path) -> tuple[Path, Path]:
    """Sign it below ``state``, with a key that is made there once; the bundle's folder and the public key's file."""
    private, public, folder = (
        state / "development-key.pem",
        state / "development-key.pub",
        state / "constitution",
    )
    state.mkdir(parents=True, exist_ok=True)
    if not private.exists():
        private.touch(mode=0o600)
        private.write_bytes(bundle.generate()[0])
    key = private.read_bytes()
    public.write_bytes(bundle.public_pem(key))
    bundle.write(bundle.seal(shipped(), VERSION, bundle.private_key(key)), folder)
    return folder, public
