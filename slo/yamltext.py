"""YAML text of plain values, as people write it, and many times faster than PyYAML writes it.

Mappings and lists are blocks, nested lists are indented, text of several lines is a literal block (``|-``).
A scalar is left plain only where PyYAML's own patterns say that it is read back as the same text. There are no
anchors: a value that occurs twice is written twice.
"""

from functools import lru_cache
from typing import Any

import yaml

# libyaml's is several times faster; a PyYAML that was built without it has the other.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What may not begin a plain scalar (YAML 1.1, section 5.3, "Indicators"), and a space.
_INDICATORS = frozenset(("", *"-?:,[]{}#&*!|>'\"%@`= "))
_CONTAINERS = (dict, list, tuple)
# By first character: patterns of what reads as a number, a date, a boolean or null.
_RESOLVERS: dict[str, list[tuple[str, Any]]] = yaml.SafeDumper.yaml_implicit_resolvers


def yaml_text(value: dict[str, Any]) -> str:
    """A mapping of mappings, lists and scalars as a block of YAML that ends in a line break."""
    lines: list[str] = []
    _write(value, "", "", lines)
    lines.append("")
    return "\n".join(lines)


def yaml_documents(text: str) -> list[Any]:
    """The values of all documents of a text; ``yaml.YAMLError`` where it is not YAML."""
    return list(yaml.load_all(text, _LOADER))


def _write(value: object, lead: str, indent: str, lines: list[str]) -> None:
    """Append a value's lines: ``lead`` begins the first, ``indent`` those after it."""
    if not value:
        lines.append(lead + _scalar(value, indent))
    elif isinstance(value, dict):
        inner = indent + "  "
        for key, item in value.items():
            if item and isinstance(item, _CONTAINERS):
                lines.append(f"{lead}{_key(key)}:")
                _write(item, inner, inner, lines)
            else:
                lines.append(f"{lead}{_key(key)}: {_scalar(item, inner)}")
            lead = indent
    elif isinstance(value, list | tuple):
        inner = indent + "  "
        for item in value:
            _write(item, lead + "- ", inner, lines)
            lead = indent
    else:
        lines.append(lead + _scalar(value, indent))


@lru_cache(1024)
def _key(text: str) -> str:
    return text if _is_plain(text) else _quoted(text)


def _scalar(value: object, indent: str) -> str:
    if isinstance(value, str):
        if _is_plain(value):
            return value
        if _is_literal(value):
            return "|-\n" + "\n".join(indent + line if line else "" for line in value.split("\n"))
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _foreign(value)


def _is_plain(text: str) -> bool:
    """Whether text is surely read back as it is without quotes; what Python can print, YAML allows."""
    return (
        text.isprintable()
        and text[:1] not in _INDICATORS
        and text[-1] not in ": "
        and text[:3] != "..."
        and ": " not in text
        and " #" not in text
        and not (text[0] in _RESOLVERS and any(read.match(text) for _, read in _RESOLVERS[text[0]]))
    )


def _is_literal(text: str) -> bool:
    return "\n" in text and text.strip() == text and all(map(str.isprintable, text.split("\n")))


def _quoted(text: str) -> str:
    """In single quotes, or, with what does not print, in double quotes and escaped on one line."""
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return _foreign(text, '"')


def _foreign(value: object, style: str | None = None) -> str:
    """What is rare is left to PyYAML."""
    whole = yaml.dump(value, Dumper=yaml.SafeDumper, width=2**31, allow_unicode=True, default_style=style)
    return whole.removesuffix("\n").removesuffix("\n...")
