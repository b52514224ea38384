"""What could not be carried over."""

from typing import NamedTuple


class Note(NamedTuple):
    """A subject (an SLO's id, ``service NAME``, ``platform``), its field, and what became of it."""

    subject: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.field}: {self.reason}"


class Draft(NamedTuple):
    """Documents of a format, and what is known not to be in them."""

    documents: list[dict[str, object]]
    notes: list[Note]
