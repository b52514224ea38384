"""Some parts of what is generated, and the form that a target wants."""

from pathlib import Path

import pytest
import yaml

from slo import load
from somahub.cli import main
from somahub.generate import files, service_groups
from somahub.targets.mimir import split
from somahub.targets.wanted import FOLDERS, Target, Wanted

SHOP = load(str(Path(__file__).parents[2] / "golden/shop.py"))


@pytest.mark.parametrize("target", list(FOLDERS))
def test_all_parts_together_are_what_is_generated_without_only(target: Target) -> None:
    whole = files(SHOP, wanted=Wanted(target))
    pieces: dict[str, str] = {}
    for part in FOLDERS[target]:
        some = files(SHOP, wanted=Wanted(target, (part,)))
        assert {n.rpartition("/")[0] for n in some} <= set(FOLDERS[target][part])
        pieces |= some
    assert pieces.keys() == whole.keys()
    assert whole == files(SHOP, wanted=Wanted(target, tuple(FOLDERS[target])))


def test_rules_are_the_records_and_alerts_are_the_alerts() -> None:
    def kinds(*only: str) -> set[str]:
        text = files(SHOP, wanted=Wanted(only=only))["prometheus/rules/shop.yaml"]
        groups = yaml.safe_load(text)["groups"]
        return {kind for g in groups for r in g["rules"] for kind in ("record", "alert") if kind in r}

    assert kinds("rules") == {"record"}
    assert kinds("alerts") == {"alert"}
    assert kinds("rules", "alerts") == {"record", "alert"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--only", "rules,boards"],
            "unknown part 'boards'; the parts are rules, alerts, tests, dashboards,",
        ),
        (
            ["--only", "tests", "--target", "mimir"],
            "the parts of --target mimir are rules, alerts, dashboards",
        ),
        (["--label", "a=b"], "--label: only resources of --target operator have labels"),
        (["--namespace", "a"], "--namespace: plain files have none"),
    ],
)
def test_an_option_that_does_not_fit_is_an_error_that_says_what_does(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], said: str
) -> None:
    assert main(["generate", *options, "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_mimir_files_have_a_namespace_and_groups_of_20_rules_at_most_in_the_order_of_the_rule_file() -> None:
    plain = yaml.safe_load(files(SHOP)["prometheus/rules/shop.yaml"])["groups"]
    ours = yaml.safe_load(files(SHOP, wanted=Wanted("mimir", namespace="team-a"))["mimir/shop.yaml"])
    assert ours["namespace"] == "team-a"
    assert max(len(g["rules"]) for g in ours["groups"]) <= 20
    assert [r for g in ours["groups"] for r in g["rules"]] == [r for g in plain for r in g["rules"]]
    names = [g["name"] for g in ours["groups"]]
    assert len(names) == len(set(names))


def test_a_group_that_is_too_large_is_cut_and_keeps_its_order() -> None:
    groups = service_groups(SHOP, SHOP.services[0])
    cut = list(split(groups, 5))
    assert max(len(g.rules) for g in cut) == 5
    assert [r for g in cut for r in g.rules] == [r for g in groups for r in g.rules]
    assert [g.name for g in cut][:3] == ["slo-shop-uptime", "slo-shop-uptime-2", "slo-shop-uptime-3"]
    assert len({g.name for g in cut}) == len(cut)
