"""What can go wrong with a history.

SLOError
└── HistoryError    a store can't be opened, read or written, or a file is not what it should be
"""

from slo.errors import SLOError


class HistoryError(SLOError):
    """A store or a file of history, and why it can't be used."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"history in {where}: {reason}")
        self.where = where
        self.reason = reason


def said(error: Exception) -> str:
    """What a database says in one line, without its driver's name."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]
