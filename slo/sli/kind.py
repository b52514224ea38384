"""What all kinds of SLI share."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from slo.promql import events, query, selector, vector


class Kind(BaseModel):
    """A frozen value with a ``kind``, the ``unit`` of what it counts, and ``source(job)``: what it reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Selector = Annotated[str, AfterValidator(selector)]
Query = Annotated[str, AfterValidator(query)]
Events = Annotated[str, AfterValidator(events)]
Expression = Annotated[str, AfterValidator(vector)]
