"""A platform as a Python module that ``slo`` loads again: what differs from the defaults, and nothing else."""

import keyword
import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel

import slo
from slo.model import Platform
from slo.units import duration, number

_WIDTH = 88
_INDENT = "    "
_TAKEN = frozenset({"date", "datetime", "platform", "time", "timedelta"})
# What a literal in single quotes writes otherwise in double ones; an escape is looked at as a whole.
_ESCAPE = re.compile(r"\\.|\"")


class _Call(NamedTuple):
    """A call, list or mapping: what opens it, its arguments (a name and a value, or a value alone), what closes it."""

    opening: str
    arguments: tuple[tuple[str, "_Code"], ...]
    closing: str


_Code = str | _Call


def module(platform: Platform) -> str:
    """The module's text; its ``platform`` is equal to the one given."""
    imports: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for service in platform.services:
        names[service.name] = _variable(service.name, names.values())
    parts = [_assigned(names[one.name], _value(one, imports)) for one in platform.services]
    whole = _instance(platform, imports, services=_list([("", names[s.name]) for s in platform.services]))
    body = "\n".join([*parts, _assigned("platform", whole)])
    blocks = [
        "\n".join(
            _import(source, imports[source]) for source in sorted(imports) if (source == "datetime") == first
        )
        for first in (True, False)
    ]
    return "\n\n".join([f'"""SLOs of {platform.name}."""', *filter(None, blocks), body])


def _import(source: str, names: set[str]) -> str:
    one = f"from {source} import {', '.join(sorted(names, key=_isort))}"
    if len(one) <= _WIDTH:
        return one
    inner = "".join(f"{_INDENT}{name},\n" for name in sorted(names, key=_isort))
    return f"from {source} import (\n{inner})"


def _isort(name: str) -> tuple[bool, str]:
    """Constants come before classes."""
    return not name.isupper(), name


def _variable(name: str, taken: Iterable[str]) -> str:
    text = re.sub(r"\W", "_", name.lower())
    if not text[0].isalpha() or keyword.iskeyword(text) or text in _TAKEN:
        text = f"service_{text}"
    while text in taken:
        text += "_"
    return text


def _assigned(name: str, value: _Code) -> str:
    return f"{name} = {_laid_out(value, '', len(name) + 3)}\n"


def _value(value: object, imports: dict[str, set[str]]) -> _Code:  # noqa: PLR0911 - one return per type
    if isinstance(value, BaseModel):
        return _instance(value, imports)
    if isinstance(value, dict):
        return _Call("{", tuple((f"{_string(k)}: ", _value(v, imports)) for k, v in value.items()), "}")
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        name = type(value).__name__
        _imported(type(value), imports)
        return _Call(f"{name}(", tuple(("", _value(one, imports)) for one in value), ")")
    if isinstance(value, tuple | list):
        return _list([("", _value(one, imports)) for one in value])
    if isinstance(value, timedelta):
        return _length(value, imports)
    if isinstance(value, Decimal):
        return _string(number(value))
    if isinstance(value, date | time):
        return _moment(value, imports)
    return _string(value) if isinstance(value, str) else repr(value)


def _instance(value: BaseModel, imports: dict[str, set[str]], **instead: _Code) -> _Call:
    """A call with the fields that are not as they would be without being named."""
    kind = type(value)
    _imported(kind, imports)
    arguments = [
        (f"{name}=", instead.get(name) or _value(getattr(value, name), imports))
        for name, field in kind.model_fields.items()
        if field.is_required() or getattr(value, name) != field.get_default(call_default_factory=True)
    ]
    return _Call(f"{kind.__name__}(", tuple(arguments), ")")


def _imported(kind: type, imports: dict[str, set[str]]) -> None:
    source = "slo" if kind.__name__ in slo.__all__ else kind.__module__
    imports.setdefault(source, set()).add(kind.__name__)


def _list(values: list[tuple[str, _Code]]) -> _Call:
    return _Call("[", tuple(values), "]")


def _length(value: timedelta, imports: dict[str, set[str]]) -> str:
    if value > timedelta(0) and not value % timedelta(milliseconds=1):
        return _string(duration(value))
    imports.setdefault("datetime", set()).add("timedelta")
    return f"timedelta(microseconds={value // timedelta(microseconds=1)})"


def _moment(value: date | time, imports: dict[str, set[str]]) -> str:
    kind = type(value).__name__
    imports.setdefault("datetime", set()).add(kind)
    return f"{kind}.fromisoformat({_string(value.isoformat())})"


def _string(value: str) -> str:
    """A literal in the quotes that need fewer escapes, double ones where it is even."""
    text = repr(value)
    if text[0] == '"' or value.count('"') > value.count("'"):
        return text
    return f'"{_ESCAPE.sub(_for_double, text[1:-1])}"'


def _for_double(match: re.Match[str]) -> str:
    return {"\\'": "'", '"': '\\"'}.get(match[0], match[0])


def _laid_out(code: _Code, indent: str, used: int) -> str:
    """On one line if it fits, else an argument to a line."""
    flat = _flat(code)
    if isinstance(code, str) or len(indent) + used + len(flat) <= _WIDTH or not code.arguments:
        return flat
    inner = indent + _INDENT
    lines = [f"{inner}{name}{_laid_out(value, inner, len(name) + 1)},\n" for name, value in code.arguments]
    return f"{code.opening}\n{''.join(lines)}{indent}{code.closing}"


def _flat(code: _Code) -> str:
    if isinstance(code, str):
        return code
    return f"{code.opening}{', '.join(name + _flat(value) for name, value in code.arguments)}{code.closing}"
