"""What SLO rules get wrong: each trap, against raw windows over the full history, by the real promtool.

The truth is the workbook's alert on raw ``rate`` over each of its windows, on series that nothing is missing from. Ours must
not page where it does not, and may page later than it by no more than what was missing.
"""

from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from firing import Evaluation, Spell

from alerts import rule_groups
from slo import SLO, Alerting, Platform, Ratio, Service
from slo.burnrate import policy, threshold
from slo.rulefile import render
from slo.rules import Group, Rule
from slo.units import duration, number

STEP = 60
# Above the longest window that pages, so that what happens next is not the rules' own beginning.
BEFORE = 7 * 60
DONE, FAILED = ('orders_total{state="done"}', 'orders_total{state="failed"}')
OTHER_MARK = 'slo:objective:ratio{slo_id="shop-old",slo_service="shop",slo_name="old"}'
RAN = "rules_ran"


class Trap(NamedTuple):
    """``seen`` is what our rules are given where that is less than the ``truth``; ``missing`` in seconds."""

    truth: dict[str, str]
    pages: bool
    stands: int = 0  # for how many seconds ours must outlast raw
    seen: dict[str, str] | None = None
    missing: int = 0
    ran: str = ""  # 1 when our rules were evaluated, where that is not always
    objective: str = "99.9"
    groups: tuple[str, ...] = ()


def counter(*pieces: tuple[float | None, int], base: float = 0) -> str:
    """Growth a step, for so many steps; None: no sample, while the count goes on at the last rate."""
    value, last, parts = base, 0.0, []
    for growth, steps in pieces:
        if growth is None:
            parts.append(f"_x{steps}")
            value += last * steps
            continue
        parts.append(f"{value + growth:g}+{growth:g}x{steps - 1}")
        value, last = value + growth * steps, growth
    return " ".join(parts)


def requests(*pieces: tuple[float | None, int], each: float = 300) -> dict[str, str]:
    """Both counters of a service; each piece is an error ratio (None: not scraped) for so many steps.

    What happens while nothing is scraped is counted as the piece before it.
    """
    return {
        DONE: counter(*((None if r is None else each * (1 - r), n) for r, n in pieces)),
        FAILED: counter(*((None if r is None else each * r, n) for r, n in pieces)),
    }


def of(group: str, series: dict[str, str]) -> dict[str, str]:
    return {name.replace("}", f',region="{group}"}}'): values for name, values in series.items()}


