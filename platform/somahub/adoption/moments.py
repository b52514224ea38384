"""Points in time as people give them on a command line."""

from datetime import UTC, datetime, timedelta

from slo.errors import SLOError
from slo.units import seconds

_FORMS = (
    "an RFC 3339 time such as 2026-10-01T00:00:00Z, seconds since the epoch, or how long ago, such as 30d"
)


def moment(option: str, text: str, now: datetime) -> datetime:
    """The time that a text names, in whole seconds; without a zone it is UTC.

    Raises ``SLOError``, which names the option.
    """
    for form in (_unix, _ago, _written):
        try:
            found = form(text.strip(), now)
        except (ValueError, OverflowError, OSError):
            continue
        return found.replace(microsecond=0)
    raise SLOError(f"{option}: expected {_FORMS}, got {text!r}")


def written(at: datetime | float) -> str:
    """A time as ``2026-10-01T00:00:00Z``."""
    whole = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return f"{whole.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _unix(text: str, now: datetime) -> datetime:  # noqa: ARG001 - one form of three
    return datetime.fromtimestamp(float(text), UTC)


def _ago(text: str, now: datetime) -> datetime:
    return now - timedelta(seconds=float(seconds(text)))


def _written(text: str, now: datetime) -> datetime:  # noqa: ARG001 - one form of three
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
