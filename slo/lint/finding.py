"""What lint finds, and where."""

from typing import Literal, NamedTuple

from slo.lint.checks import CHECKS

Level = Literal["error", "warning", "notice"]


class Finding(NamedTuple):
    """Something to look at: where, which check, and what to do. A notice is no reason to stop.

    ``file`` is empty for what is in no file, ``line`` is None where it is not known.
    """

    level: Level
    file: str
    line: int | None
    place: str
    check: str
    message: str


class Place(NamedTuple):
    """A place in a file: ``name`` says what is there, such as ``web: HighErrors``."""

    file: str
    line: int | None
    name: str

    def found(self, check: str, message: str) -> Finding:
        """A finding here, of the level that the table of checks gives."""
        return Finding(CHECKS[check].level, self.file, self.line, self.name, check, message)

    def at(self, field: str) -> "Place":
        """The same place, of one field."""
        return self._replace(name=f"{self.name}: {field}")
