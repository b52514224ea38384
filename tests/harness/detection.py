"""How long a failure lasts until its alert fires: over the phases of scrape and evaluation, and beside Sloth's rules."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import product
from pathlib import Path
from statistics import median
from typing import NamedTuple

from firing import Evaluation

from alerts import rule_groups
from slo import SLO, Alerting, Platform, Ratio, Service
from slo.burnrate import BurnRate, policy, threshold
from slo.rulefile import render
from slo.rules import Group, Rule
from slo.units import duration, number

RATE = 10  # events per second
RATIOS = (1.0, 0.5, 0.1, 0.05, 0.02, 0.01)
PERIOD = SLO.model_fields["window"].default


class Phase(NamedTuple):
    """Seconds: when after an evaluation targets are scraped, and when after an evaluation an outage begins."""

    scrape: int
    outage: int


class Run(NamedTuple):
    """Seconds: between scrapes, between evaluations, of health before the failure, and of looking on."""

    step: int
    every: int
    history: int
    watched: int


class Found(NamedTuple):
    """Seconds from the beginning of a failure to the first evaluation in which an alert of each side fires."""

    ratio: float
    severity: str
    ours: int
    sloths: int


def phases(promtool: Path, scrapes: Iterable[int], outages: Iterable[int], tick: int) -> dict[Phase, int]:
    """Seconds until a total outage pages at 99.9 %, scraped every 15 s, evaluated every 30 s, for each phase.

    ``tick`` is a divisor of 15 and of every scrape phase.
    """
    begin = 62 * 60  # the hour's window is full
    rows = tuple(r for r in policy(PERIOD) if r.severity == "page")[:1]
    found = list(product(scrapes, outages))
    slos = [_slo(f"at-{s}-{o}", rows) for s, o in found]
    series: dict[str, str] = {}
    for (scrape, outage), slo in zip(found, slos, strict=True):
        gap = f"_x{15 // tick - 1} " if tick < 15 else ""
        before = f"_x{scrape // tick} " if scrape else ""
        times = range(scrape, begin + 240, 15)
        for name, counts in _counts(slo, begin + outage, 1.0, times).items():
            series[name] = before + gap.join(f"{count:g} " for count in counts)
    fired = Evaluation(promtool, _ours(slos, 30), series, step=tick, every=30).firing(
        begin - 60, begin + 230, by=("slo_id",)
    )
    return {
        Phase(s, o): fired[f"shop-{slo.name}",][0].first - begin - o
        for (s, o), slo in zip(found, slos, strict=True)
    }


def grid(promtool: Path, severity: str, run: Run) -> list[Found]:
    """Seconds until each error ratio raises a page or a ticket at 99.9 %, from our rules and from Sloth's."""
    step, every, history, watched = run
    rows = tuple(r for r in policy(PERIOD) if r.severity == severity)
    slos = [_slo(f"at-{ratio:g}", rows) for ratio in RATIOS]
    series: dict[str, str] = {}
    for ratio, slo in zip(RATIOS, slos, strict=True):
        times = range(0, history + watched + 1, step)
        for name, counts in _counts(slo, history, ratio, times).items():
            series[name] = " ".join(f"{count:g}" for count in counts)
    body = _ours(slos, every) + _sloths(slos, every)
    seen = Evaluation(promtool, body, series, step=step, every=every)
    fired = seen.firing(history - every, history + watched, by=("slo_id", "sloth_id"))
    return [
        Found(
            ratio,
            severity,
            fired[f"shop-{slo.name}", ""][0].first - history,
            fired["", slo.name][0].first - history,
        )
        for ratio, slo in zip(RATIOS, slos, strict=True)
    ]


def summary(seconds: Iterable[int]) -> tuple[float, int]:
    """Median and maximum."""
    values = list(seconds)
    return median(values), max(values)


def _slo(name: str, rows: tuple[BurnRate, ...]) -> SLO:
    label = name.replace(".", "_")
    sli = Ratio(total=f'x_total{{run="{label}"}}', bad=f'x_total{{run="{label}",code="500"}}')
    alerting = Alerting(policy=rows, budget_spent=(), empty_within=None)
    return SLO(name=label, objective=Decimal("99.9"), sli=sli, alerting=alerting)


def _counts(slo: SLO, begin: int, ratio: float, times: Iterable[int]) -> dict[str, list[float]]:
    bad = [ratio * RATE * max(0, t - begin) for t in times]
    good = [RATE * t - b for t, b in zip(times, bad, strict=True)]
    return {f'x_total{{run="{slo.name}",code="{code}"}}': c for code, c in (("500", bad), ("200", good))}


def _ours(slos: list[SLO], every: int) -> str:
    service = Service(name="shop", slos=tuple(slos))
    platform = Platform(name="p", services=(service,), evaluation_interval=f"{every}s")
    groups = (group for slo in slos for group in rule_groups(platform, service, slo))
    # What has no alert here is not waited for.
    return render(group for group in groups if not group.name.endswith(":period"))


def _sloths(slos: list[SLO], every: int) -> str:
    """Further groups of the same file, in the form of Sloth 0.16: raw windows, then an alert on its records."""
    return render(_sloth(slo, every) for slo in slos).partition("groups:\n")[2]


def _sloth(slo: SLO, every: int) -> Group:
    mine = {"sloth_id": slo.name}
    windows = sorted({w for row in slo.policy for w in (row.short, row.long)})
    records = [
        Rule(
            record=f"slo:sli_error:ratio_rate{duration(w)}",
            expr=" / ".join(f"sum(rate({metric}[{duration(w)}]))" for metric in (slo.sli.bad, slo.sli.total)),
            labels=mine,
        )
        for w in windows
    ]
    conditions = [
        " and ".join(
            f'slo:sli_error:ratio_rate{duration(w)}{{sloth_id="{slo.name}"}} > '
            f"{number(threshold(row.factor, slo.budget))}"
            for w in (row.short, row.long)
        )
        for row in slo.policy
    ]
    alert = Rule(alert="Sloth", expr=" or ".join(f"({c})" for c in conditions), labels=mine)
    return Group(f"sloth-{slo.name}", f"{every}s", (*records, alert))
