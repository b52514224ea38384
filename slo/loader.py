"""Specs from ``PATH.py[:name]`` or ``module:name``: the only module here that touches the disk."""

import importlib
import runpy
from pathlib import Path

from pydantic import ValidationError

from slo.errors import InvalidSpecError, SLOError, SpecNotFoundError
from slo.model import Platform

DEFAULT_NAME = "platform"


def load(reference: str) -> Platform:
    """The platform that a reference names.

    Raises ``SpecNotFoundError`` when there is nothing to load, ``InvalidSpecError`` when it is not valid.
    """
    source, _, name = reference.partition(":")
    name = name or DEFAULT_NAME
    try:
        namespace = _namespace(source)
    except ValidationError as error:
        raise InvalidSpecError.from_validation(source, error) from error
    except SyntaxError as error:
        raise SpecNotFoundError(f"{source}:{error.lineno}", f"not Python: {error.msg}") from error
    except SLOError:
        raise
    except Exception as error:
        # A user's spec is a program: whatever it raises is the user's to see, without our traceback.
        raise SpecNotFoundError(source, f"{type(error).__name__}: {error}") from error
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
            source, f"no such module; expected PATH.py[:name] or module:name ({error})"
        ) from error
