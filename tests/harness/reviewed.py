"""Reviews of any size, the same each time: one budget in ten is missed or at risk, for causes that are told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from somahub.reviews.evidence import Capacity, Certificate, Durability, Metric
from somahub.reviews.incidents import Cost, Incident
from somahub.reviews.model import (
    Action,
    Completeness,
    Curve,
    DataRange,
    Day,
    Exclusion,
    Figures,
    Forecast,
    Hour,
    Month,
    Objective,
    Period,
    Region,
    Review,
    Row,
    Team,
    sealed,
)

# October in Berlin: its clocks change in it.
START = datetime(2026, 9, 30, 22, tzinfo=UTC)
END = datetime(2026, 10, 31, 23, tzinfo=UTC)
HOURS = int((END - START) / timedelta(hours=1))
_SERVICES = ("gateway", "orchestrator", "identity", "policy-engine", "memory-gateway", "tool-service")
_NAMES = ("availability", "latency-p95", "latency-p99", "uptime", "freshness")
_TEAMS = ("platform", "data", "security")
_CAUSES = ("Redis is down", "A release that was rolled back", "Qdrant is slow under <load>")


def review(budgets: int = 24, missed: int = 3) -> Review:
    """A month with that many budgets, ``missed`` of them missed."""
    random = Random(f"{budgets} {missed}")  # noqa: S311 - no secret
    rows = tuple(_row(index, _standing(index, missed), random) for index in range(budgets))
    return sealed(
        Review(
            platform="soma-agent-hub",
            period=Period(
                kind="month",
                name="2026-10",
                zone="Europe/Berlin",
                start=START,
                end=END,
                at=END,
                running=False,
            ),
            data=DataRange(first=START, last=END - timedelta(minutes=5)),
            unknown_time="ignore",
            teams=tuple(_team(team, rows) for team in _TEAMS),
            rows=rows,
            incidents=tuple(_incident(index, rows) for index in range(len(_CAUSES))),
            exclusions=(
                Exclusion(
                    name="database-upgrade",
                    reason="PostgreSQL to 18",
                    approver="Tara",
                    services=("gateway", "identity"),
                    spans=((START + timedelta(days=9, hours=2), START + timedelta(days=9, hours=3)),),
                    seconds=3600,
                ),
            ),
            recovery=(rows[-1].slo_id,),
            durability=(
                Durability(
                    service="minio",
                    name="durability",
                    target="99.999999999 %",
                    means="Two copies and a daily check of every object's hash",
                    evidence=(
                        Metric(
                            name="soma_backup_objects_checked",
                            help="Objects whose hash was read back",
                            value=48210,
                            known=600000,
                        ),
                        Metric(
                            name="soma_backup_objects_lost",
                            help="Objects that could not be read",
                            value=None,
                            known=0,
                        ),
                    ),
                ),
            ),
            capacity=(
                Capacity(
                    service="postgresql",
                    what="disk",
                    mean=0.61,
                    peak=0.74,
                    last=0.73,
                    known=700000,
                    full_at=END + timedelta(days=51),
                ),
                Capacity(
                    service="qdrant",
                    what="memory",
                    mean=0.4,
                    peak=0.52,
                    last=0.41,
                    known=700000,
                    full_at=None,
                ),
                Capacity(
                    service="redis", what="memory", mean=None, peak=None, last=None, known=0, full_at=None
                ),
            ),
            certificates=(
                Certificate(
                    source="blackbox",
                    name="hub.example.org",
                    expires=END + timedelta(days=12),
                    left=12 * 86400.0,
                ),
            ),
        )
    )


def _standing(index: int, missed: int) -> str:
    if index < missed:
        return "missed"
    return {missed: "at risk", missed + 1: "unknown"}.get(index, "at risk" if index % 15 == 14 else "met")


def _row(index: int, standing: str, random: Random) -> Row:
    service, name = _SERVICES[index % 6], _NAMES[index // 6 % 5]
    group = {"region": f"region-{index // 30}"} if index >= 30 else {}
    objective = Decimal("99.9") if name != "latency-p95" else Decimal(95)
    budget = float(100 - objective) / 100
    total = random.randrange(2_000_000, 90_000_000)
    spent = {
        "missed": random.uniform(1.02, 4.5),
        "at risk": random.uniform(0.76, 0.98),
        "met": random.uniform(0, 0.6),
    }.get(standing)
    adjusted = _figures(total, budget, spent)
    raw = adjusted if index % 4 or spent is None else _figures(total + 40_000, budget, spent + 0.11)
    cause = index % len(_CAUSES)
    jump = (4 + 7 * cause) * 24 + 9 if standing == "missed" else random.randrange(HOURS // 5, HOURS - 30)
    curve = _curve(spent, jump)
    return Row(
        slo_id=f"{service}-{name}",
        service=service,
        name=name,
        description=f"Requests to {service} that are answered as promised",
        team=_TEAMS[index % 3],
        tier=1 + index % 3,
        group=group,
        kind="requests",
        of=(),
        unit="requests",
        window="30d",
        objectives=(
            *((Objective(since=None, objective=Decimal("99.5"), window="30d"),) if index == 1 else ()),
            Objective(
                since=START + timedelta(days=14) if index == 1 else None, objective=objective, window="30d"
            ),
        ),
        raw=raw,
        adjusted=adjusted,
        completeness=Completeness(
            elapsed=HOURS * 3600.0,
            known=HOURS * 3600.0 * (0.2 if standing == "unknown" else 0.997),
            unknown=HOURS * 3600.0 * (0.8 if standing == "unknown" else 0.003),
            recovered=600.0,
            excluded=3600.0 if raw is not adjusted else 0.0,
            certain=standing != "unknown",
        ),
        months=tuple(_month(back, total, budget, spent, random) for back in range(12)),
        burn_down=None
        if spent is None
        else Curve(step=7 * 3600, raw=tuple(x - 0.02 for x in curve), adjusted=curve),
        days=(),
        worst_days=()
        if not spent
        else tuple(
            Day(date=date(2026, 10, 3 + d), bad=400.0 * (3 - d), total=90_000, spent=spent / (d + 2), known=1)
            for d in range(3)
        ),
        worst_hours=()
        if not spent
        else tuple(
            Hour(start=START + timedelta(hours=jump + h), bad=300, total=4000, spent=spent / (h + 3))
            for h in range(3)
        ),
        regions=()
        if index
        else tuple(Region(region=r, known=0.99, raw=raw, adjusted=adjusted) for r in ("eu", "us")),
        incidents=(cause + 1,) if standing == "missed" else (),
        actions=()
        if spent is None or spent < 0.75
        else (
            Action(action="review", spent=Decimal(75), text="Half the sprint goes to what spent it."),
            *(
                (
                    Action(
                        action="freeze",
                        spent=Decimal(100),
                        text="Only what mends reliability is deployed.",
                    ),
                )
                if spent >= 1
                else ()
            ),
        ),
        forecast=Forecast(low=-0.1, middle=0.05, high=0.2, empty_at=None) if standing == "at risk" else None,
        cause=f"Incident {cause + 1}: {_CAUSES[cause]}" if standing == "missed" else "",
        cause_spent=None if standing != "missed" or spent is None else spent * 0.8,
    )


def _figures(total: float, budget: float, spent: float | None) -> Figures:
    if spent is None:
        return Figures(bad=0, total=0, sli=None, allowed=None, spent=None, left=None, verdict="unknown")
    bad = round(total * budget * spent)
    return Figures(
        bad=bad,
        total=total,
        sli=1 - bad / total,
        allowed=total * budget,
        spent=spent,
        left=1 - spent,
        verdict="missed" if spent > 1 else "met",
    )


def _curve(spent: float | None, jump: int) -> tuple[float, ...]:
    spent = spent or 0
    return tuple(
        1 - spent * (0.2 * h / HOURS + 0.8 * min(max(h - jump, 0), 5) / 5) for h in range(7, HOURS + 7, 7)
    )


def _month(back: int, total: float, budget: float, spent: float | None, random: Random) -> Month:
    value = spent if back == 11 else None if back < 2 else random.uniform(0.05, 1.15)
    figures = _figures(total, budget, value)
    year, month = divmod(2026 * 12 + 9 - 11 + back, 12)
    return Month(
        month=f"{year}-{month + 1:02}", known=0 if value is None else 0.99, raw=figures, adjusted=figures
    )


def _team(team: str, rows: tuple[Row, ...]) -> Team:
    own = [row.adjusted.verdict for row in rows if row.team == team]
    return Team(
        team=team,
        title=team.title(),
        met=own.count("met"),
        missed=own.count("missed"),
        unknown=own.count("unknown"),
        pages=4,
        acknowledged_after=140.0,
        resolved_after=2520.0,
        actions=sum(len(row.actions) for row in rows if row.team == team),
    )


def _incident(index: int, rows: tuple[Row, ...]) -> Incident:
    opened = START + timedelta(days=4 + 7 * index, hours=9, minutes=3)
    return Incident(
        number=index + 1,
        title=_CAUSES[index],
        team=_TEAMS[index],
        severity="page",
        priority="P1",
        services=tuple(sorted({row.service for row in rows if index + 1 in row.incidents})),
        opened=opened,
        acknowledged=opened + timedelta(seconds=130),
        acknowledged_by="Ada",
        acknowledged_after=130.0,
        resolved=None if index == 2 else opened + timedelta(minutes=47),
        resolved_by="" if index == 2 else "Ada",
        resolved_after=None if index == 2 else 2820.0,
        costs=tuple(
            Cost(
                slo_id=row.slo_id,
                group=row.group,
                start=opened - timedelta(minutes=4),
                end=opened + timedelta(hours=5),
                bad=round(row.adjusted.bad * 0.8),
                spent=row.cause_spent,
            )
            for row in rows
            if index + 1 in row.incidents
        ),
    )
