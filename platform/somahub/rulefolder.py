"""Rules of files and folders, as Prometheus or its operator loads them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from slo.errors import InvalidSpecError, SpecNotFoundError

Rule = Mapping[str, Any]


def holds_rules(path: Path) -> bool:
    """Whether a YAML file, or any below a folder, has groups of rules rather than a spec."""
    for file in _files(path):
        try:
            documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValueError, OSError):
            continue
        if any(_groups(document) is not None for document in documents):
            return True
    return False


def rules_of(path: Path) -> list[Rule]:
    """All rules of a file or folder; raises ``SLOError`` where one is not of their form."""
    return [rule for file in _files(path) for rule in _rules_of_file(file)]


def rules_of_text(text: str, place: str) -> Iterator[Rule]:
    """The rules of one file's text."""
    try:
        documents = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError) as error:
        raise SpecNotFoundError(place, f"not YAML: {' '.join(str(error).split())}") from error
    for document in documents:
        for i, group in enumerate(_groups(document) or []):
            rules = group.get("rules") if isinstance(group, Mapping) else None
            if not isinstance(rules, list) or not all(isinstance(rule, Mapping) for rule in rules):
                raise InvalidSpecError(place, f"groups.{i}.rules", "expected a list of rules")
            yield from rules


def _rules_of_file(file: Path) -> Iterator[Rule]:
    try:
        text = file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise SpecNotFoundError(str(file), f"not YAML: {error}") from error
    return rules_of_text(text, str(file))


def _files(path: Path) -> list[Path]:
    """Of a folder that ``slo generate`` wrote, what Prometheus loads; else every YAML file."""
    if path.is_file():
        return [path] if path.suffix in {".yml", ".yaml"} else []
    rules = path / "prometheus" / "rules"
    return sorted(p for end in ("*.yml", "*.yaml") for p in (rules if rules.is_dir() else path).rglob(end))


def _groups(document: object) -> list[Any] | None:
    """Of a rule file, or of a ``PrometheusRule``."""
    if not isinstance(document, Mapping):
        return None
    body = document.get("spec") if document.get("kind") == "PrometheusRule" else document
    groups = body.get("groups") if isinstance(body, Mapping) else None
    return groups if isinstance(groups, list) else None
