"""A report as one HTML file that needs nothing else: its charts' script is inside."""

from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from somahub.reports.chart import burn_down
from somahub.reports.model import Report, Row
from somahub.vega import bundle

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_UNKNOWN = "unknown"


def page(report: Report) -> str:
    """The report for people."""
    environment = Environment(
        loader=PackageLoader("somahub.reports", "."), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(
        moment=moment, count=count, percent=percent, measured=measured, sli=sli, verdict=verdict
    )
    return environment.get_template("page.html.j2").render(
        report=report, chart=burn_down(report), bundle=bundle()
    )


def moment(at: datetime) -> str:
    """A time to the second, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def count(value: float) -> str:
    """Whole events or seconds, with thousands apart."""
    return f"{value:,.0f}"


def percent(fraction: float | None) -> str:
    """A fraction with two decimals; what is not known has no number."""
    return _UNKNOWN if fraction is None else f"{fraction:.2%}".replace("%", " %")


def measured(row: Row) -> str:
    """How much of its window an SLO's figures stand for."""
    unit, size = next((u, s) for u, s in _UNITS if row.known >= 2 * s or s == 1)
    return f"{row.known / size:.0f} {unit} of {row.window}"


def sli(row: Row) -> str:
    """The SLI with one decimal more than its objective, never rounded up: a miss must not look like a hit."""
    if row.sli is None:
        return "no events" if row.known else _UNKNOWN
    digits = max(2, -int(Decimal(str(row.objective)).normalize().as_tuple().exponent) + 1)
    exact = Decimal(row.good) / Decimal(row.total) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR)} %"


def verdict(row: Row) -> str:
    """Whether what is known of the window fits into its budget."""
    if row.budget_left is None:
        return _UNKNOWN
    return "in budget" if row.budget_left >= 0 else "overspent"
