"""What --keep-going reads of specs that are broken in part."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from slo import InvalidSpecError, SpecNotFoundError
from slo.loader import Loaded, read

EVENTS = {"error_query": "sum(rate(bad[{{.window}}]))", "total_query": "sum(rate(all[{{.window}}]))"}
BROKEN = (
    {"objective": 100},
    {"sli": {}},
    {"sli": {"events": EVENTS | {"error_query": "sum("}}},
    {"alerting": {"page_alert": {"disable": "perhaps"}}},
    {"name": "Not a name"},
    {"surprise": True},
)


def one(name: str, **changed: object) -> dict[str, object]:
    return {"name": name, "objective": 99.9, "sli": {"events": EVENTS}} | changed


def sloth(*slos: object, service: str = "shop") -> str:
    return yaml.safe_dump({"version": "prometheus/v1", "service": service, "slos": list(slos)})


def crd(*slos: object) -> str:
    spec = yaml.safe_load(sloth(*slos))
    del spec["version"]
    return yaml.safe_dump({"apiVersion": "sloth.slok.dev/v1", "kind": "PrometheusServiceLevel", "spec": spec})


def resource(kind: str, name: str, **spec: object) -> str:
    body = {"apiVersion": "openslo/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return yaml.safe_dump(body)


def openslo(name: str, **changed: object) -> str:
    spec = {
        "service": "shop",
        "indicatorRef": "errors",
        "budgetingMethod": "Occurrences",
        "timeWindow": [{"duration": "30d", "isRolling": True}],
        "objectives": [{"target": 0.99}],
    }
    return resource("SLO", name, **spec | changed)


def indicator(name: str, query: str = "rate(bad[{{.window}}])") -> str:
    source = {"metricSource": {"type": "Prometheus", "spec": {"query": f"sum({query})"}}}
    total = {"metricSource": {"type": "Prometheus", "spec": {"query": "sum(rate(all[{{.window}}]))"}}}
    return resource("SLI", name, ratioMetric={"counter": True, "bad": source, "total": total})


def whole(loaded: Loaded) -> list[str]:
    return [f"{s.name}/{o.name}" for s in loaded.platform.services for o in s.slos]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "spec.yml"


def saved(path: Path, *documents: str) -> str:
    path.write_text("---\n".join(documents))
    return str(path)


def test_a_whole_spec_is_read_as_ever(spec: Path) -> None:
    reference = saved(spec, sloth(one("a"), one("b")), sloth(one("c"), service="cart"))
    assert read(reference, keep_going=True).left == ()
    assert read(reference, keep_going=True).platform == read(reference).platform


@pytest.mark.parametrize("form", [sloth, crd])
@pytest.mark.parametrize("changed", BROKEN)
def test_the_broken_slo_of_a_file_is_left_out_with_the_error_that_validate_gives(
    spec: Path, form: object, changed: dict[str, object]
) -> None:
    assert callable(form)
    reference = saved(spec, form(one("a"), one("b") | changed, one("c")))
    with pytest.raises(InvalidSpecError) as error:
        read(reference)
    loaded = read(reference, keep_going=True)
    assert whole(loaded) == ["shop/a", "shop/c"]
    assert loaded.left == (str(error.value),)
    assert "slos.1" in str(error.value)


def test_the_broken_document_of_a_stream_is_left_out(spec: Path) -> None:
    reference = saved(spec, sloth(one("a")), "service: [\n", "- a list\n", sloth(one("b")))
    loaded = read(reference, keep_going=True)
    assert whole(loaded) == ["shop/a", "shop/b"]
    not_yaml, no_mapping = loaded.left
    ends = spec.read_text().splitlines().index("service: [") + 2
    assert re.search(rf"\(document 2\):{ends}: |line {ends}, column 1", not_yaml)
    assert no_mapping == f"{spec} (document 3): document: expected a mapping, got list"


def test_the_broken_file_of_a_folder_is_left_out(tmp_path: Path) -> None:
    saved(tmp_path / "a.yml", sloth(one("a")))
    (tmp_path / "b.yml").write_bytes(b"\xff\xfe\x00")
    saved(tmp_path / "c.yml", "kind: Surprise\n")
    loaded = read(str(tmp_path), keep_going=True)
    assert whole(loaded) == ["shop/a"]
    assert [reason.partition(":")[0] for reason in loaded.left] == [
        str(tmp_path / "b.yml"),
        str(tmp_path / "c.yml"),
    ]


def test_of_two_slos_with_one_id_the_first_stays(spec: Path) -> None:
    loaded = read(saved(spec, sloth(one("a"), one("b")), sloth(one("b"), one("c"))), keep_going=True)
    assert whole(loaded) == ["shop/a", "shop/b", "shop/c"]
    (reason,) = loaded.left
    assert "used twice: shop-b" in reason


def test_a_broken_indicator_takes_only_the_slos_that_refer_to_it(spec: Path) -> None:
    loaded = read(
        saved(
            spec,
            openslo("a"),
            openslo("b", indicatorRef="torn"),
            openslo("c", objectives=[{"target": 1}]),
            openslo("d", indicatorRef="nowhere"),
            indicator("errors"),
            indicator("torn", query="rate(bad"),
            "apiVersion: openslo/v1\nkind: SLI\n",
        ),
        keep_going=True,
    )
    assert whole(loaded) == ["shop/a"]
    assert len(loaded.left) == 4


def test_where_nothing_is_whole_there_is_nothing_to_write(spec: Path) -> None:
    with pytest.raises(SpecNotFoundError, match=r"no SLO there is whole; the last: .*slos.1: SLO.objective"):
        read(saved(spec, sloth(one("a", sli={}), one("b", objective=0))), keep_going=True)


def test_the_notes_of_an_slo_name_its_place_in_the_document(spec: Path) -> None:
    reference = saved(spec, sloth(one("a", sli={}), one("b"), one("c", plugins=["x"])))
    (note,) = read(reference, keep_going=True).notes
    assert note == f"{spec}: slos.2.plugins: Sloth's plugins are not run here"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([{}, {}, *BROKEN[:4]]), min_size=1, max_size=12))
def test_exactly_the_whole_slos_are_kept_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, object]]
) -> None:
    spec = tmp_path_factory.getbasetemp() / "any.yml"
    slos = [one(f"slo-{i}") | changed for i, changed in enumerate(changes)]
    expected = [f"shop/slo-{i}" for i, changed in enumerate(changes) if not changed]
    reference = saved(spec, sloth(*slos))
    if not expected:
        with pytest.raises(SpecNotFoundError):
            read(reference, keep_going=True)
        return
    loaded = read(reference, keep_going=True)
    assert whole(loaded) == expected
    assert len(loaded.left) == len(slos) - len(expected)
