"""What can go wrong with a spec.

SLOError
├── SpecNotFoundError   no such file, module or name
├── InvalidSpecError    a field's value is not allowed
├── InvalidPromQLError  an expression does not parse
└── FutureExclusionError in ``slo.maintenance``: what is to be left out of figures has not been
"""

import reprlib
from decimal import Decimal

from pydantic import BaseModel, ValidationError

_WIDEST = 60
_LONGEST = 300
# A document may hold itself, or more by aliases than would ever be printed.
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = _WIDEST


class SLOError(Exception):
    """Base of every error that this package raises on purpose."""


class SpecNotFoundError(SLOError):
    """The file, module or variable that should hold the spec does not exist or can't be loaded."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class InvalidSpecError(SLOError):
    """A field of the spec has a value that is not allowed."""

    def __init__(self, source: str, field: str, reason: str) -> None:
        super().__init__(f"{source}: {field}: {reason}")
        self.source = source
        self.field = field
        self.reason = reason

    @classmethod
    def from_validation(
        cls, source: str, error: ValidationError, *, titled: bool = True
    ) -> "InvalidSpecError":
        """Name the first offending field, below its model if that is ``titled``.

        pydantic lists them in the order of the model.
        """
        first = error.errors(include_url=False)[0]
        place = ".".join([error.title] * titled + [str(part)[:_WIDEST] for part in first["loc"]])
        given, reason = first["input"], first["msg"].removeprefix("Value error, ")[: 3 * _LONGEST]
        if isinstance(given, BaseModel):  # all of it would hide the reason
            return cls(source, _line(place), _line(reason))
        shown = str(given) if isinstance(given, Decimal) else _SHORT.repr(given)
        return cls(source, _line(place), _line(f"{reason} (got {shown[:_WIDEST]})"))


class InvalidPromQLError(SLOError, ValueError):
    """An expression is not PromQL, or not of the form that the field takes."""

    def __init__(self, expression: str, reason: str) -> None:
        shown = expression if len(expression) <= _LONGEST else f"{expression[:_LONGEST]}…"
        super().__init__(f"not valid PromQL: {shown!r}: {reason[:_LONGEST]}")
        self.expression = expression
        self.reason = reason


def _line(text: str) -> str:
    return " ".join(text.split())
