"""The history of a stack: ``slo collect`` on its Prometheus, for as long as the stack runs."""

import sys
from pathlib import Path

from somahub.generate import Endpoints
from somahub.stack.component import Component
from somahub.stack.ports import HISTORY, Ports

DATABASE = "history.db"


def history(spec: str, retention: str, where: Endpoints, ports: Ports, state: Path) -> Component:
    """Its process; what Prometheus kept while it was away is collected as well."""
    url = ports.url(HISTORY)
    argv = (
        *(sys.executable, "-m", "somahub", "collect", spec),
        *("--prometheus", f"http://{where.prometheus}"),
        *("--store", f"sqlite:///{state / DATABASE}"),
        *("--listen", ports.address(HISTORY)),
        *("--backfill", retention),
    )
    return Component("history", argv, {}, url, f"{url}/metrics")
