"""The spec: a platform of services, each with its objectives. Frozen values, validated once."""

from collections import Counter as Tally
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from slo.alert import Alert
from slo.alerting import Alerting
from slo.budgetpolicy import BudgetPolicy
from slo.burnrate import SHORTEST, BurnRate, policy
from slo.maintenance import Maintenance
from slo.oncall import OnCall
from slo.signals import Counter, DesignTarget, Event, Gauge, Histogram, Span
from slo.sli import SLI, Aggregate, Composite, HttpLatency
from slo.units import Duration, seconds
from slo.window import Calendar, Window, period

# What may not stand in ``by (…)``: numbers, and a keyword.
_NO_GROUPS = frozenset({"nan", "inf", "without"})


def _free(label: str) -> str:
    if label.startswith(("__", "slo_")):
        raise ValueError("labels that begin with __ or slo_ are taken")
    return label


def _grouping(label: str) -> str:
    if label.lower() in _NO_GROUPS:
        raise ValueError(f"PromQL can't group by {label}, which it reads as something else")
    return label


Slug = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$", max_length=128)
]
Label = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$"), AfterValidator(_free)]
Percent = Annotated[Decimal, Field(ge=50, lt=100, allow_inf_nan=False)]
GroupLabel = Annotated[Label, AfterValidator(_grouping)]
Labels = dict[Label, str]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SLO(_Value):
    """An objective in percent on one SLI, over a window: rolling (``30d``), or a ``Calendar``'s.

    The period's series of a calendar window come from the history store; burn-rate alerts are rolling in any case.
    """

    name: Slug
    objective: Percent
    window: Window = timedelta(days=30)
    sli: SLI = Field(discriminator="kind")
    description: str = ""
    group_by: tuple[GroupLabel, ...] = ()
    alerting: Alerting = Alerting()
    labels: Labels = {}

    @property
    def budget(self) -> Decimal:
        """The fraction that may be bad: 0.001 for an objective of 99.9, exactly."""
        return (100 - self.objective) / 100

    @property
    def period(self) -> timedelta:
        """The length of the window; of a calendar's, the nominal one."""
        return period(self.window)

    @property
    def policy(self) -> tuple[BurnRate, ...]:
        """The burn rates to alert on: its own, or those for its window."""
        return policy(self.period) if self.alerting.policy is None else self.alerting.policy

    @property
    def windows(self) -> tuple[timedelta, ...]:
        """The windows above the shortest whose error ratio the policy reads, rising."""
        found = {w for row in self.policy for w in (row.short, row.long)} | {timedelta(hours=1)}
        return tuple(sorted(found - {SHORTEST}))

    @model_validator(mode="after")
    def _window_is_possible(self) -> "SLO":
        if any(row.long >= self.period for row in self.policy):
            raise ValueError("alerting.policy: expected windows shorter than the SLO's own")
        return self

    @model_validator(mode="after")
    def _groups_are_possible(self) -> "SLO":
        _reject_twins("group_by label", list(self.group_by))
        if self.group_by and isinstance(self.sli, Composite):
            raise ValueError("a composite SLI has no groups of its own")
        return self


