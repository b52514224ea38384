"""A review as CSV (RFC 4180): a line for each budget, for a sheet."""

import csv
import io
from collections.abc import Callable
from operator import attrgetter

from somahub.reviews.model import Review, Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_COLUMNS: dict[str, Callable[[Row], object]] = {
    "slo_id": lambda row: row.slo_id,
    "group": lambda row: " ".join(f"{name}={value}" for name, value in row.group.items()),
    "service": lambda row: row.service,
    "team": lambda row: row.team,
    "tier": lambda row: row.tier,
    "unit": lambda row: row.unit,
    "objective_percent": lambda row: row.objectives[-1].objective,
    "objective_changes": lambda row: len(row.objectives) - 1,
    "verdict": lambda row: row.adjusted.verdict,
    "certain": lambda row: row.completeness.certain,
    **{
        f"{name}_{kind}": attrgetter(f"{kind}.{name}")
        for kind in ("raw", "adjusted")
        for name in ("bad", "total", "sli", "allowed", "spent", "left")
    },
    "elapsed_seconds": lambda row: row.completeness.elapsed,
    "known_seconds": lambda row: row.completeness.known,
    "unknown_seconds": lambda row: row.completeness.unknown,
    "recovered_seconds": lambda row: row.completeness.recovered,
    "excluded_seconds": lambda row: row.completeness.excluded,
    "incidents": lambda row: " ".join(map(str, row.incidents)),
    "cause": lambda row: row.cause,
    "cause_spent": lambda row: row.cause_spent,
    "actions": lambda row: " ".join(action.action for action in row.actions),
}


def table(review: Review) -> str:
    """The text; what is unknown is empty, and what a sheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["period", *_COLUMNS])
    for row in review.rows:
        writer.writerow([review.period.name, *(_cell(column(row)) for column in _COLUMNS.values())])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
