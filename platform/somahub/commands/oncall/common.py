"""What the commands of ``slo oncall`` share: the pager, its token, times and JSON."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from alerts.paging.schedule import Override
from slo.errors import SLOError
from slo.oncall import OnCall
from slo.units import seconds
from somahub.commands.common import loaded

if TYPE_CHECKING:
    from alerts.paging.client import PagerClient

LOCAL_PAGER = "http://127.0.0.1:10015"

PagerUrl = Annotated[str, typer.Option("--pager", envvar="SLO_PAGER_URL", help="URL of the pager")]
AskedPager = Annotated[
    str, typer.Option("--pager", envvar="SLO_PAGER_URL", help="URL of the pager, for its overrides")
]
TokenFile = Annotated[
    Path | None,
    typer.Option(envvar="SLO_PAGER_TOKEN_FILE", help="File with your token of the pager", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON")]


class WrongUseError(SLOError):
    """An argument of a command doesn't fit."""


@contextmanager
def extra(name: str = "oncall") -> Iterator[None]:
    """Around the import of what the base install leaves out, and who is on call now must not wait for."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise WrongUseError(f"{error.name} is missing; this needs: pip install 'soma-slo[{name}]'") from error


def client(url: str, token_file: Path | None) -> "PagerClient":
    """The pager, as the person whose token it is."""
    with extra():
        from alerts.paging.client import PagerClient  # noqa: PLC0415

    return PagerClient(url, token(token_file))


def token(token_file: Path | None) -> str:
    """The token in a file; empty without one."""
    if token_file is None:
        return ""
    try:
        found = token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongUseError(f"{token_file}: {error.strerror}") from error
    if not found.isascii() or not found.isprintable() or not found:
        raise WrongUseError(f"{token_file}: expected a token, one line of text")
    return found


def of_spec(spec: str) -> OnCall:
    """Who is on call by a spec."""
    platform = loaded(spec)
    if platform.oncall is None:
        raise WrongUseError(f"{spec}: says nothing of who is on call")
    return platform.oncall


def overrides(url: str, token_file: Path | None) -> list[Override]:
    """Those that the pager knows; the schedule of the spec alone is better than none at night."""
    if not url:
        return []
    with extra():
        from alerts.paging.client import PagerError  # noqa: PLC0415

    try:
        with client(url, token_file) as pager:
            return [kept.override for kept in pager.overrides()]
    except PagerError as error:
        sys.stderr.write(f"note: overrides are not known: {error}\n")
        return []


def when(text: str, zone: str, now: datetime) -> datetime:
    """A time: ISO 8601, in the zone where it has no offset; a length such as ``2h`` from now, or ``now``."""
    if text == "now":
        return now
    try:
        return now + timedelta(seconds=float(seconds(text)))
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(
            f"expected a time such as 2026-11-25T18:00, or 2h from now, got {text[:40]!r}"
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def zone_of(oncall: OnCall, rotation: str) -> str:
    """The zone of a rotation; UTC where there is none of that name, which others will say."""
    return next((r.zone for r in oncall.rotations if r.name == rotation), "UTC")


def present() -> datetime:
    """Now, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def titles(oncall: OnCall) -> Mapping[str, str]:
    """What people are called, by name."""
    return {person.name: person.title or person.name for person in oncall.people}


def say_json(told: Any) -> None:  # noqa: ANN401 - whatever JSON can say, and times
    """Write JSON for a program."""
    typer.echo(json.dumps(told, indent=2, ensure_ascii=False, default=_json))


def _json(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(type(value).__name__)
