"""YAML as people write it: nested lists indented, PromQL of several lines as a block, decimals exact."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import yaml

from slo.units import number


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        return super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - a reader should not have to look elsewhere
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = number(value)
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _string)


def dump(documents: Iterable[Mapping[str, Any]]) -> str:
    """The documents, in order, without their empty fields."""
    return yaml.dump_all(
        map(_given, documents), Dumper=_Dumper, sort_keys=False, width=2**31, allow_unicode=True
    )


def _given(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    if isinstance(value, Mapping):
        inner = {name: _given(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one not in (None, "", {}, [])}
    return [_given(one) for one in value] if isinstance(value, list | tuple) else value
