"""Planned work: who may not be called for it, and what the report leaves out of the adjusted figures."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from slo.units import Duration


def _has_zone(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("expected a time with its offset, such as 2026-11-25T02:00:00+01:00")
    return at


class Maintenance(BaseModel):
    """Work on services (none named: on all) from ``start`` for ``length``, once or by an RRULE (RFC 5545, 3.3.10).

    A rule repeats at the local time of ``zone``. It mutes pages and tickets; what ``excludes`` is also left out of the
    adjusted figures of a report, which names the reason and the approver.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=64)
    reason: str = Field(min_length=1)
    approver: str = Field(min_length=1)
    services: tuple[str, ...] = ()
    start: Annotated[datetime, AfterValidator(_has_zone)]
    length: Duration = timedelta(hours=1)
    rrule: str = ""
    zone: str = "UTC"
    mutes: bool = True
    excludes: bool = True