class Service(_Value):
    """A service: where it listens, who owns it, what it promises.

    Port 0: it is scraped by someone else. ``labels`` go to alerts and to ``slo_info``; ``needs`` names the services
    and dependencies without which it is not ready.
    """

    name: Slug
    title: str = ""
    port: int = Field(default=0, ge=0, lt=65536)
    owner: Slug = "unowned"
    tier: int = Field(default=2, ge=1, le=4)
    labels: Labels = {}
    slos: tuple[SLO, ...] = ()
    needs: tuple[Slug, ...] = ()
    metrics: tuple[Annotated[Counter | Gauge | Histogram, Field(discriminator="kind")], ...] = ()
    events: tuple[Event, ...] = ()
    spans: tuple[Span, ...] = ()
    design_targets: tuple[DesignTarget, ...] = ()
    alerts: tuple[Alert, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Service":
        _reject_twins("SLO id", _ids(self))
        for what, signals in {"metric": self.metrics, "event": self.events, "span": self.spans}.items():
            _reject_twins(what, [s.name for s in signals])
        _reject_twins("alert", [alert.name for alert in self.alerts])
        return self

    @model_validator(mode="after")
    def _counters_are_totals(self) -> "Service":
        bare = [m.name for m in self.metrics if isinstance(m, Counter) and not m.name.endswith("_total")]
        if bare and not isinstance(self, Dependency):
            raise ValueError(f"metrics: expected a counter's name to end in _total, got {', '.join(bare)}")
        return self

    @property
    def scraped(self) -> int:
        """The port of its metrics; 0 where someone else scrapes it."""
        return self.port

    @property
    def listens(self) -> set[str]:
        """Its ports; one that several share has the path of its own metrics."""
        return {str(self.port)} if self.port else set()

    @property
    def label(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    @property
    def latency_edges(self) -> tuple[float, ...]:
        """Bucket edges in seconds that the latency objectives need."""
        return tuple(sorted({float(s.sli.edge) for s in self.slos if isinstance(s.sli, HttpLatency)}))


class Dependency(Service):
    """What services stand on and others wrote: a database, a queue. It emits what its exporter says.

    ``port`` is its own, by ``tls`` where that is said; ``metrics_port`` is the one that is scraped, at ``metrics_path``.
    One that ``probes`` is a blackbox exporter: it says what it sees of the others, each a target of its own. One with
    ``periods`` is a history: it tells the budgets of periods that Prometheus does not keep.
    """

    metrics_port: int = Field(default=0, ge=0, lt=65536)
    metrics_path: str = Field(default="/metrics", pattern=r"^/")
    tls: bool = False
    probes: bool = False
    periods: bool = False

    @property
    def scraped(self) -> int:
        """The port of its exporter; 0 where its metrics can't be had."""
        return self.metrics_port

    @property
    def listens(self) -> set[str]:
        """Several may have their metrics at one port, by paths of their own."""
        own = super().listens
        path = "" if self.metrics_path == "/metrics" else self.metrics_path
        return own | {f"{self.metrics_port}{path}"} if self.metrics_port else own


class Platform(_Value):
    """Everything that one spec declares; dependencies are among the services."""

    name: Slug
    services: tuple[Service, ...] = Field(min_length=1)
    retention: str = "200h"
    scrape_interval: Duration = timedelta(seconds=15)
    evaluation_interval: Duration = timedelta(seconds=30)
    docs_url: str = "https://docs.example.com/slo"
    grafana_url: str = "http://127.0.0.1:10011"
    oncall: OnCall | None = None
    maintenance: tuple[Maintenance, ...] = ()
    budget_policy: BudgetPolicy = BudgetPolicy()

    @model_validator(mode="after")
    def _consistent(self) -> "Platform":
        _reject_twins("service", [s.name for s in self.services])
        _reject_twins("SLO id", [ident for service in self.services for ident in _ids(service)])
        _reject_twins("port", [address for s in self.services for address in s.listens])
        seconds(self.retention)
        self._check_composites()
        self._check_needs()
        self._check_evidence()
        self._check_alerts()
        self._check_maintenance()
        return self

    def told_by_history(self, slo: SLO) -> bool:
        """Whether a history tells an SLO's period, and no rule: a calendar's, or what a declared one keeps and Prometheus not."""
        if isinstance(slo.window, Calendar):
            return True
        kept = slo.window.total_seconds() <= seconds(self.retention)
        return not kept and any(isinstance(one, Dependency) and one.periods for one in self.services)

    def _check_evidence(self) -> None:
        known = {metric.name for service in self.services for metric in service.metrics}
        for service in self.services:
            for target in service.design_targets:
                if unknown := sorted(set(target.evidence) - known):
                    raise ValueError(
                        f"{service.name}: {target.name} has evidence that nothing declares: {', '.join(unknown)}"
                    )

    def _check_alerts(self) -> None:
        first: dict[str, tuple[str, Alert]] = {}
        for service in self.services:
            for alert in service.alerts:
                where, other = first.setdefault(alert.name, (service.name, alert))
                if (alert.severity, alert.runbook.meaning) != (other.severity, other.runbook.meaning):
                    raise ValueError(
                        f"{service.name}: alert {alert.name} has another severity or meaning than that of {where}"
                    )
            if self.oncall and service.owner not in {team.name for team in self.oncall.teams}:
                raise ValueError(f"{service.name}: owner {service.owner!r} is no team of oncall")

    def _check_maintenance(self) -> None:
        _reject_twins("maintenance", [window.name for window in self.maintenance])
        known = {s.name for s in self.services}
        for window in self.maintenance:
            if unknown := sorted(set(window.services) - known):
                raise ValueError(f"maintenance {window.name}: no service {', '.join(unknown)}")

    def _check_needs(self) -> None:
        known = {s.name for s in self.services}
        for service in self.services:
            for need in service.needs:
                if need not in known:
                    raise ValueError(f"{service.name}: needs {need!r}, which is no service of the platform")

    def _check_composites(self) -> None:
        known = {slo_id(s, o): o for s in self.services for o in s.slos}
        simple = {ident for ident, slo in known.items() if not isinstance(slo.sli, Composite)}
        for ident, slo in known.items():
            for part in slo.sli.of if isinstance(slo.sli, Composite) else ():
                if part not in simple:
                    raise ValueError(
                        f"{ident}: composite of {part!r}, which is no SLO with an SLI of its own"
                    )


def slo_id(service: Service, slo: SLO) -> str:
    """The id of an SLO, unique in a platform: ``gateway-availability``."""
    return f"{service.name}-{slo.name}"


def aggregate(service: Service, slo: SLO) -> SLO:
    """All groups of an SLO as one, by a name of its own."""
    whole = Aggregate(unit=slo.sli.unit, of=slo_id(service, slo))
    return slo.model_copy(update={"name": f"{slo.name}-all", "group_by": (), "sli": whole})


def _ids(service: Service) -> list[str]:
    own = [slo_id(service, slo) for slo in service.slos]
    return own + [slo_id(service, aggregate(service, slo)) for slo in service.slos if slo.group_by]


def _reject_twins(what: str, values: list[str]) -> None:
    twins = sorted(v for v, n in Tally(values).items() if n > 1)
    if twins:
        raise ValueError(f"{what} used twice: {', '.join(twins)}")
