"""Of the records of SLOs. ``FILTER`` picks by the choices on top of the board, through ``slo_info``."""

from datetime import timedelta

from dashboards.queries.oncall import CALLING
from slo import names

DETAIL = 'slo_id="$slo_id"'
FILTER = 'owner=~"$team",tier=~"$tier",slo_service=~"$service"'
_CHOSEN = f"on (slo_id) group_left () max by (slo_id) ({names.INFO}{{{FILTER}}})"
_WORST_FIRST = "by (slo_id)"

ALERTS_FIRING = f'ALERTS{{alertstate="firing",{CALLING},{DETAIL}}}'
OBJECTIVE = f"max({names.OBJECTIVE}{{{DETAIL}}})"
REMAINING = f"min({names.PERIOD_REMAINING}{{{DETAIL}}})"
COVERAGE = f"min({names.PERIOD_COVERAGE}{{{DETAIL}}})"
# Below -1 it would flatten everything else, and says no more.
FORECAST = f"clamp_min(min(predict_linear({names.PERIOD_REMAINING}{{{DETAIL}}}[6h], 86400)), -1)"
EVENTS_TOTAL = f"sum({names.EVENTS_TOTAL}{{{DETAIL}}})"
EVENTS_BAD = f"sum({names.EVENTS_BAD}{{{DETAIL}}})"
# Seconds; nothing where the budget isn't being spent.
EXHAUSTED_IN = (
    f"min(clamp_min({names.PERIOD_REMAINING}{{{DETAIL}}}, 0) "
    f"* on (slo_id) group_left () max by (slo_id) ({names.PERIOD_DAYS}{{{DETAIL}}}) * 86400 "
    f"/ (max without () ({names.ratio_rate(timedelta(hours=1))}{{{DETAIL}}} > 0) "
    f"/ on (slo_id) group_left () max by (slo_id) ({names.ERROR_BUDGET}{{{DETAIL}}})))"
)
GROUPS = f"topk(10, {names.ratio_rate(timedelta(hours=1))}{{{DETAIL}}})"
INFO_DETAIL = f"max by (slo_id, owner, tier, objective, window, unit) ({names.INFO}{{{DETAIL}}})"

COUNT = f"count(max by (slo_id) ({names.INFO}{{{FILTER}}}))"
LISTED = f"max by (slo_id, slo_service, slo_name, owner, tier, window) ({names.INFO}{{{FILTER}}})"
FIRING = f'sum by (slo_id) (ALERTS{{alertstate="firing",{CALLING},slo_id!=""}} * {_CHOSEN})'
FIRING_PAGES = f'count(ALERTS{{alertstate="firing",severity="page",slo_id!=""}} * {_CHOSEN}) or vector(0)'
SPENT_COUNT = f"count(({names.PERIOD_REMAINING} * {_CHOSEN}) <= 0) or vector(0)"
BURNING_COUNT = f"count(({names.CURRENT_BURN_RATE} * {_CHOSEN}) > 1) or vector(0)"
BURN_TOP = f"topk(10, max by (slo_id) ({names.CURRENT_BURN_RATE} * {_CHOSEN}))"
LEAST_LEFT = f"bottomk(12, min by (slo_id) ({names.PERIOD_REMAINING} * {_CHOSEN}))"


def worst(record: str, *, least: bool = False) -> str:
    """A record of the chosen SLOs; of several groups, the worst."""
    return f"{'min' if least else 'max'} {_WORST_FIRST} ({record} * {_CHOSEN})"


def good(record: str) -> str:
    """What is good where the record tells what is bad."""
    return f"1 - max {_WORST_FIRST} ({record} * {_CHOSEN})"


def sli(window: timedelta) -> str:
    """The SLI of the SLO of the board, over a window."""
    return f"1 - max({names.ratio_rate(window)}{{{DETAIL}}})"


def burn(window: timedelta) -> str:
    """How many times too fast the budget goes, over a window."""
    ratio, budget = names.ratio_rate(window), names.ERROR_BUDGET
    return f"max({ratio}{{{DETAIL}}}) / max({budget}{{{DETAIL}}})"


def factor(value: str, ids: tuple[str, ...]) -> str:
    """A threshold of the SLO of the board, where it is one of ``ids``; all, if none are named."""
    of = f',slo_id=~"{"|".join(ids)}"' if ids else ""
    return f"max({names.INFO}{{{DETAIL}{of}}}) * {value}"


def of_service(record: str, service: str) -> str:
    """A record of every SLO of a service; of several groups, the larger."""
    return f'max by (slo_name, slo_id) ({record}{{slo_service="{service}"}})'


def least_of_service(record: str, service: str) -> str:
    """The same; of several groups, the smaller."""
    return f'min by (slo_name, slo_id) ({record}{{slo_service="{service}"}})'


def firing_of_service(service: str, severity: str) -> str:
    """How many alerts of a service fire."""
    selector = f'alertstate="firing",slo_service="{service}",severity="{severity}"'
    return f"count(ALERTS{{{selector}}}) or vector(0)"
