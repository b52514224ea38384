"""An SLI over other SLOs: a journey through several services."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from slo.sli.kind import Kind
from slo.source import Composed

Weight = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]


class Composite(Kind):
    """Error ratios of other SLOs, by id, made one.

    ``weighted``: their mean by weight, in every window. ``worst-of``: the worst of them, slice by slice.
    ``all-of``: a journey that needs every part, whose failures are taken for independent: 1 - Π(1 - ratio).
    A part without events counts as good.
    """

    kind: Literal["composite"] = "composite"
    unit: Literal["seconds"] = "seconds"
    mode: Literal["weighted", "worst-of", "all-of"]
    of: dict[str, Weight] = Field(min_length=1)

    def source(self, job: str) -> Composed:  # noqa: ARG002 - the ids say where it looks
        """The parts."""
        return Composed(self.mode, tuple(self.of.items()))


class Aggregate(Kind):
    """All groups of one SLO together; made for every SLO that has ``group_by``."""

    kind: Literal["aggregate"] = "aggregate"
    unit: Literal["requests", "events", "seconds"]
    of: str

    def source(self, job: str) -> Composed:  # noqa: ARG002 - the id says where it looks
        """The groups' own records."""
        return Composed("sum", ((self.of, Decimal(1)),))