HEALTHY = (0.0, BEFORE)
NEW = f"_x{BEFORE - 5} 1x200"  # rules that began 5 minutes before
TRAPS = {
    "a total outage": Trap(requests(HEALTHY, (1, 10), (0, 50)), pages=True),
    "a slow failure": Trap(requests((0, BEFORE - 120), (0.0135, 190), (0, 30)), pages=True),
    "errors within the budget": Trap(requests(HEALTHY, (0.0009, 120)), pages=False),
    "a quiet hour that fails": Trap(
        {DONE: counter((30000, BEFORE), (0, 60), (30000, 30)), FAILED: counter((0, BEFORE), (3, 60), (0, 30))},
        pages=True,
    ),
    "an idle hour, then traffic": Trap(
        {DONE: counter((300, BEFORE), (0, 60), (300, 60)), FAILED: counter((0, BEFORE + 120))}, pages=False
    ),
    "no error series until the outage": Trap(
        {DONE: counter((300, BEFORE), (0, 10), (300, 50)), FAILED: f"_x{BEFORE} 0 " + counter((300, 9), (0, 50))},
        pages=True,
    ),
    "no good series until the outage ends": Trap(
        {DONE: f"_x{BEFORE} " + counter((300, 50)), FAILED: counter((300, BEFORE), (0, 50))}, pages=True
    ),
    "a counter that is reset": Trap(
        {
            DONE: counter((300, BEFORE)) + " " + counter((300, 120)),
            FAILED: counter((0.1, BEFORE)) + " " + counter((0.1, 120)),
        },
        pages=False,
    ),
    "a counter that is reset in mid-outage": Trap(
        {
            DONE: counter((300, BEFORE), (0, 5)) + " " + counter((0, 15), (300, 30)),
            FAILED: counter((0, BEFORE), (300, 5)) + " " + counter((300, 15), (0, 30)),
        },
        pages=True,
    ),
    "a series that is born late with a count": Trap(
        requests(HEALTHY, (0, 120)) | {FAILED.replace("}", ',pod="b"}'): f"_x{BEFORE} " + counter((0, 120), base=5000)},
        pages=False,
    ),
    "scrapes that fail for ten minutes": Trap(
        requests(HEALTHY, (0, 70)), seen=requests(HEALTHY, (None, 10), (0, 60)), missing=600, pages=False
    ),
    "scrapes that fail for ten minutes of an outage": Trap(
        requests(HEALTHY, (1, 30), (0, 30)),
        seen=requests(HEALTHY, (1, 5), (None, 10), (1, 15), (0, 30)),
        missing=600,
        pages=True,
    ),
    "an outage that begins while scrapes fail": Trap(
        requests(HEALTHY, (0, 5), (1, 30), (0, 30)),
        seen=requests(HEALTHY, (None, 10), (1, 25), (0, 30)),
        missing=600,
        pages=True,
    ),
    "a budget of a tenth": Trap(requests(HEALTHY, (1, 70), (0, 30)), objective="90", pages=True),
    "a budget of a tenth, and half fails": Trap(requests(HEALTHY, (0.5, 120)), objective="90", pages=False),
    "a budget of one in 100,000": Trap(requests(HEALTHY, (0.0002, 50), (0, 20)), objective="99.999", pages=True),
    "a group without errors beside one that fails": Trap(
        of("eu", requests(HEALTHY, (1, 10), (0, 30))) | of("us", {DONE: counter((900, BEFORE + 40))}),
        groups=("region",),
        pages=True,
    ),
    "a group that vanishes in mid-outage and returns": Trap(
        of("eu", requests(HEALTHY, (1, 40), (0, 20))) | of("us", requests(HEALTHY, (0, 60))),
        seen=of("eu", requests(HEALTHY, (1, 10), (None, 20), (1, 10), (0, 20))) | of("us", requests(HEALTHY, (0, 60))),
        missing=1200,
        groups=("region",),
        pages=True,
    ),
    "traffic that stops in mid-outage": Trap(
        {DONE: counter((300, BEFORE), (0, 50)), FAILED: counter((0, BEFORE), (300, 5), (0, 45))}, pages=True, stands=600
    ),
    "a new SLO on an old service, after a blip of a minute": Trap(
        requests(HEALTHY, (0.2, 1), (0, 60)), ran=NEW, pages=False
    ),
    "a new SLO, and then an outage": Trap(requests(HEALTHY, (1, 20), (0, 30)), ran=NEW, pages=True),
    "an id that is renamed, and then a blip": Trap(
        requests(HEALTHY, (0.2, 1), (0, 60)),
        seen=requests(HEALTHY, (0.2, 1), (0, 60)) | {OTHER_MARK: f"0.999x{BEFORE - 5} _x60"},
        ran=NEW,
        pages=False,
    ),
    "a Prometheus that is down for 40 minutes": Trap(
        requests(HEALTHY, (0, 120)),
        seen=requests(HEALTHY, (None, 40), (0, 80)),
        ran=f"1x{BEFORE - 1} stale _x39 1x200",
        missing=2400,
        pages=False,
    ),
    "a Prometheus that is down for 40 minutes of an outage": Trap(
        requests(HEALTHY, (1, 60), (0, 30)),
        seen=requests(HEALTHY, (1, 1), (None, 40), (1, 19), (0, 30)),
        ran=f"1x{BEFORE} stale _x39 1x200",
        missing=2400,
        pages=True,
    ),
    "a Prometheus that is down for 40 minutes between two blips": Trap(
        requests(HEALTHY, (0.2, 1), (0, 43), (0.2, 1), (0, 60)),
        seen=requests(HEALTHY, (0.2, 1), (0, 1), (None, 40), (0, 2), (0.2, 1), (0, 60)),
        ran=f"1x{BEFORE + 1} stale _x39 1x200",
        missing=2400,
        pages=False,
    ),
    "a Prometheus that is down for 40 minutes after an outage": Trap(
        requests(HEALTHY, (1, 3), (0, 45), (0.1, 10), (0, 60)),
        seen=requests(HEALTHY, (1, 3), (0, 1), (None, 40), (0, 4), (0.1, 10), (0, 60)),
        ran=f"1x{BEFORE + 3} stale _x39 1x200",
        missing=2400,
        pages=True,
    ),
    "a Prometheus that is down for 8 minutes, half an hour before a blip": Trap(
        requests((0, BEFORE - 60), (0.1, 1), (0, 59), (0.3, 1), (0, 60)),
        seen=requests((0, BEFORE - 60), (0.1, 1), (0, 25), (None, 8), (0, 26), (0.3, 1), (0, 60)),
        ran=f"1x{BEFORE - 34} stale _x7 1x200",
        missing=480,
        pages=False,
    ),
}  # fmt: skip


