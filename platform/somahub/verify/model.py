"""What a check of the live telemetry found."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel

from somahub.verify.blind import Blind

State = Literal["ok", "quiet", "unproven", "unseen", "missing", "undeclared", "wrong"]
"""``quiet``: declared and not seen, for a good reason. ``unseen``: no series, record or span yet. ``missing``: not
known to the service at all. ``wrong``: seen, but not as declared."""

FINDINGS: tuple[State, ...] = ("missing", "unseen", "undeclared", "wrong")


class Signal(BaseModel):
    """One metric, event or span: its state, and why.

    ``seen`` counts the series of a metric, and the records and spans that came; ``blind`` is what reads it in vain.
    """

    kind: str
    name: str
    state: State
    why: tuple[str, ...] = ()
    seen: int = 0
    blind: Blind = Blind()


class ServiceReport(BaseModel):
    """One service. ``error`` says why it could not be asked; ``undeclared`` counts what else an exporter emits."""

    service: str
    url: str
    error: str = ""
    metrics: tuple[Signal, ...] = ()
    events: tuple[Signal, ...] = ()
    spans: tuple[Signal, ...] = ()
    undeclared: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """All of them."""
        return (*self.metrics, *self.events, *self.spans)


class Report(BaseModel):
    """A platform's telemetry against its spec; ``error`` says why the receiver could not be asked."""

    platform: str
    receiver: str
    error: str = ""
    services: tuple[ServiceReport, ...]

    @property
    def reached(self) -> bool:
        """Whether everything could be asked."""
        return not self.error and not any(one.error for one in self.services)

    def findings(self, *, allow_unseen: bool = False) -> Iterator[Signal]:
        """What is not as declared."""
        for service in self.services:
            for one in service.signals:
                if one.state in FINDINGS and not (allow_unseen and one.state == "unseen"):
                    yield one


def states(signals: tuple[Signal, ...]) -> Counter[State]:
    """How many are in each state."""
    return Counter(one.state for one in signals)
