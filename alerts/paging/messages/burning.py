"""How an error budget burns, by the annotations of an alert on it (``alerts.burn``)."""

import math
from datetime import timedelta

from alerts.paging.incident import IncidentAlert
from alerts.paging.messages.named import Named
from alerts.paging.messages.words import figure, length, percent, plain
from slo import names

# The pager's own: what was left of the budget by the notification that the alert is over.
LEFT_AT_END = f"{names.BUDGET_LEFT}_at_end"


def burning(alert: IncidentAlert) -> list[Named]:
    """What fails, how fast the budget burns and what is left; nothing for an alert that isn't about a budget."""
    objective, failing, left, empty = (
        _figure(alert, name)
        for name in (names.OBJECTIVE_PERCENT, names.ERROR_RATIO, names.BUDGET_LEFT, names.BUDGET_EMPTY_IN)
    )
    if objective is None or failing is None or not 0 < objective < 100:  # noqa: PLR2004 - percent
        return []
    budget = 1 - objective / 100
    unit, window = (plain(alert.annotations.get(name, ""), 50) for name in (names.UNIT, names.WINDOW))
    return [
        Named(
            "Fails now",
            f"{percent(failing)} of {unit or 'events'}; the objective of {figure(objective, 6)} % over {window} "
            f"allows {percent(budget)}",
        ),
        Named("Burn rate", f"{figure(failing / budget)} times what the budget allows"),
        Named("Budget left", _left(left, empty)),
    ]


def cost(alert: IncidentAlert) -> str:
    """What an alert that is over took of its budget; empty where nothing tells."""
    before, after = _figure(alert, names.BUDGET_LEFT), _figure(alert, LEFT_AT_END)
    if before is None or after is None:
        return ""
    slo = plain(alert.labels.get(names.SLO_NAME, ""), 100)
    return f"{percent(max(before - after, 0))} of the error budget of {slo}, which has {percent(max(after, 0))} left"


def _left(left: float | None, empty: float | None) -> str:
    if left is None:
        return ""
    if left <= 0:
        return f"none: {percent(-left)} more than it was is spent"
    lasts = f"; at the last hour's rate it is empty in {length(timedelta(seconds=empty))}" if empty else ""
    return f"{percent(left)}{lasts}"


def _figure(alert: IncidentAlert, name: str) -> float | None:
    """A figure of an annotation; None for what isn't one, as anybody may send annotations."""
    try:
        value = float(alert.annotations.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e9 else None  # noqa: PLR2004 - decades, in seconds
