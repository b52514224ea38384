"""The replay says what promtool says of the generated rules, evaluation by evaluation."""

import random
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from firing import Evaluation

from alerts.budget import budget_rules
from alerts.burn import burn_rules
from slo import SLO, Platform, Ratio, Service
from slo.alerting import Alerting
from slo.names import EVENTS_BAD, EVENTS_TOTAL
from slo.replay.engine import Case, replay
from slo.replay.history import Grid, History
from slo.replay.timing import Timing
from slo.rulefile import render
from slo.rules import Group, recording_groups

EVERY = 30
SLI = Ratio(bad="bad_total", total="all_total")
Steps = list[tuple[int, float | None, float | None]]
"""Evaluations, and the rates of bad and total in them."""


def slo(objective: str = "99.9", window: str = "30d", **alerting: object) -> SLO:
    return SLO.model_validate(
        {
            "name": "x",
            "objective": Decimal(objective),
            "window": window,
            "sli": SLI,
            "alerting": Alerting(**alerting),
        }
    )


def promtool_says(promtool: Path, one: SLO, shape: Steps) -> set[tuple[str, int, int]]:
    """Alert, first and last second, of the rules with the two raw reads replaced by given rates."""
    service = Service(name="shop", slos=(one,))
    platform = Platform(name="p", services=(service,))
    groups = recording_groups(platform, service, one)
    # A subquery over 30 days at each evaluation takes most of the time, so short windows alone have theirs.
    short = one.period <= timedelta(days=1)
    rules = [rule for group in groups for rule in group.rules if short or not group.name.endswith(":period")]
    reads = {EVENTS_BAD: "given_bad", EVENTS_TOTAL: "given_total"}
    rules = [rule._replace(expr=reads.get(rule.record, rule.expr)) for rule in rules]
    rules += burn_rules(platform, service, one).values()
    rules += budget_rules(platform, service, one) if short else ()
    # One group, as promtool evaluates groups in any order, and all of them at every step.
    text = render([Group("all", "30s", tuple(rules))])
    series = {
        name: " ".join(f"stale _x{n - 1}" if v is None else f"{v}x{n - 1}" for n, v in values)
        for name, values in (
            ("given_bad", [(n, bad) for n, bad, _ in shape]),
            ("given_total", [(n, total) for n, _, total in shape]),
        )
    }
    length = sum(n for n, _, _ in shape)
    found = Evaluation(promtool, text, series, step=EVERY, every=EVERY).firing(
        0, (length - 1) * EVERY, by=("alertname", "spent")
    )
    return {(key[0] + key[1], s.first, s.last) for key, spells in found.items() for s in spells}


def replay_says(one: SLO, shape: Steps, *, closed: bool) -> set[tuple[str, int, int]]:
    bad, total = (
        np.array([[np.nan if v is None else v for n, *both in shape for v in [both[which]] * n]])
        for which in (0, 1)
    )
    grid = Grid(0, EVERY, bad.shape[1])
    past = History(grid, ((),), bad, total, np.ones(grid.size, dtype=np.bool_))
    (outcome,) = replay(Case("shop-x", one, past, Timing(EVERY, EVERY, EVERY, closed=closed)), 0)
    last = grid.end
    return {
        (
            a.alert + (a.row.partition(" ")[0] if "Spent" in a.alert else ""),
            int(a.start.timestamp()),
            last if a.end is None else int(a.end.timestamp()) - EVERY,
        )
        for a in outcome.alerts
        if one.period <= timedelta(days=1) or a.incident is not None
    }


HOUR = 120
SHAPES: dict[str, tuple[SLO, Steps]] = {
    "a total outage": (slo(), [(2 * HOUR, 0.0, 10.0), (20, 10.0, 10.0), (HOUR, 0.0, 10.0)]),
    "a tenth fails": (slo(), [(HOUR, 0.0, 10.0), (HOUR, 1.0, 10.0), (2 * HOUR, 0.0, 10.0)]),
    "a slow burn": (slo(), [(HOUR, 0.0, 10.0), (3 * HOUR, 0.2, 10.0), (HOUR, 0.0, 10.0)]),
    "traffic stops in mid-outage": (slo(), [(2 * HOUR, 0.0, 10.0), (20, 10.0, 10.0), (HOUR, None, None)]),
    "an idle service": (slo(), [(HOUR, 0.0, 10.0), (HOUR, 0.0, 0.0), (10, 0.5, 0.5), (HOUR, 0.0, 0.0)]),
    "a gap": (
        slo(),
        [(HOUR, 0.0, 10.0), (4, 9.0, 10.0), (40, None, None), (6, 10.0, 10.0), (HOUR, 0.0, 10.0)],
    ),
    "a blip of a new SLO": (slo(), [(3, None, None), (9, 0.0, 10.0), (10, 2.0, 10.0), (HOUR, 0.0, 10.0)]),
    "an objective of 90": (slo("90"), [(HOUR, 0.0, 10.0), (2 * HOUR, 10.0, 10.0), (HOUR, 0.0, 10.0)]),
    "a day": (slo(window="1d"), [(HOUR, 0.0, 10.0), (HOUR, 0.31, 10.0), (2 * HOUR, 0.0, 10.0)]),
    "held and kept": (
        slo(hold="2m", keep_firing_for="7m"),
        [(2 * HOUR, 0.0, 10.0), (6, 10.0, 10.0), (25, 0.0, 10.0), (6, 10.0, 10.0), (HOUR, 0.0, 10.0)],
    ),
    "few events": (
        slo(min_events=3000, min_failures=300),
        [(HOUR, 0.0, 0.1), (30, 0.5, 1.0), (30, 1.0, 1.0), (HOUR, 0.0, 10.0)],
    ),
}


def wild(seed: int) -> tuple[SLO, Steps]:
    """Outages, leaks, idle and lost stretches in any order."""
    dice = random.Random(seed)  # noqa: S311 - the same cases at each run
    shape: Steps = []
    while sum(n for n, _, _ in shape) < 3 * HOUR:
        total = dice.choice([0.0, 1.0, 7.0, 900.0, None])
        share = dice.choice([0.0, 0.0, 0.0013, 0.017, 0.3, 1.0])
        shape.append((dice.randint(3, 60), None if total is None else total * share, total))
    return slo(dice.choice(["99", "99.9", "99.97"]), min_failures=dice.choice([0, 50])), shape


SHAPES |= {f"wild {seed}": wild(seed) for seed in (1, 2, 3)}


@pytest.mark.parametrize("name", SHAPES)
def test_alerts_fire_and_end_with_promtool(promtool: Path, name: str) -> None:
    one, shape = SHAPES[name]
    expected = promtool_says(promtool, one, shape)
    said = subprocess.run([promtool, "--version"], check=True, capture_output=True, text=True)
    closed = "version 3." not in said.stdout + said.stderr
    assert replay_says(one, shape, closed=closed) == expected
    assert expected or name == "a blip of a new SLO"
