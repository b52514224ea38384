"""What lint finds."""

from typing import Literal, NamedTuple

Level = Literal["error", "warning", "notice"]


class Finding(NamedTuple):
    """Something to look at: where, which check, and what to do. A notice is no reason to stop."""

    level: Level
    place: str
    check: str
    message: str
