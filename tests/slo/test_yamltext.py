from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slo.yamltext import yaml_text

# What YAML takes for something else, or for its own signs, unless it is quoted.
TRICKY = [
    *("", " ", "a ", " a", "-", "- a", "? a", "a: b", "a:", ":a", "a #b", "#", "---", "...", "--- a", "... a"),
    *("yes", "No", "on", "~", "null", "true", "1", "1_0", "0x1f", "0b1", "1e3", "1.5", ".5", ".inf", "1:30", "=", "<<"),
    *("2026-11-25", "2026-11-25 10:00:00", "'a'", '"a"', "%a", "@a", "`a`", "[a]", "{a}", "&a", "*a", "!a", "|", ">"),
    *("a\nb", "a\n", "\na", "a\n\nb", "a\n  b", "a \nb", "  a\nb", "a\n#b\n---\nc", "a\r\nb", "a\tb", "a\x85b", "a\u2028b"),
    *("ü", "a\xa0b", "\ufeffa", "\U0001f600", "\x00", 'sum(rate(x{a="b: c"}[5m]))', "le=~'1|1[.]0'", "a\\b"),
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(TRICKY), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
SCALARS = st.one_of(TEXTS, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
@example({"a": [[["b", {}]], {"c": [], "d": {"e": "f\n  g"}}]})
def test_what_is_written_reads_back_as_the_same_value(value: dict[str, Any]) -> None:
    assert yaml.safe_load(yaml_text(value)) == value


@pytest.mark.parametrize("text", TRICKY)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_every_tricky_text_keeps_its_meaning_as_key_value_and_item(
    text: str, loader: type[yaml.SafeLoader]
) -> None:
    value = {text: text, "list": [text, [text], {text: text}]}
    assert yaml.load(yaml_text(value), loader) == value  # noqa: S506 - a safe loader


def test_several_lines_are_a_literal_block_and_nothing_else_is_quoted_without_need() -> None:
    value = {"rules": [{"expr": 'a > 1\nor\nb{c="d"} > 1', "labels": {"tier": "2", "le": "30d"}}]}
    assert yaml_text(value) == (
        'rules:\n  - expr: |-\n      a > 1\n      or\n      b{c="d"} > 1\n'
        "    labels:\n      tier: '2'\n      le: 30d\n"
    )


def test_a_value_that_occurs_twice_is_written_twice() -> None:
    labels = {"team": "web"}
    assert yaml_text({"a": labels, "b": labels}) == "a:\n  team: web\nb:\n  team: web\n"
