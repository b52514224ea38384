"""Findings and costs as text for people, JSON for programs, and annotations for GitHub."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby

from slo.lint.cost import Cost
from slo.lint.finding import Finding

_LEVELS = ("error", "warning", "notice")
_HEADS = ("SLO", "range selectors", "samples/evaluation", "samples/day", "series")


def text(found: Sequence[Finding], looked_at: Mapping[str, int]) -> str:
    """Findings by file and place, and a line that counts them and what was looked at, such as 3 SLOs."""
    lines = []
    for (file, line, place), several in groupby(found, lambda one: (one.file, one.line, one.place)):
        where = ":".join(str(part) for part in (file, line) if part)
        lines.append(f"{where}: {place}" if where else place)
        lines += [f"  {one.level}: {one.message} ({one.check})" for one in several]
    what = [_counted(number, thing) for thing, number in looked_at.items() if number]
    levels = {level: sum(one.level == level for one in found) for level in _LEVELS}
    said = ", ".join(_counted(number, level) for level, number in levels.items() if number) or "nothing found"
    return "\n".join([*lines, f"{said} in {' and '.join(what) or 'nothing'}"])


def as_json(found: Sequence[Finding], costs: Sequence[Cost] = ()) -> str:
    """An object with ``findings``, a ``summary`` of how many there are of each level, and ``costs`` if asked for."""
    body = {
        "findings": [one._asdict() | {"file": one.file or None} for one in found],
        "summary": {level: sum(one.level == level for one in found) for level in _LEVELS},
    }
    return json.dumps(body | ({"costs": [one._asdict() for one in costs]} if costs else {}), indent=2)


def github(found: Sequence[Finding]) -> str:
    """Workflow commands, which GitHub shows at the line of the file."""
    return "\n".join(map(_annotation, found))


def table(costs: Sequence[Cost]) -> str:
    """Costs as a table, with their sum."""
    sums = [sum(column) for column in zip(*(one[1:] for one in costs), strict=True)]
    rows = [
        _HEADS,
        *((one[0], *(f"{n:,}" for n in one[1:])) for one in costs),
        ("all", *(f"{n:,}" for n in sums)),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS))]
    return "\n".join(
        "  ".join(
            cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _annotation(one: Finding) -> str:
    line = str(one.line) if one.line else ""
    fields = {"file": one.file, "line": line, "title": one.check}
    properties = ",".join(f"{name}={_property(value)}" for name, value in fields.items() if value)
    return f"::{one.level} {properties}::{_data(f'{one.place}: {one.message}')}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
