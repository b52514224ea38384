"""Whatever a document holds, it is read or refused in one line that begins with its file."""

import copy
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from slo import Platform, SLOError
from slo.diff import facts
from slo.expression import canonical
from slo.formats.writer import write
from slo.loader import read
from slo.rules import recording_groups

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.yml"))
LOOP: list[Any] = []
LOOP.append(LOOP)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(
        [
            10**4000,
            -(10**30),
            float("nan"),
            float("inf"),
            1e308,
            1e-308,
            date(2026, 1, 1),
            LOOP,
            b"\x00\xff",
            "99.9",
            "30d",
            "5m",
            "9" * 400 + "d",
            "1Q",
            "x" * 5000,
            "(" * 5000,
            "-" * 3000 + "x",
            "sum(rate(x[{{.window}}]))",
            "up > 5",
            "a\nb: c",
            "\ud800",
            "\u202eä",
            "{{.window}}",
            [],
            {},
            [{}],
            {"spec": None},
            {1: 2},
            {"a\nb": {"c": []}},
        ]
    ),
    st.text(max_size=6),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)
PIECES = [
    "[",
    "}",
    ": ",
    "- ",
    "\n",
    "\t",
    "&a ",
    "*a",
    "<<: ",
    "!!int ",
    "!!python/name:x ",
    "---\n",
    "\x00",
    "'",
    "1e999999",
    "9" * 5000,
]


def settled(platform: Platform) -> None:
    """What was read is a spec like any other."""
    facts(platform)
    assert write(platform, "python").text
    for service in platform.services:
        for slo in service.slos:
            for group in recording_groups(platform, service, slo):
                for rule in group.rules:
                    canonical(rule.expr)


def reading(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        loaded = read(str(path))
    except SLOError as error:
        refused = str(error)
    else:
        assert not any("\n" in note for note in loaded.notes)
        settled(loaded.platform)
        return
    assert refused.startswith(str(path))
    assert "\n" not in refused
    assert len(refused) < 1500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


def places(value: object) -> list[tuple[Any, Any]]:
    """Every container and key in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [pair for key, one in inner for pair in [(value, key), *(places(one) if one is not LOOP else [])]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_value_of_another_kind_anywhere_is_read_or_refused(
    folder: Path, document: Path, data: st.DataObject
) -> None:
    bodies = copy.deepcopy(list(yaml.safe_load_all(document.read_text())))
    for _ in range(data.draw(st.integers(1, 2))):
        container, key = data.draw(st.sampled_from(places(bodies)))
        how = data.draw(st.sampled_from(["set", "set", "drop", "rename"]))
        if how == "set" or isinstance(container, list):
            odd = data.draw(ODD)
            container[key] = odd if odd is LOOP else copy.deepcopy(odd)
        elif key in container:
            value = container.pop(key)
            if how == "rename":
                container[data.draw(st.text(max_size=5))] = value
    reading(folder / "spec.yml", yaml.dump_all(bodies, allow_unicode=True))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_text_that_is_cut_or_spliced_is_read_or_refused(
    folder: Path, document: Path, data: st.DataObject
) -> None:
    text = document.read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=5))
    reading(folder / "spec.yml", text[:start] + piece + text[end:])


def test_aliases_that_multiply_without_end_are_refused_at_once(tmp_path: Path) -> None:
    levels = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"b{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    for last in ("kind: *a11", "version: prometheus/v1\nservice: *a11\nslos: *a11"):
        reading(tmp_path / "spec.yml", "\n".join([*levels, last]))


@pytest.mark.parametrize("label", [".nan", "NaN", "inf", "without"])
def test_a_group_that_promql_reads_as_something_else_is_refused(tmp_path: Path, label: str) -> None:
    document = next(path for path in DOCUMENTS if path.stem == "pyrra")
    path = tmp_path / "spec.yml"
    path.write_text(re.sub(r"grouping:.*", f"grouping: [{label}]", document.read_text(), count=1))
    with pytest.raises(SLOError, match=f"can't group by {label.strip('.')}"):
        read(str(path))
