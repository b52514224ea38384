"""Five months of a small company in a history store, with what its pager knows of October 2026: what a review is made of.

``python tests/harness/company.py`` writes the examples that tests compare with.
"""

import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from alerts.paging.incident import Incident, IncidentAlert, Status
from collectors.history.sql import SQLStore
from collectors.history.store import Key, Objective, Store, Stored
from slo import (
    SLO,
    BudgetPolicy,
    Calendar,
    Composite,
    Email,
    Escalation,
    HttpAvailability,
    HttpLatency,
    Maintenance,
    OnCall,
    Person,
    Platform,
    Ratio,
    Rotation,
    Service,
    Step,
    Team,
    Uptime,
)
from slo.slots import SLOT, Slots
from somahub.reviews.build import Builder, Evidence
from somahub.reviews.evidence import Capacity, Certificate, Durability, Metric
from somahub.reviews.markdown import markdown
from somahub.reviews.model import Review
from somahub.reviews.periods import named

EXAMPLE = Path(__file__).parents[1] / "somahub/reviews/example.json"
BERLIN = "Europe/Berlin"
DAY = 86400
FIRST = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)

_MONTH = Calendar(unit="month", zone=BERLIN)
MOVE = Maintenance(
    name="database-move",
    reason="The orders database moved to new disks.",
    approver="vera",
    services=("shop",),
    start="2026-10-18T02:00:00+02:00",
    length="90m",
)


def _team(name: str, title: str) -> Team:
    return Team(name=name, title=title, escalation=name, tickets=("mail",))


def company(*maintenance: Maintenance) -> Platform:
    teams = (_team("web", "Web shop"), _team("data", "Data & search"))
    shop = Service(
        name="shop",
        title="Web shop",
        port=8080,
        owner="web",
        tier=1,
        slos=(
            SLO(
                name="availability",
                objective="99.9",
                window=_MONTH,
                sli=HttpAvailability(),
                description="Orders and pages that are answered.",
            ),
            SLO(name="latency", objective="95", window=_MONTH, sli=HttpLatency(below="200ms")),
            SLO(
                name="payments",
                objective="99.5",
                window=_MONTH,
                group_by=("provider",),
                sli=Ratio(bad="payments_failed_total", total="payments_total"),
            ),
        ),
    )
    search = Service(
        name="search",
        title="Search <all of it>",
        port=8081,
        owner="data",
        slos=(
            SLO(name="uptime", objective="99.95", sli=Uptime()),
            SLO(
                name="fresh",
                objective="99",
                sli=Ratio(bad="index_late_total", total="index_total"),
                window="7d",
            ),
        ),
    )
    journey = Service(
        name="journey",
        owner="web",
        tier=1,
        slos=(
            SLO(
                name="buying",
                objective="99.5",
                sli=Composite(mode="weighted", of={"shop-availability": 3, "search-uptime": 1}),
            ),
        ),
    )
    backups = Service(
        name="backups",
        owner="data",
        slos=(
            SLO(name="rpo", objective="99", sli=Uptime(probe="backup_young")),
            SLO(name="rto", objective="99", sli=Ratio(bad="drills_late_total", total="drills_total")),
        ),
    )
    return Platform(
        name="my-company",
        services=(shop, search, journey, backups),
        maintenance=maintenance,
        budget_policy=BudgetPolicy(),
        oncall=OnCall(
            people=(Person(name="ada", title="Ada", receivers=("mail",)),),
            rotations=(Rotation(name="all", people=("ada",), start=date(2025, 1, 6), zone=BERLIN),),
            escalations=tuple(
                Escalation(name=team.name, steps=(Step(title="On-call engineer", notify=("all",)),))
                for team in teams
            ),
            receivers=(Email(name="mail", to="oncall@example.com"),),
            teams=teams,
        ),
    )


def fill(store: Store) -> None:
    """Traffic by day and night; an outage on 12 October, another in maintenance, a gap, a region that is worse."""
    dice = np.random.default_rng(7)
    regions = (("eu", 1.0), ("us", 0.4))
    for region, share in regions:
        whole = _traffic(dice, 400 * share, 0.0002 if region == "eu" else 0.0006)
        _outage(whole, "2026-10-12T14:10", 50, 0.45)
        _outage(whole, "2026-10-18T00:20", 40, 0.6)
        _outage(whole, "2026-07-03T08:00", 120, 0.3)
        _gap(whole, "2026-10-22T03:00", 180, told=True)
        store.write([Stored(Key("shop-availability", (), region), whole)], {})
    store.write([Stored(Key("shop-latency"), _traffic(dice, 560, 0.021))], {})
    for provider, bad in (("card", 0.0011), ("invoice", 0.0002)):
        one = _traffic(dice, 30, bad)
        if provider == "card":
            _outage(one, "2026-10-05T18:00", 150, 0.8)
        store.write([Stored(Key("shop-payments", (("provider", provider),)), one)], {})
    up = _traffic(dice, 0, 0, seconds=True)
    _outage(up, "2026-10-27T01:30", 9, 1.0)
    _gap(up, "2026-10-09T10:00", 40, told=False)
    store.write([Stored(Key("search-uptime", unit="seconds"), up)], {})
    young = _traffic(dice, 0, 0, seconds=True)
    _outage(young, "2026-10-14T23:00", 25, 1.0)
    store.write([Stored(Key("backups-rpo", unit="seconds"), young)], {})
    changed = int(datetime(2026, 10, 15, tzinfo=UTC).timestamp())
    store.promise({"shop-latency": Objective(0, Decimal(97), str(_MONTH))})
    store.promise({"shop-latency": Objective(changed, Decimal(95), str(_MONTH))})


