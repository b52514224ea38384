"""The YAML documents of a file or text, and what is wrong with those that are none."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from slo.errors import InvalidSpecError, SpecNotFoundError
from slo.formats.document import Document

# libyaml's parser where PyYAML was built with it: some ten times as fast.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """Exact decimals, and no key twice: YAML's own answer to that is to drop the first in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        twins = sorted({key for key in keys if keys.count(key) > 1})
        if twins:
            raise yaml.constructor.ConstructorError(None, None, f"{twins[0]!r} twice", node.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping

    def construct_decimal(self, node: yaml.ScalarNode) -> Decimal | float:
        """A float as it is written."""
        try:
            return Decimal(self.construct_scalar(node).replace("_", ""))
        except InvalidOperation:
            return float(self.construct_yaml_float(node))


_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_decimal)


def in_file(file: Path) -> list[Document]:
    """The documents of a file; ``SpecNotFoundError`` where it can't be read."""
    return in_text(text_of(file), str(file))


def text_of(file: Path) -> str:
    """The text of a file; ``SpecNotFoundError`` where it can't be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise SpecNotFoundError(str(file), f"not YAML: {error}") from error


def in_text(text: str, place: str) -> list[Document]:
    """The documents of a text, each with its place; a ``List`` of Kubernetes is its items."""
    bodies = _bodies(text, place)
    several = len(bodies) > 1
    found = []
    for i, body in enumerate(bodies, start=1):
        here = f"{place} (document {i})" if several else place
        if body is not None and not isinstance(body, dict):
            raise InvalidSpecError(here, "document", f"expected a mapping, got {type(body).__name__}")
        if body:
            found += _listed(here, body)
    return found


def _listed(place: str, body: dict[str, Any]) -> list[Document]:
    items, kind = body.get("items"), body.get("kind")
    if not (isinstance(items, list) and isinstance(kind, str) and kind.endswith("List")):
        return [Document(place, body)]
    for i, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidSpecError(place, f"items.{i}", f"expected a mapping, got {type(item).__name__}")
    return [Document(f"{place} (item {i})", item) for i, item in enumerate(items, start=1)]


def _bodies(text: str, place: str) -> list[Any]:
    try:
        return list(yaml.load_all(text, _Loader))
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        reason = " ".join(str(error.problem or error.context).split())
        raise SpecNotFoundError(f"{place}{line}", f"not YAML: {reason}") from error
    except RecursionError as error:
        raise SpecNotFoundError(place, "not YAML: nested too deeply") from error
    except Exception as error:
        # PyYAML lets out whatever its constructors run into: no such day, an integer of 5000 digits, a bad tag.
        reason = " ".join(str(error).split())
        raise SpecNotFoundError(place, f"not YAML: {reason[:200]}") from error
