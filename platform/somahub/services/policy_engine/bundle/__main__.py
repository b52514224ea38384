"""Make keys, build and check bundles: ``python -m somahub.services.policy_engine.bundle``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from somahub.services.policy_engine import bundle
from somahub.services.policy_engine.errors import PolicyEngineError
from somahub.services.policy_engine.rego import Policies

app = typer.Typer(no_args_is_help=True, add_completion=False)
_Key = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="PEM file: Ed25519 or P-256.")]


@app.command()
def keygen(private: Annotated[Path, typer.Option()], public: Annotated[Path, typer.Option()]) -> None:
    """Make an Ed25519 key; the private part is readable by its owner only."""
    secret, open_part = bundle.generate()
    private.touch(mode=0o600, exist_ok=False)
    private.write_bytes(secret)
    public.write_bytes(open_part)


@app.command()
def build(
    folder: Path,
    version: Annotated[int, typer.Option(min=1, help="Must rise with every change.")],
    key: _Key,
    out: Annotated[Path, typer.Option(help="A folder, or a file that ends in .tar.")],
) -> None:
    """Sign the policies and data of a folder, once they compile and decide."""
    sealed = bundle.seal(bundle.read(folder), version, bundle.private_key(key.read_bytes()))
    _print(bundle.unseal(sealed, bundle.private_key(key.read_bytes())))
    bundle.write(sealed, out)


@app.command()
def verify(path: Path, key: _Key) -> None:
    """Check a bundle as the engine does."""
    _print(bundle.unseal(bundle.read(path), bundle.public_key(key.read_bytes())))


def main() -> int:
    """Run one command; 1 where a bundle is refused."""
    try:
        app(standalone_mode=False)
    except PolicyEngineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except (typer.Exit, typer.Abort):
        return 0
    except typer.BadParameter as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def _print(found: bundle.Bundle) -> None:
    Policies(found.modules, found.data)
    typer.echo(f"version {found.version}, SHA-256 {found.digest}, {len(found.files)} files")


if __name__ == "__main__":
    sys.exit(main())
