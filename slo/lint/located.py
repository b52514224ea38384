"""YAML that remembers its lines, read as Prometheus reads it: each scalar is text, and no key comes twice."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from slo.errors import SpecNotFoundError


class Mapping(dict[str, Any]):
    """A mapping with its line, and the line of each key; lines count from 1."""

    line: int
    lines: dict[str, int]


# libyaml's is several times faster; a PyYAML that was built without it has the other.
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc] # either has the same interface
    """Scalars stay text, but for null."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as the base class has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
        for first, resolvers in _BASE.yaml_implicit_resolvers.items()
    }

    def mapping(self, node: yaml.MappingNode) -> Iterable[Mapping]:
        """In two steps, since a node may contain itself."""
        made = Mapping()
        made.line = node.start_mark.line + 1
        made.lines = {}
        yield made
        _reject_twins(node)
        self.flatten_mapping(node)
        for key, value in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise yaml.constructor.ConstructorError(None, None, "expected text as a key", key.start_mark)
            made[name] = self.construct_object(value, deep=True)
            made.lines[name] = key.start_mark.line + 1


def _reject_twins(node: yaml.MappingNode) -> None:
    """Before keys that are merged in, which its own may replace."""
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            reason = f"{key.value} comes twice"
            raise yaml.constructor.ConstructorError(None, None, reason, key.start_mark)
        if isinstance(key, yaml.ScalarNode):
            seen.add(key.value)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)


def documents(path: Path) -> list[Any]:
    """The documents of a file; ``SpecNotFoundError`` if it can't be read, with the line where there is one."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecNotFoundError(str(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise SpecNotFoundError(str(path), "not YAML: not UTF-8") from error
    try:
        return list(yaml.load_all(text, _Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise SpecNotFoundError(place, f"not YAML: {_line(error.problem or error.context)}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SpecNotFoundError(str(path), f"not YAML: {_line(error)}") from error


def _line(said: object) -> str:
    return " ".join(str(said).split())
