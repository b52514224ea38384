"""What can go wrong with a ruler.

SLOError
└── RulerError          a ruler could not be reached, or refused
"""

from slo.errors import SLOError


class RulerError(SLOError):
    """A ruler could not be reached, or refused what was asked of it."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"ruler at {url}: {reason}")
        self.url = url
        self.reason = reason