def slo_of(trap: Trap) -> SLO:
    rows = tuple(row for row in policy(SLO.model_fields["window"].default) if row.severity == "page")
    sli = Ratio(total="orders_total", bad='orders_total{state="failed"}')
    alerting = Alerting(policy=rows, budget_spent=(), empty_within=None)
    return SLO(name="x", objective=Decimal(trap.objective), sli=sli, group_by=trap.groups, alerting=alerting)


def ours(trap: Trap) -> str:
    """Our rules; where they did not always run, nothing is recorded outside of ``RAN``."""
    slo = slo_of(trap)
    service = Service(name="shop", slos=(slo,))
    platform = Platform(name="p", services=(service,), evaluation_interval="1m", scrape_interval="1m")
    groups = rule_groups(platform, service, slo)
    if trap.ran:
        groups = [g._replace(rules=tuple(map(_gated, g.rules))) for g in groups]
    return render(groups)


def _gated(rule: Rule) -> Rule:
    return rule._replace(expr=f"({rule.expr}) and on () {RAN}") if rule.record else rule


def raw(trap: Trap) -> str:
    slo = slo_of(trap)
    by = f"by ({', '.join(trap.groups)}) "

    def ratio(window: str) -> str:
        total, bad = (
            f"sum {by}(rate({name}[{window}]))" for name in ("orders_total", 'orders_total{state="failed"}')
        )
        return f"(({bad} or 0 * {total}) / ({total} > 0))"

    rows = [
        " and ".join(
            f"{ratio(duration(w))} > {number(threshold(row.factor, slo.budget))}"
            for w in (row.short, row.long)
        )
        for row in slo.policy
    ]
    alert = Rule(alert="Raw", expr=" or ".join(f"({row})" for row in rows), labels={"severity": "page"})
    return render([Group("raw", f"{STEP}s", (alert,))])


def pages(promtool: Path, rules: str, series: dict[str, str]) -> dict[str, list[Spell]]:
    seen = Evaluation(promtool, rules, series, step=STEP, every=STEP)
    found = seen.firing((BEFORE - 20) * STEP, (BEFORE + 120) * STEP, by=("severity", "region"))
    return {region: spells for (severity, region), spells in found.items() if severity == "page"}


@pytest.mark.parametrize("name", TRAPS)
def test_our_page_is_that_of_raw_windows_over_the_full_history(promtool: Path, name: str) -> None:
    trap = TRAPS[name]
    truth = pages(promtool, raw(trap), trap.truth)
    ran = {RAN: trap.ran} if trap.ran else {}
    found = pages(promtool, ours(trap), (trap.seen or trap.truth) | ran)
    assert bool(truth) == trap.pages, "the trap is not what it says"
    assert set(found) == set(truth)
    for group, spells in truth.items():
        fired, wanted = _moments(found[group]), _moments(spells)
        for spell in found[group]:
            assert any(s.first - STEP <= spell.first <= s.last + trap.missing + STEP for s in spells)
        # promtool evaluates groups in any order, so alerts may see the records of one evaluation before.
        assert len(wanted - fired) * STEP <= trap.missing + STEP
        assert max(fired) >= max(wanted) + trap.stands - STEP
        # The last known ratio stands for 15 minutes, so a page may end that much later.
        assert max(fired) <= max(wanted) + trap.missing + 900 + STEP


def _moments(spells: list[Spell]) -> set[int]:
    return {at for spell in spells for at in range(spell.first, spell.last + 1, STEP)}
