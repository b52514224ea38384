"""The pager under fire: ``python tests/benchmarks/pager_soak.py [NOTIFICATIONS] [sqlite|postgresql]``.

By default 10,000 webhooks at 200 a second, two replicas on one database of which one is killed every few seconds, and
receivers that fail three times in ten. What it guarantees is checked; figures are printed.
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "harness"))

from identityservice import postgresql
from soak import Plan, run


def main(notifications: int = 10_000, kind: str = "sqlite") -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'pager.db'}"
        if kind == "postgresql":
            url = stack.enter_context(postgresql(folder))
        found = run(Plan(notifications, rate=200, kill_every=3), folder, url)
        for name, value in found.figures().items():
            print(f"{name}: {value:,}")
        found.check()
        print("nothing lost, nothing doubled, nobody called for what was acknowledged")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]), *sys.argv[2:3])
