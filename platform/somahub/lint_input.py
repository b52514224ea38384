"""What ``slo lint`` is given: specs, rule files, folders and patterns of them."""

import glob
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from slo.errors import SpecNotFoundError
from slo.lint import Source, is_rule_file

_YAML = frozenset({".yml", ".yaml"})


class Given(NamedTuple):
    """References of specs, and paths of rule files, in the order given; ``notes`` say what was left aside."""

    specs: tuple[str, ...]
    rules: tuple[Path, ...]
    notes: tuple[str, ...]


def sort_out(arguments: Iterable[str]) -> Given:
    """Tell rule files from specs. Of a folder that has rule files, these; any other is a spec.

    Raises ``SpecNotFoundError`` for a pattern or file that is not there, or not YAML.
    """
    specs: list[str] = []
    rules: list[Path] = []
    notes: list[str] = []
    for one in (one for argument in arguments for one in _expanded(argument)):
        path = Path(one)
        files = _yaml_files(path)
        found = [file for file in files if is_rule_file(file)]
        rules += found
        if not found:
            specs.append(one)
        elif len(found) < len(files):
            aside = ", ".join(str(file.relative_to(path)) for file in files if file not in found)
            notes.append(f"{path}: only its rule files are looked at, not {aside}")
    return Given(tuple(dict.fromkeys(specs)), tuple(dict.fromkeys(rules)), tuple(notes))


def source(reference: str) -> Source:
    """The file of a spec and its text; nothing of a folder, or of a module that has no file."""
    name, _, _ = reference.partition(":")
    path = Path(name)
    if path.suffix not in {".py", *_YAML}:
        if path.is_dir():
            return Source()
        found = importlib.util.find_spec(name)
        path = Path(found.origin) if found and found.origin else path
    if not path.is_file():
        return Source()
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return Source(str(shown), path.read_text(encoding="utf-8", errors="replace"))


def _expanded(argument: str) -> list[str]:
    if not glob.has_magic(argument) or Path(argument).exists():
        return [argument]
    found = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 - also takes an absolute pattern
    if not found:
        raise SpecNotFoundError(argument, "no such files")
    return found


def _yaml_files(path: Path) -> list[Path]:
    """The file itself, or those below a folder; none if it is something else."""
    if path.is_dir():
        return [file for file in sorted(path.rglob("*")) if file.suffix in _YAML and file.is_file()]
    return [path] if path.suffix in _YAML and path.is_file() else []
