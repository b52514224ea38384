"""Specs from ``PATH.py[:name]``, ``module:name``, or files of other formats."""

import importlib
import runpy
from pathlib import Path

from pydantic import ValidationError

from slo.errors import InvalidSpecError, SpecNotFoundError
from slo.formats import reader as formats
from slo.formats import salvage
from slo.formats.reader import Loaded
from slo.model import Platform

DEFAULT_NAME = "platform"


def read(reference: str, *, keep_going: bool = False) -> Loaded:
    """The platform that a reference names, and what of it could not be carried over.

    A YAML file or a folder of them is a spec of Sloth, OpenSLO or Pyrra; of these, ``keep_going`` leaves out what is
    broken. Raises ``SpecNotFoundError`` when there is nothing to load, ``InvalidSpecError`` when it is not valid.
    """
    path = Path(reference)
    if not is_python(reference):
        if not path.exists():
            raise SpecNotFoundError(reference, "no such file")
        return salvage.read(path) if keep_going else formats.read(path)
    return Loaded(_python(reference))


def load(reference: str) -> Platform:
    """The platform that a reference names; see ``read``."""
    return read(reference).platform


def is_python(reference: str) -> bool:
    """Whether a reference is to a program, which runs whole or not at all, and not to documents."""
    path = Path(reference)
    return path.suffix not in {".yml", ".yaml"} and not path.is_dir()


def _python(reference: str) -> Platform:
    source, _, name = reference.partition(":")
    name = name or DEFAULT_NAME
    try:
        namespace = _namespace(source)
    except ValidationError as error:
        raise InvalidSpecError.from_validation(source, error) from error
    except SyntaxError as error:
        raise SpecNotFoundError(f"{source}:{error.lineno}", f"not Python: {error.msg}") from error
    except SpecNotFoundError:
        raise
    except (Exception, SystemExit) as error:
        # A user's spec is a program: whatever it raises is the user's to see, without our traceback.
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise SpecNotFoundError(source, reason) from error
    value = namespace.get(name)
    if value is None:
        raise SpecNotFoundError(source, f"has no variable {name!r}; expected a Platform there")
    if not isinstance(value, Platform):
        raise InvalidSpecError(source, name, f"expected a Platform, got {type(value).__name__}")
    return value


def _namespace(source: str) -> dict[str, object]:
    if source.endswith(".py"):
        path = Path(source)
        if not path.is_file():
            raise SpecNotFoundError(source, "no such file")
        return runpy.run_path(str(path))
    try:
        return vars(importlib.import_module(source))
    except ModuleNotFoundError as error:
        raise SpecNotFoundError(
            source, f"no such module; expected PATH.py[:name], module:name or a YAML file ({error})"
        ) from error