def incidents() -> list[Incident]:
    """As the pager keeps them."""
    return [
        _incident(
            41,
            "web",
            "Web shop: the error budget of payments burns too fast",
            {"slo_id": "shop-payments", "slo_service": "shop", "provider": "card"},
            ("2026-10-05T18:12", 11, 151),
        ),
        _incident(
            42,
            "web",
            "Web shop: the error budget of availability burns too fast",
            {"slo_id": "shop-availability", "slo_service": "shop"},
            ("2026-10-12T14:14", 4, 52),
        ),
        _incident(
            43, "data", "Search is down", {"slo_service": "search"}, ("2026-10-27T01:33", None, 9), by="pager"
        ),
        _incident(
            44,
            "data",
            "Backups: a backup is too old",
            {"slo_id": "backups-rpo", "slo_service": "backups"},
            ("2026-10-14T23:20", 600, 610),
            severity="ticket",
        ),
    ]


def evidence() -> Evidence:
    at = datetime(2026, 10, 31, 23, tzinfo=UTC)
    return Evidence(
        durability=(
            Durability(
                service="backups",
                name="durability",
                target="99.999999999 % of objects a year",
                means="erasure coding and replication; no sample of any size measures it",
                evidence=(
                    Metric(
                        name="objects_verified_total",
                        help="Restored content was right.",
                        value=48210,
                        known=720000,
                    ),
                    Metric(name="objects_lost_total", help="Could not be restored.", value=0, known=720000),
                    Metric(name="heal_errors_total", help="Could not be healed.", value=None, known=0),
                ),
            ),
        ),
        capacity=(
            Capacity(
                service="node",
                what="memory",
                mean=0.52,
                peak=0.71,
                last=0.66,
                known=720000,
                full_at=datetime(2027, 2, 3, tzinfo=UTC),
            ),
            Capacity(service="node", what="disk", mean=0.4, peak=0.43, last=0.43, known=720000, full_at=None),
            Capacity(service="redis", what="memory", mean=None, peak=None, last=None, known=0, full_at=None),
        ),
        certificates=(
            Certificate(
                source="endpoint shop:443",
                name="shop.example.com",
                expires=at + timedelta(days=21),
                left=21 * 86400,
            ),
            Certificate(
                source="file api.pem",
                name="api.example.com",
                expires=at + timedelta(days=200),
                left=200 * 86400,
            ),
        ),
    )


def review(store: Store, *maintenance: Maintenance, name: str = "2026-10") -> Review:
    """The month of Berlin, as told on 3 November."""
    period = named(name, BERLIN, NOW)
    builder = Builder(company(*maintenance), store, incidents())
    return builder.review(period, (one for rows in builder.rows(period) for one in rows), evidence())


def _traffic(dice: np.random.Generator, rate: float, bad: float, *, seconds: bool = False) -> Slots:
    size = (LAST - FIRST) // SLOT
    known = np.full(size, float(SLOT))
    if seconds:
        return Slots(FIRST, np.zeros(size), known.copy(), known, np.zeros(size))
    hours = (FIRST + SLOT * np.arange(size)) % DAY / 3600
    total = np.floor(rate * (1 + 0.8 * np.sin((hours - 8) / 24 * 2 * np.pi))) + 1
    failed = dice.binomial(total.astype(np.int64), bad).astype(np.float64)
    return Slots(FIRST, failed, total, known, np.zeros(size))


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def _span(moment: str, minutes: int) -> slice:
    first = (int(_at(moment).timestamp()) - FIRST) // SLOT
    return slice(first, first + -(-minutes * 60 // SLOT))


def _outage(slots: Slots, moment: str, minutes: int, share: float) -> None:
    within = _span(moment, minutes)
    slots.bad[within] = np.floor(slots.total[within] * share)


def _gap(slots: Slots, moment: str, minutes: int, *, told: bool) -> None:
    within = _span(moment, minutes)
    if told:
        for column in (slots.bad, slots.total):
            column[within.stop] += column[within].sum()
        slots.recovered[within.stop] = slots.known[within].sum()
    for column in (slots.bad, slots.total, slots.known):
        column[within] = 0


def _incident(  # noqa: PLR0913 - what tells one from another
    number: int,
    team: str,
    title: str,
    labels: dict[str, str],
    times: tuple[str, int | None, int],
    *,
    by: str = "ada",
    severity: str = "page",
) -> Incident:
    begun = _at(times[0])
    taken = None if times[1] is None else begun + timedelta(minutes=times[1])
    ended = begun + timedelta(minutes=times[2])
    return Incident(
        id=f"i{number}",
        number=number,
        team=team,
        title=title,
        severity="ticket" if severity == "ticket" else "page",
        priority="P2" if severity == "ticket" else "P1",
        status=Status.RESOLVED,
        alerts=(
            IncidentAlert(
                fingerprint=f"f{number}",
                labels=labels,
                annotations={"summary": title},
                started=begun,
                ended=ended,
            ),
        ),
        created=begun + timedelta(seconds=30),
        acknowledged=taken,
        acknowledged_by="ada" if taken else "",
        resolved=ended,
        resolved_by=by,
    )


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="slo-review-") as folder,
        closing(SQLStore(f"sqlite:///{folder}/history.db")) as store,
    ):
        fill(store)
        found = review(store, MOVE)
        EXAMPLE.write_text(found.model_dump_json() + "\n", encoding="utf-8")
        EXAMPLE.with_suffix(".md").write_text(markdown(found), encoding="utf-8")


if __name__ == "__main__":
    main()
