"""What is generated from a spec, to the byte. After a change that is meant, look at the difference and run
``slo generate tests/golden/shop.py --out tests/golden/shop``."""

from decimal import Decimal
from pathlib import Path

import promql_parser
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from slo import SLO, HttpAvailability, HttpLatency, Platform, Service, Uptime, load
from somahub.generate import files
from somahub.targets.wanted import Wanted

GOLDEN = Path(__file__).parents[1] / "golden"


def test_the_generated_tree_is_the_golden_one() -> None:
    contents = files(load(str(GOLDEN / "shop.py")))
    kept = {str(p.relative_to(GOLDEN / "shop")): p for p in (GOLDEN / "shop").rglob("*") if p.is_file()}
    assert set(contents) == set(kept)
    for name, text in contents.items():
        assert text == kept[name].read_text(), name


@settings(max_examples=50, deadline=None)
@given(
    objective=st.decimals(50, Decimal("99.999999999"), places=9),
    days=st.integers(1, 90),
    sli=st.sampled_from([Uptime(), HttpAvailability(), HttpLatency(below="200ms")]),
)
def test_every_objective_and_window_gives_rules_that_parse_without_float_noise(
    objective: Decimal, days: int, sli: Uptime | HttpAvailability | HttpLatency
) -> None:
    slo = SLO(name="one", objective=objective, sli=sli, window=f"{days}d")
    service = Service(name="shop", title="Shop", port=8080, owner="web", slos=(slo,))
    some = Wanted(only=("rules", "alerts"))
    text = files(Platform(name="p", services=(service,)), wanted=some)["prometheus/rules/shop.yaml"]
    rules = [r for g in yaml.safe_load(text)["groups"] for r in g["rules"]]
    for rule in rules:
        promql_parser.parse(rule["expr"])
    said = {r["record"]: r["expr"] for r in rules if "record" in r}
    assert Decimal(said["slo:error_budget:ratio"].removeprefix("vector(").rstrip(")")) == 1 - objective / 100
