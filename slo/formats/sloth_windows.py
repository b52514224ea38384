"""Catalogues of Sloth's alert windows (``AlertWindows``), and the period that follows from them.

Source: slok/sloth 0.16, ``pkg/prometheus/alertwindows/v1``. A Sloth spec has no period of its own: Sloth is told one
when it is started, and takes the catalogue of that period.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from slo.alerting import Alerting
from slo.burnrate import BurnRate, burn_rate
from slo.formats.document import Document, Strict
from slo.units import Duration, duration
from slo.window import Rolling

API = "sloth.slok.dev/v1"
KIND = "AlertWindows"
USUAL = timedelta(days=30)


class _Window(Strict):
    error_budget_percent: Decimal = Field(gt=0, le=100)
    short_window: str
    long_window: str


class _Windows(Strict):
    quick: _Window
    slow: _Window


class _Catalogue(Strict):
    slo_period: Duration
    page: _Windows
    ticket: _Windows


class _AlertWindows(Strict):
    api_version: str
    kind: str
    spec: _Catalogue


class _Period(BaseModel):
    """Checks that a period can be an SLO's window."""

    model_config = ConfigDict(title="AlertWindows")

    period: Rolling


class Period(NamedTuple):
    """The window of Sloth's SLOs, the rows of its catalogue (none: the built-in ones), and what is to be said."""

    length: timedelta = USUAL
    rows: tuple[BurnRate, ...] | None = None
    notes: tuple[str, ...] = ()


def period(catalogues: list[Document]) -> Period:
    """A catalogue of 30 days replaces the built-in one; a lone catalogue of another period says that it is in use."""
    found: dict[timedelta, tuple[BurnRate, ...]] = {}
    for document in catalogues:
        length, rows = _read(document)
        if length in found:
            raise document.wrong("spec.sloPeriod", f"a second catalogue for {duration(length)}")
        found[length] = rows
    if USUAL in found:
        return Period(USUAL, found[USUAL])
    if len(found) == 1:
        ((length, rows),) = found.items()
        note = f"Sloth's SLOs beside it are over {duration(length)}, as with --default-slo-period"
        return Period(length, rows, (f"{catalogues[0].place}: spec.sloPeriod: {note}",))
    if found:
        note = f"one of several catalogues; Sloth's SLOs beside them are over {duration(USUAL)}, as usual"
        return Period(notes=tuple(f"{document.place}: spec.sloPeriod: {note}" for document in catalogues))
    return Period()


def _read(document: Document) -> tuple[timedelta, tuple[BurnRate, ...]]:
    spec = document.read(_AlertWindows).spec
    length = document.build("spec.sloPeriod", _Period, {"period": spec.slo_period}).period
    rows = (
        _row(document, "page", "quick", spec.page.quick, length),
        _row(document, "page", "slow", spec.page.slow, length),
        _row(document, "ticket", "quick", spec.ticket.quick, length),
        _row(document, "ticket", "slow", spec.ticket.slow, length),
    )
    document.build("spec", Alerting, {"policy": rows})
    return length, rows


def _row(
    document: Document, severity: Literal["page", "ticket"], speed: str, row: _Window, length: timedelta
) -> BurnRate:
    try:
        return burn_rate(severity, row.short_window, row.long_window, row.error_budget_percent, length)
    except (ValueError, ArithmeticError) as error:
        reason = str(error) if isinstance(error, ValueError) else "expected windows of 5m or longer"
        raise document.wrong(f"spec.{severity}.{speed}", reason) from error
