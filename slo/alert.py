"""An alert that stands for itself, beside those that follow from objectives: its rule, its runbook and its proof."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from slo.burnrate import Severity
from slo.promql import query
from slo.units import Duration

# How bad, by the manual: service down or data at risk, major functionality, minor functionality, a question.
Priority = Literal["P0", "P1", "P2", "P3"]
# What an alert tells of its service: that it is not there, that users see failures (which another's outage may
# explain), or a fault of its own that nothing else explains.
Signal = Literal["down", "symptom", "cause"]


LONG = timedelta(minutes=5)
COARSE = timedelta(minutes=30)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proof(_Value):
    """Series in promtool's notation, one value a ``step``, and when the alert must fire and when it must not.

    One with a step of ``LONG`` or more is for days: it is evaluated each ``COARSE``, and looked at only then.
    https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
    """

    title: str
    series: dict[str, str]
    step: Duration = timedelta(minutes=1)
    fires: tuple[Duration, ...] = ()
    silent: tuple[Duration, ...] = ()

    @property
    def days(self) -> bool:
        """Whether it is one of days."""
        return self.step >= LONG

    @model_validator(mode="after")
    def _says_something(self) -> "Proof":
        if not self.fires and not self.silent:
            raise ValueError("expected a time in fires or in silent")
        if self.days and any(at % COARSE for at in (*self.fires, *self.silent)):
            raise ValueError(f"{self.title}: with such a step, expected times in whole half hours")
        return self


class Runbook(_Value):
    """What the person who is called needs; ``queries`` maps what one looks at to PromQL."""

    meaning: str
    impact: str
    queries: dict[str, Annotated[str, AfterValidator(query)]] = {}
    steps: tuple[str, ...] = Field(min_length=1)
    escalation: str = ""


class Alert(_Value):
    """An alerting rule of a service; its labels for routing are made from these fields.

    ``hold`` is how long the expression must be true before it fires, ``keep`` how long it fires on after it. Several
    services may have an alert of one name: all have the same severity and the same runbook.
    """

    name: str = Field(pattern=r"^[A-Z][A-Za-z0-9]*$")
    expr: Annotated[str, AfterValidator(query)]
    hold: Duration | None = None
    keep: Duration | None = None
    severity: Severity
    priority: Priority
    signal: Signal = "cause"
    summary: str
    description: str
    labels: dict[str, str] = {}
    runbook: Runbook
    proofs: tuple[Proof, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_proven_both_ways(self) -> "Alert":
        always = self.name == "Watchdog"
        if not any(p.fires for p in self.proofs) or not (always or any(p.silent for p in self.proofs)):
            raise ValueError(f"{self.name}: expected proofs of when it fires and of when it is silent")
        return self
