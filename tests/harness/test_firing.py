"""The harness sees what promtool evaluates."""

import json
from pathlib import Path

from firing import Evaluation, Spell

RULES = json.dumps(
    {
        "groups": [
            {
                "name": "g",
                "rules": [
                    {"record": "doubled", "expr": "2 * level"},
                    {"alert": "High", "expr": "doubled > 10", "labels": {"severity": "page"}},
                ],
            }
        ]
    }
)


def test_each_spell_of_an_alert_has_its_first_and_last_evaluation(promtool: Path) -> None:
    series = {'level{zone="a"}': "1x5 6x3 1x5 6 1x5", 'level{zone="b"}': "1x60"}
    seen = Evaluation(promtool, RULES, series, every=30)
    spells = [Spell(360, 570), Spell(960, 990)]
    assert seen.firing(0, 1200) == {("High", "page"): spells}
    assert seen.firing(0, 1200, by=("zone",)) == {("a",): spells}
    assert seen.firing(600, 870) == {}


def test_results_are_labels_and_values_whatever_a_label_holds(promtool: Path) -> None:
    series = {'level{path="a,\\"b\\" {c}",zone="x"}': "1x5", 'level{path="d"}': "NaN 1e-9x5"}
    asked = [("level * 2", 60), ("absent(nothing)", 60), ("nothing", 60)]
    labels = {"path": 'a,"b" {c}', "zone": "x"}
    found = Evaluation(promtool, RULES, series).results(asked)
    assert sorted(found[0], key=str) == [(labels, 2), ({"path": "d"}, 2e-9)]
    assert found[1:] == [[({}, 1)], []]
