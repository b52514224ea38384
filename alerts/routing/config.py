"""``alertmanager.yml``: who hears of what, when, and of what nobody needs to hear."""

from typing import Any

from alerts.routing.inhibition import Inhibition, inhibitions, page_over_ticket
from alerts.routing.intervals import muting, weekly, windows
from alerts.routing.receivers import native, posted
from alerts.routing.route import Matcher, Route, Timing
from alerts.routing.tree import BEAT, PAGER, hours_name, tree
from slo import names
from slo.model import Platform
from slo.oncall import OnCall
from slo.rulefile import dump

# The file of the pager's bearer token, in the folder of Alertmanager's secrets.
PAGER_TOKEN = "pager.token"  # noqa: S105 - the name of a file


def alertmanager_config(platform: Platform, pager: str, secrets: str, year: int) -> str:
    """The configuration for the Alertmanager that the spec's ``oncall`` names; without one, for 0.25 or newer.

    ``pager`` is the pager's URL, ``secrets`` the folder of secrets where Alertmanager runs. Maintenance is written out
    for ``year`` and the next.
    """
    whole = _simple(platform) if platform.oncall is None else _whole(platform, platform.oncall, year)
    whole["receivers"] = _receivers(platform.oncall, pager, secrets)
    return dump(whole)


def _simple(platform: Platform) -> dict[str, Any]:
    """Everything goes to the pager, pages sooner."""
    page = Route(PAGER, (Matcher(names.SEVERITY, "=", "page"),), timing=Timing("5s", "1m", "1h"))
    by = ("alertname", names.SLO_SERVICE, names.SLO_ID)
    root = Route(PAGER, (), by, Timing("30s", "5m", "12h"), routes=(page,))
    return {"route": _route(root), "inhibit_rules": [_inhibition(page_over_ticket(platform))]}


def _whole(platform: Platform, oncall: OnCall, year: int) -> dict[str, Any]:
    muted = muting(platform, year)
    times = {hours_name(team): weekly(team.hours) for team in oncall.teams} | {
        name: intervals for name, (_, intervals) in muted.items()
    }
    return {
        "templates": ["templates/*.tmpl"],
        "route": _route(tree(platform, oncall, windows(muted))),
        "inhibit_rules": [_inhibition(one) for one in inhibitions(platform)],
        "time_intervals": [{"name": name, "time_intervals": some} for name, some in times.items()],
    }


def _receivers(oncall: OnCall | None, pager: str, secrets: str) -> list[dict[str, Any]]:
    token = f"{secrets}/{PAGER_TOKEN}"
    found = [posted(PAGER, f"{pager}/alertmanager", token)]
    if oncall:
        found.append(posted(BEAT, f"{pager}/heartbeat", token))
        for name in dict.fromkeys(name for team in oncall.teams for name in team.routed):
            receiver = oncall.receiver(name)
            if receiver.since <= oncall.version:
                found.append(native(receiver, lambda file: file if file[0] == "/" else f"{secrets}/{file}"))
            else:
                found.append(posted(name, f"{pager}/alertmanager", token))
    return found


def _route(route: Route) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "receiver": route.receiver,
        "matchers": [str(matcher) for matcher in route.matchers],
        "continue": route.goes_on,
        "group_by": route.group_by,
        "group_wait": route.timing.wait,
        "group_interval": route.timing.interval,
        "repeat_interval": route.timing.repeat,
        "active_time_intervals": route.active,
        "mute_time_intervals": route.mutes,
        "routes": [_route(child) for child in route.routes],
    }
    return {name: value for name, value in fields.items() if value}


def _inhibition(rule: Inhibition) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "source_matchers": [str(matcher) for matcher in rule.source],
        "target_matchers": [str(matcher) for matcher in rule.target],
        "equal": rule.equal,
    }
    return {name: value for name, value in fields.items() if value}
