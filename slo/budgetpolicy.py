"""The error budget policy: what is due when how much of a budget is spent.

Source: Google, The Site Reliability Workbook, appendix B, "Example Error Budget Policy".
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Action = Literal["notify", "review", "freeze"]
"""``freeze`` stops deploys but those that mend; ``review`` puts the SLO on the next review; ``notify`` tells the owner."""


class BudgetRule(BaseModel):
    """An action that is due from a percentage of the budget on, for services of some tiers (none named: all)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spent: Annotated[Decimal, Field(gt=0, le=1000, allow_inf_nan=False)]
    action: Action
    tiers: tuple[Annotated[int, Field(ge=1, le=4)], ...] = ()
    text: str = ""


class BudgetPolicy(BaseModel):
    """Rules; the default ones are those of the source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[BudgetRule, ...] = (
        BudgetRule(spent=Decimal(75), action="review", text="Half the sprint goes to what spent it."),
        BudgetRule(spent=Decimal(100), action="freeze", text="Only what mends reliability is deployed."),
    )

    def due(self, spent: float | None, tier: int) -> tuple[BudgetRule, ...]:
        """The rules that are due, in order of what was spent; none while nothing is known."""
        if spent is None:
            return ()
        found = (r for r in self.rules if spent * 100 >= float(r.spent) and (not r.tiers or tier in r.tiers))
        return tuple(sorted(found, key=lambda rule: rule.spent))
