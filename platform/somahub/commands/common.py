"""What commands share: the spec they are given, and where they write."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from slo import Platform
from slo.formats.reader import Loaded
from slo.loader import read

DEFAULT_SPEC = "somahub.spec:platform"

Spec = Annotated[str, typer.Argument(help="PATH.py[:name], module:name, or YAML of Sloth, OpenSLO or Pyrra")]
Out = Annotated[Path, typer.Option(help="The folder to write into")]


def loaded(spec: str, lost: list[str] | None = None) -> Platform:
    """The platform of a spec; what could not be carried over is said on standard error, and added to ``lost``."""
    found = noted(read(spec))
    if lost is not None:
        lost += found.notes
    return found.platform


def noted(found: Loaded) -> Loaded:
    """What was read; its notes are said on standard error."""
    for note in found.notes:
        sys.stderr.write(f"note: {note}\n")
    return found
