"""The routing tree: the watchdog, test pages, then by team and severity.

An incident is a service that is not there (its ``down`` alerts), a service whose users see failures (its ``symptom``
alerts, of whichever objective), or one fault of its own (a ``cause`` by its name): each is one group, so one notification.
"""

from collections.abc import Iterable, Mapping, Sequence

from alerts.outages import OUTAGES
from alerts.routing.route import Matcher, Route, Timing, each, one_of
from alerts.routing.waiting import AT_ONCE, DIRECT, HEARTBEAT, PAGE, TICKET, symptom_wait
from slo import names
from slo.model import Platform
from slo.oncall import OnCall, Team

PAGER, BEAT, NOBODY = "pager", "heartbeat", "nobody"
_BY_SIGNAL = (names.SLO_SERVICE, names.SIGNAL)
_BY_NAME = (names.SLO_SERVICE, "alertname")
_PAGES = Matcher(names.SEVERITY, "=", "page")


def tree(platform: Platform, oncall: OnCall, windows: Mapping[str, Sequence[str]]) -> Route:
    """The root. ``windows`` maps the names of time intervals of maintenance to the services, none: all of them."""
    waiting = PAGE._replace(wait=symptom_wait(platform))
    teams = (
        Route(
            PAGER,
            (Matcher(names.TEAM, "=", team.name),),
            routes=tuple(_team(platform, team, windows, waiting)),
        )
        for team in oncall.teams
    )
    return Route(PAGER, (), _BY_NAME, PAGE, routes=(*_own(), *teams))


def _own() -> tuple[Route, ...]:
    """What is no incident: the dead man's switch, and pages that show that pages arrive."""
    watchdog, test = Matcher("alertname", "=", names.WATCHDOG), Matcher(names.TEST, "=", "true")
    return (
        Route(BEAT, (watchdog,), ("alertname",), HEARTBEAT),
        Route(NOBODY, (Matcher("alertname", "=", names.OUTAGE_OVER),)),
        Route(PAGER, (test,), (names.TEAM, names.SLO_SERVICE, "alertname"), AT_ONCE),
    )


def _team(
    platform: Platform, team: Team, windows: Mapping[str, Sequence[str]], waiting: Timing
) -> Iterable[Route]:
    """A branch for services that other maintenance mutes than the rest, and the rest."""
    general = tuple(name for name, services in windows.items() if not services)
    muted: dict[tuple[str, ...], list[str]] = {}
    for service in platform.services:
        if service.owner == team.name:
            own = tuple(n for n, services in windows.items() if not services or service.name in services)
            muted.setdefault(own, []).append(service.name)
    for mutes, services in muted.items():
        if mutes != general:
            yield Route(
                PAGER,
                (one_of(names.SLO_SERVICE, services),),
                routes=tuple(_leaves(team, mutes, waiting)),
            )
    yield from _leaves(team, general, waiting)


def _leaves(team: Team, mutes: tuple[str, ...], waiting: Timing) -> Iterable[Route]:
    for priority, receivers in team.priorities.items():
        for name in receivers:
            also = Matcher(names.PRIORITY, "=", priority)
            yield Route(name, (also,), _BY_SIGNAL, _with(waiting, DIRECT), mutes=mutes, goes_on=True)
    pages = each((Route(PAGER, mutes=mutes), *(Route(n, timing=DIRECT, mutes=mutes) for n in team.direct)))
    outage, cause = one_of("alertname", OUTAGES), Matcher(names.SIGNAL, "=", "cause")
    yield Route(
        PAGER,
        (_PAGES,),
        _BY_SIGNAL,
        waiting,
        routes=(
            Route(PAGER, (outage,), timing=PAGE, routes=pages),
            Route(PAGER, (cause,), _BY_NAME, PAGE, routes=pages),
            *pages,
        ),
    )
    ticket = Matcher(names.SEVERITY, "=", "ticket")
    hours = (hours_name(team),)
    yield from each(Route(n, (ticket,), _BY_NAME, TICKET, hours, mutes) for n in dict.fromkeys(team.tickets))


def hours_name(team: Team) -> str:
    """The time interval of a team's business hours."""
    return f"hours-{team.name}"


def _with(timing: Timing, over: Timing) -> Timing:
    return Timing(*(new or old for old, new in zip(timing, over, strict=True)))
