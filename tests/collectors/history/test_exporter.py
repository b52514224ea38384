"""Of each budget, either rules or the history tell the period, and never both."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from collectors import prometheus_config
from collectors.history.exporter import Periods
from collectors.history.ledger import Ledger
from collectors.history.sql import SQLStore
from collectors.history.store import Key, Stored
from slo import SLO, Calendar, Dependency, Platform, Ratio, Service, names
from slo.rules import recording_groups
from slo.slots import Slots

DAY = 86400
NOW = 20_000 * DAY
BY_JOB = (("job", "web"),)
SLI = Ratio(total="orders_total", bad='orders_total{state="failed"}')


def platform(*, declared: bool) -> Platform:
    slos = (
        SLO(name="week", objective=Decimal(99), window="7d", sli=SLI),
        SLO(name="long", objective=Decimal(99), window="30d", sli=SLI),
        SLO(name="grouped", objective=Decimal(99), window="30d", sli=SLI, group_by=("job",)),
        SLO(name="month", objective=Decimal(99), window=Calendar(unit="month"), sli=SLI),
    )
    history = Dependency(name="history", metrics_port=9, periods=declared)
    return Platform(name="p", services=(Service(name="shop", slos=slos), history))


def by_rules(spec: Platform) -> set[str]:
    return {
        rule.labels[names.SLO_ID]
        for slo in spec.services[0].slos
        for group in recording_groups(spec, spec.services[0], slo)
        for rule in group.rules
        if rule.record.startswith(names.PERIOD_PREFIX)
    }


def by_history(spec: Platform, store: SQLStore) -> set[str]:
    for slo in spec.services[0].slos:
        key = Key(f"shop-{slo.name}", BY_JOB if slo.group_by else ())
        slots = Slots(NOW - DAY, *(np.full(288, float(x)) for x in (1, 100, 300, 0)))
        store.write([Stored(key, slots)], {})
    periods = Periods(spec)
    periods.update(Ledger(spec, store), datetime.fromtimestamp(NOW, UTC))
    return {sample.labels[names.SLO_ID] for family in periods.collect() for sample in family.samples}


@pytest.mark.parametrize(
    ("declared", "rules"),
    [
        (False, {"shop-week", "shop-long", "shop-grouped", "shop-grouped-all"}),
        (True, {"shop-week"}),
    ],
)
def test_each_period_is_told_once(declared: bool, rules: set[str], store: SQLStore) -> None:  # noqa: FBT001
    spec = platform(declared=declared)
    assert by_rules(spec) == rules
    assert by_history(spec, store) == {
        *("shop-week", "shop-long", "shop-grouped", "shop-grouped-all", "shop-month"),
    } - (rules)


def test_the_scrape_of_a_history_leaves_the_labels_of_its_figures_alone() -> None:
    text = prometheus_config(platform(declared=True), alertmanager="127.0.0.1:1")
    assert "honor_labels: true" in text
    assert "regex: slo:period_.*;history" in text
    assert "honor_labels" not in prometheus_config(platform(declared=False), alertmanager="127.0.0.1:1")
