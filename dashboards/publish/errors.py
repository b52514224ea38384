"""What can go wrong with a Grafana.

SLOError
└── GrafanaError        a Grafana could not be reached, or refused
"""

from slo.errors import SLOError


class GrafanaError(SLOError):
    """A Grafana could not be reached, or refused what was asked of it; ``status`` is HTTP's, 0 without an answer."""

    def __init__(self, url: str, reason: str, status: int = 0) -> None:
        super().__init__(f"Grafana at {url}: {reason}")
        self.url = url
        self.reason = reason
        self.status = status
