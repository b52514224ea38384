"""What every value of a review is."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Frozen, and of the fields that are declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")
