"""A table in Markdown of the alerts that stand for themselves, for a page about them."""

from slo.alert import Alert
from slo.model import Platform, Service

_HEAD = "| alert | severity | priority | tells of | what | of |\n|---|---|---|---|---|---|\n"


def alert_table(platform: Platform) -> str:
    """One row for each name, in alphabetical order; several services may have an alert of one name."""
    found: dict[str, list[tuple[Service, Alert]]] = {}
    for service in platform.services:
        for alert in service.alerts:
            found.setdefault(alert.name, []).append((service, alert))
    return _HEAD + "".join(_row(name, found[name]) for name in sorted(found))


def _row(name: str, several: list[tuple[Service, Alert]]) -> str:
    _, first = several[0]
    priorities = ", ".join(sorted({alert.priority for _, alert in several}))
    signals = ", ".join(sorted({alert.signal for _, alert in several}))
    services = ", ".join(service.name for service, _ in several)
    return (
        f"| `{name}` | {first.severity} | {priorities} | {signals} | {first.runbook.meaning} | {services} |\n"
    )
