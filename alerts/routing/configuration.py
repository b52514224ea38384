"""All that Alertmanager is told, as values: for its own file, or for the operator's resource."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from alerts.routing.inhibition import Inhibition, inhibitions
from alerts.routing.intervals import Interval, muting, weekly, windows
from alerts.routing.receivers import native, posted
from alerts.routing.route import Route
from alerts.routing.tree import BEAT, NOBODY, PAGER, hours_name, tree
from alerts.routing.unzoned import unzoned
from slo.model import Platform
from slo.oncall import OnCall
from slo.receivers import Jira, Receiver

# The file of the pager's bearer token, in the folder of Alertmanager's secrets.
PAGER_TOKEN = "pager.token"  # noqa: S105 - the name of a file


class Reader(NamedTuple):
    """Who reads it: ``pager`` is the pager's URL there, ``secret`` makes the path of a secret's file.

    Maintenance is written out for ``year`` and the next. The ``operator``'s resource knows no zones and no Jira.
    """

    pager: str
    secret: Callable[[str], str]
    year: int
    operator: bool = False

    def delivers(self, receiver: Receiver, oncall: OnCall) -> bool:
        """Whether Alertmanager sends to it itself; else the pager does."""
        return receiver.since <= oncall.version and not (self.operator and isinstance(receiver, Jira))


class Configuration(NamedTuple):
    """Intervals by name; receivers as Alertmanager's own file has them."""

    route: Route
    inhibitions: list[Inhibition]
    intervals: dict[str, list[Interval]]
    receivers: list[dict[str, Any]]


def configuration(platform: Platform, oncall: OnCall, reader: Reader) -> Configuration:
    """What follows from who is on call."""
    muted = muting(platform, reader.year)
    hours = {
        hours_name(team): unzoned(team.hours, reader.year) if reader.operator else weekly(team.hours)
        for team in oncall.teams
    }
    return Configuration(
        tree(platform, oncall, windows(muted)),
        inhibitions(platform),
        hours | {name: intervals for name, (_, intervals) in muted.items()},
        list(_receivers(oncall, reader)),
    )


def to_pager(reader: Reader, name: str = PAGER, path: str = "alertmanager") -> dict[str, Any]:
    """A receiver that the pager is."""
    return posted(name, f"{reader.pager}/{path}", reader.secret(PAGER_TOKEN))


def _receivers(oncall: OnCall, reader: Reader) -> Iterator[dict[str, Any]]:
    yield to_pager(reader)
    yield to_pager(reader, BEAT, "heartbeat")
    yield {"name": NOBODY}
    for name in dict.fromkeys(name for team in oncall.teams for name in team.routed):
        receiver = oncall.receiver(name)
        yield native(receiver, reader.secret) if reader.delivers(receiver, oncall) else to_pager(reader, name)
