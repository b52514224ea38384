"""How an SLO alerts: which rows of which policy, and what else must hold."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from slo.burnrate import SHORTEST, BurnRate
from slo.units import Duration

_LARGEST = 10**12
SpentPercent = Annotated[Decimal, Field(gt=0, le=1000, allow_inf_nan=False)]


def _not_ours(label: str) -> str:
    if label in {"alertname", "severity"} or label.startswith("slo_"):
        raise ValueError("alertname, severity and labels that begin with slo_ are taken: routes rely on them")
    return label


class Notice(BaseModel):
    """How one severity is told: another alert name, more or other labels and annotations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^([a-zA-Z_][a-zA-Z0-9_]*)?$")] = ""
    labels: dict[Annotated[str, AfterValidator(_not_ours)], str] = {}
    annotations: dict[str, str] = {}


class Alerting(BaseModel):
    """What an SLO alerts on; the defaults are the policy for its window.

    ``policy`` replaces the rows; ``page`` and ``ticket`` switch a severity off or
    tell it otherwise. ``min_events`` and
    ``min_failures`` must have been seen within the long window, so that one failed request of a quiet service
    pages nobody. ``hold`` and ``keep_firing_for`` are those of Prometheus. ``budget_spent`` are percentages of
    the budget at which a ticket is opened; ``empty_within`` opens one when the rate of the longest window would
    spend the rest so soon.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: tuple[BurnRate, ...] | None = None
    page: Notice | bool = True
    ticket: Notice | bool = True
    min_events: int = Field(default=0, ge=0)
    min_failures: int = Field(default=0, ge=0)
    hold: Duration | None = None
    keep_firing_for: Duration | None = None
    budget_spent: tuple[SpentPercent, ...] = (Decimal(50), Decimal(75), Decimal(100))
    empty_within: Duration | None = timedelta(days=3)

    @model_validator(mode="after")
    def _possible(self) -> "Alerting":
        for row in self.policy or ():
            if not SHORTEST <= row.short < row.long or row.short % SHORTEST or row.long % SHORTEST:
                raise ValueError("policy: expected windows of whole 5 minutes, the short below the long")
            if row.factor > _LARGEST:
                raise ValueError("policy: expected factors below a trillion")
            if row.factor < 1:
                raise ValueError("policy: expected factors of 1 or more: below it, the objective is met")
        if list(self.budget_spent) != sorted(set(self.budget_spent)):
            raise ValueError("budget_spent: expected rising percentages")
        return self
