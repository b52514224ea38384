"""What ``slo up`` shows: components and SLOs, read from the stack itself."""

from typing import Any, NamedTuple

import httpx
from rich.console import Group
from rich.table import Table

from slo import names
from somahub.stack.asking import client

_SHOWN = ("alertname", names.SLO_SERVICE, names.SEVERITY, names.PRIORITY)


class Row(NamedTuple):
    """One component as it is now."""

    name: str
    url: str
    state: str
    restarts: int


# Alerts of no SLO; the one that always fires and the one that holds others back tell nobody anything.
_OWN = f'ALERTS{{alertstate="firing",{names.SLO_ID}="",alertname!~"{names.WATCHDOG}|{names.OUTAGE_OVER}"}}'


def query(prometheus: str, expression: str, label: str) -> dict[str, float]:
    """Return values by a label; nothing while Prometheus does not answer."""
    return {r["metric"].get(label, ""): float(r["value"][1]) for r in _asked(prometheus, expression)}


def view(rows: list[Row], prometheus: str, messages: list[str]) -> Group:
    """Draw the tables."""
    parts = Table("component", "URL", "state", "restarts", title="slo up")
    for row in rows:
        parts.add_row(row.name, row.url or "-", row.state, str(row.restarts))
    rate = query(prometheus, names.EVENTS_TOTAL, names.SLO_ID)
    errors = query(prometheus, "slo:sli_error:ratio_rate5m", names.SLO_ID)
    left = query(prometheus, names.PERIOD_REMAINING, names.SLO_ID)
    firing = query(prometheus, f'count by ({names.SLO_ID}) (ALERTS{{alertstate="firing"}})', names.SLO_ID)
    slos = Table("SLO", "events/s", "errors (5m)", "budget left", "alerts firing")
    for slo in sorted(rate):
        slos.add_row(
            slo,
            f"{rate[slo]:.1f}",
            f"{errors[slo]:.2%}" if slo in errors else "no traffic",
            f"{left[slo]:.2%}" if slo in left else "not yet",
            f"{firing.get(slo, 0):.0f}",
        )
    own = Table("alert firing", "of", "severity", "priority")
    found = [r["metric"] for r in _asked(prometheus, f"count by ({', '.join(_SHOWN)}) ({_OWN})")]
    for alert in sorted(tuple(labels.get(name, "") for name in _SHOWN) for labels in found):
        own.add_row(*alert)
    return Group(parts, slos, *([own] if found else []), *messages[-5:])


def _asked(prometheus: str, expression: str) -> list[dict[str, Any]]:
    try:
        answer = client().get(f"{prometheus}/api/v1/query", params={"query": expression})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
    except (httpx.HTTPError, ValueError, KeyError):
        return []
    return found
