"""One dashboard per service: each SLO's budget left, burn rate and error ratio."""

import json
from typing import Any

from slo import names
from slo.burnrate import SHORTEST
from slo.model import SLO, Service
from slo.rulefile import MARK
from slo.rules import series
from slo.units import number
from slo.window import phrase

_WIDTH = 8
_HEIGHT = 7
_COLUMNS = (
    (names.PERIOD_REMAINING, "budget left", "percentunit", "stat", "Share of the error budget of {w} left."),
    (names.CURRENT_BURN_RATE, "burn rate", "short", "timeseries", "1 spends the budget in exactly {w}."),
    (
        names.ratio_rate(SHORTEST),
        "error ratio",
        "percentunit",
        "timeseries",
        "Share of bad events over 5 minutes; the budget is {b}.",
    ),
)


def service_dashboard(service: Service) -> str:
    """A Grafana dashboard (classic schema) as JSON, with a uid that stays when it is generated again."""
    panels = [
        _panel(service, slo, row, column)
        for row, slo in enumerate(service.slos)
        for column in range(len(_COLUMNS))
    ]
    board = {
        "uid": f"service-{service.name}",
        "title": f"{service.label}: SLOs",
        "description": MARK,
        "tags": ["slo", service.owner],
        "schemaVersion": 39,
        "editable": False,
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": panels,
    }
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"


def _panel(service: Service, slo: SLO, row: int, column: int) -> dict[str, Any]:
    record, title, unit, kind, text = _COLUMNS[column]
    return {
        "id": row * len(_COLUMNS) + column + 1,
        "type": kind,
        "title": f"{slo.name} {number(slo.objective)} %: {title}",
        "description": text.format(w=phrase(slo.window), b=number(slo.budget)),
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit, "noValue": "no data yet"}, "overrides": []},
        "targets": [{"refId": "A", "expr": series(record, service, slo)}],
    }
