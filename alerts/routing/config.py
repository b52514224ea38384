"""``alertmanager.yml``: who hears of what, when, and of what nobody needs to hear."""

from typing import Any

from alerts.routing.configuration import Reader, configuration, to_pager
from alerts.routing.inhibition import Inhibition, page_over_ticket
from alerts.routing.route import Matcher, Route, Timing
from alerts.routing.tree import PAGER
from slo import names
from slo.model import Platform
from slo.rulefile import dump


def alertmanager_config(platform: Platform, pager: str, secrets: str, year: int) -> str:
    """The configuration for the Alertmanager that the spec's ``oncall`` names; without one, for 0.25 or newer.

    ``pager`` is the pager's URL, ``secrets`` the folder of secrets where Alertmanager runs. Maintenance is written out
    for ``year`` and the next.
    """
    reader = Reader(pager, lambda file: file if file[0] == "/" else f"{secrets}/{file}", year)
    if platform.oncall is None:
        return dump(_simple(platform) | {"receivers": [to_pager(reader)]})
    found = configuration(platform, platform.oncall, reader)
    return dump(
        {
            "templates": ["templates/*.tmpl"],
            "route": _route(found.route),
            "inhibit_rules": [_inhibition(one) for one in found.inhibitions],
            "time_intervals": [{"name": n, "time_intervals": some} for n, some in found.intervals.items()],
            "receivers": found.receivers,
        }
    )


def _simple(platform: Platform) -> dict[str, Any]:
    """Everything goes to the pager, pages sooner."""
    page = Route(PAGER, (Matcher(names.SEVERITY, "=", "page"),), timing=Timing("5s", "1m", "1h"))
    by = ("alertname", names.SLO_SERVICE, names.SLO_ID)
    root = Route(PAGER, (), by, Timing("30s", "5m", "12h"), routes=(page,))
    return {"route": _route(root), "inhibit_rules": [_inhibition(page_over_ticket(platform))]}


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
