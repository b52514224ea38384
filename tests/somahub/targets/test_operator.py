"""PrometheusRule resources, as the operator's own CRD and promtool see them."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slo import SLO, Platform, Service, Uptime, load
from somahub.cli import main
from somahub.generate import files, service_groups
from somahub.targets.operator import resource_names
from somahub.targets.wanted import Wanted

ROOT = Path(__file__).parents[3]
RFC_1123 = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
SLUGS = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,120}[A-Za-z0-9])?", fullmatch=True)


def resources(platform: Platform, namespace: str = "", labels: Mapping[str, str] = {}) -> dict[str, Any]:
    contents = files(
        platform, wanted=Wanted("operator", ("rules", "alerts"), namespace=namespace, labels=labels)
    )
    return {n: yaml.load(t, yaml.CSafeLoader) for n, t in contents.items() if n.startswith("kubernetes/")}


def platform_of(*names: str, slos: int = 1) -> Platform:
    promises = tuple(SLO(name=f"slo-{i}", objective="99.9", sli=Uptime()) for i in range(slos))
    return Platform(name="Shops.eu_west", services=tuple(Service(name=n, slos=promises) for n in names))


def test_resources_are_valid_by_the_schema_of_the_operators_crd(
    schema: Callable[[list[Any]], list[str]],
) -> None:
    platforms = [
        load("somahub.spec"),
        load(str(ROOT / "tests/golden/shop.py")),
        platform_of("Web_Shop.v2", "web-shop-v2"),
    ]
    found = [one for p in platforms for one in resources(p, namespace="monitoring").values()]
    assert len(found) > len(platforms)
    assert schema(found) == ["fine"] * len(found)


def test_the_schema_refuses_what_is_no_prometheus_rule(schema: Callable[[list[Any]], list[str]]) -> None:
    (good,) = resources(platform_of("shop")).values()
    text = json.dumps(good)
    broken = [
        json.loads(text.replace(*pair)) for pair in (('"30s"', '"half a minute"'), ('"expr"', '"query"'))
    ]
    assert "fine" not in schema(broken)


def test_the_rules_of_a_resource_are_those_of_the_rule_file_and_promtool_accepts_them(
    tools: Path, tmp_path: Path
) -> None:
    platform = load(str(ROOT / "tests/golden/shop.py"))
    spec = resources(platform)["kubernetes/shop.yaml"]["spec"]
    assert spec == yaml.safe_load(files(platform)["prometheus/rules/shop.yaml"])
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec))
    subprocess.run([tools / "promtool", "check", "rules", tmp_path / "rules.yaml"], check=True)


def test_labels_and_the_namespace_are_in_the_metadata() -> None:
    one = resources(platform_of("shop"), namespace="monitoring", labels={"release": "kube-prometheus-stack"})
    assert one["kubernetes/shop.yaml"]["metadata"] == {
        "name": "slo-shop",
        "namespace": "monitoring",
        "labels": {
            "app.kubernetes.io/managed-by": "slo",
            "app.kubernetes.io/part-of": "Shops.eu_west",
            "release": "kube-prometheus-stack",
        },
    }


@given(st.lists(SLUGS, min_size=1, max_size=8, unique=True))
def test_every_service_has_a_resource_name_of_its_own_that_kubernetes_accepts(services: list[str]) -> None:
    names = resource_names(services)
    assert len(set(names.values())) == len(services)
    for name in names.values():
        assert RFC_1123.fullmatch(name), name
        assert len(name) <= 250


def test_a_plain_name_stays_when_a_service_comes_that_is_spelt_almost_alike() -> None:
    before, after = resource_names(["web-shop"]), resource_names(["web-shop", "Web_Shop"])
    assert before["web-shop"] == after["web-shop"] == "slo-web-shop"
    assert after["Web_Shop"].startswith("slo-web-shop-")


def test_a_service_that_a_config_map_cannot_hold_is_several_resources_with_all_of_its_groups() -> None:
    platform = platform_of("shop", slos=40)
    found = resources(platform)
    assert list(found) == ["kubernetes/shop.yaml", "kubernetes/shop-2.yaml"]
    assert [one["metadata"]["name"] for one in found.values()] == ["slo-shop", "slo-shop-2"]
    assert all(len(json.dumps(one)) < 512 * 1024 for one in found.values())
    groups = [g["name"] for one in found.values() for g in one["spec"]["groups"]]
    assert groups == [group.name for group in service_groups(platform, platform.services[0])]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--label", "release"], "--label: expected NAME=VALUE, got 'release'"),
        (["--label", "a b=c"], "--label: 'a b' is no name of a Kubernetes label"),
        (["--label", "release=a b"], "--label: release: 'a b' is no value of a Kubernetes label"),
        (["--namespace", "My_Space"], "--namespace: 'My_Space' is no name of a Kubernetes namespace"),
    ],
)
def test_what_kubernetes_would_refuse_is_refused_here(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], said: str
) -> None:
    code = main(["generate", "--target", "operator", *options, "--out", str(tmp_path / "out")])
    assert (code, capsys.readouterr().err) == (2, f"error: {said}\n")
    assert not (tmp_path / "out").exists()
