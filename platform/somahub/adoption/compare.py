"""Two sets of rules over the same history: when each would have alerted, and what each says is left."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from alerts.burn import burn_rules
from collectors.api import Api
from slo import names
from slo.model import SLO, Platform, slo_id
from slo.rules import recording_groups
from slo.units import duration
from somahub.adoption.backfill import gather, while_it_ran
from somahub.adoption.blocks import Bench
from somahub.adoption.moments import written
from somahub.adoption.passes import passes
from somahub.adoption.sloth import Alert, Rules

_STALE = timedelta(minutes=5)  # how long a last value stands in a query
_CLOSE = 0.01  # relative; nearer figures are the same


class Spell(NamedTuple):
    """Seconds since the epoch of the first and the last evaluation in which an alert fired."""

    first: float
    last: float


class Figures(NamedTuple):
    """Fractions at the end: good events of the window, and budget left; None where there is no value."""

    sli: float | None
    left: float | None


class Difference(NamedTuple):
    """What differs, and why; no reason where none is known."""

    what: str
    reason: str


class Row(NamedTuple):
    """One SLO under both rules."""

    slo_id: str
    theirs: dict[str, list[Spell]]
    ours: dict[str, list[Spell]]
    sloth: Figures
    soma: Figures
    coverage: float | None
    differences: list[Difference]


def compare(  # noqa: PLR0913, PLR0917 - two sets of rules, and where and when
    bench: Bench,
    platform: Platform,
    theirs: Rules,
    url: str,
    span: tuple[datetime, datetime],
    tell: Callable[[str], None],
) -> list[Row]:
    """Every SLO that both have; ``platform`` must be evaluated as often as ``theirs``."""
    chosen = [(service, slo) for service in platform.services for slo in service.slos]
    ours = [group for one in chosen for group in recording_groups(platform, *one)]
    both = zip_longest(passes(ours), passes(theirs.groups), fillvalue=())
    first, *others = [(*a, *b) for a, b in both]
    if interval := Api(url).scrape_interval(span[1]):
        first = while_it_ran(first, interval)
    gather(bench, [first, *others], url, span, tell)
    rows = []
    with bench.serving() as kept:
        api = Api(kept)
        for service, slo in chosen:
            ident = slo_id(service, slo)
            alerts = [a for a in theirs.alerts if a.slo_id == ident]
            own = [Alert(ident, sev, rule.expr) for sev, rule in burn_rules(platform, service, slo).items()]
            rows.append(_row(api, slo, ident, (alerts, own), span, platform.evaluation_interval))
    return rows


def _row(  # noqa: PLR0913, PLR0917 - likewise
    api: Api,
    slo: SLO,
    ident: str,
    alerts: tuple[list[Alert], list[Alert]],
    span: tuple[datetime, datetime],
    every: timedelta,
) -> Row:
    theirs, ours = ({a.severity: _spells(api, a.expr, span, every) for a in side} for side in alerts)
    sloth, soma = (_figures(api, slo, f'{label}="{ident}"', span[1]) for label in ("sloth_id", names.SLO_ID))
    coverage = _value(api, f'{names.PERIOD_COVERAGE}{{{names.SLO_ID}="{ident}"}}', span[1])
    row = Row(ident, theirs, ours, sloth, soma, coverage, [])
    for severity in sorted({*theirs, *ours}):
        row.differences.extend(
            _alert_differences(
                severity, theirs.get(severity, []), ours.get(severity, []), slo, span[0], every
            )
        )
    row.differences.extend(_figure_differences(row))
    return row


def _spells(api: Api, expr: str, span: tuple[datetime, datetime], every: timedelta) -> list[Spell]:
    found: list[Spell] = []
    step = every.total_seconds()
    for answer in api.over(f"group({expr})", *span, every):
        for at, _ in answer.values:
            if found and at - found[-1].last <= step:
                found[-1] = Spell(found[-1].first, at)
            else:
                found.append(Spell(at, at))
    return found


def _alert_differences(  # noqa: PLR0913, PLR0917 - likewise
    severity: str, theirs: list[Spell], ours: list[Spell], slo: SLO, start: datetime, every: timedelta
) -> list[Difference]:
    step = every.total_seconds()
    longest = max((r.long for r in slo.policy if r.severity == severity), default=timedelta())
    found = []
    for spell in theirs:
        twin = next((o for o in ours if _meet(o, spell)), None)
        if twin is None:
            reason = _early(spell, longest, start)
            found.append(Difference(f"{severity}, {_told(spell)}: Sloth alone", reason))
        elif abs(twin.first - spell.first) > step or abs(twin.last - spell.last) > step:
            what = f"{severity}: Sloth {_told(spell)}, ours {_told(twin)}"
            found.append(Difference(what, _shift(spell, twin, longest, start)))
    for spell in ours:
        if not any(_meet(o, spell) for o in theirs):
            found.append(Difference(f"{severity}, {_told(spell)}: ours alone", _alone(spell, theirs)))  # noqa: PERF401
    return found


def _meet(one: Spell, other: Spell) -> bool:
    return one.first <= other.last and other.first <= one.last


def _shift(spell: Spell, twin: Spell, longest: timedelta, start: datetime) -> str:
    """Why an alert of both begins or ends at other minutes."""
    if early := _early(spell, longest, start):
        return early
    if max(abs(twin.first - spell.first), abs(twin.last - spell.last)) > 3 * _STALE.total_seconds():
        return ""
    return (
        "windows above an hour move with the ramp of a 5-minute rate, and the last known short ratio stands "
        "for 15 minutes"
    )


def _early(spell: Spell, longest: timedelta, start: datetime) -> str:
    if spell.first - start.timestamp() >= longest.total_seconds():
        return ""
    return (
        f"the history before it is shorter than {duration(longest)}, which Sloth takes for the whole window; "
        "here the unknown part counts as average traffic without failures"
    )


def _alone(spell: Spell, theirs: list[Spell]) -> str:
    before = [one for one in theirs if 0 <= spell.first - one.last <= 3 * _STALE.total_seconds()]
    return "the traffic stopped in mid-outage, which ended Sloth's alert" if before else ""


def _figure_differences(row: Row) -> list[Difference]:
    found = []
    pairs = (("SLI", row.sloth.sli, row.soma.sli), ("budget left", row.sloth.left, row.soma.left))
    for what, theirs, ours in pairs:
        if _same(theirs, ours):
            continue
        if theirs is None:
            reason = "Sloth has no value before the first error series exists"
        elif math.isnan(theirs):
            reason = "an idle 5 minutes gave Sloth 0/0, which stays in its mean for the whole period"
        elif what == "budget left" and row.coverage is not None and row.coverage < 1 - _CLOSE:
            reason = f"{row.coverage:.1%} of the window is known, which Sloth takes for the whole"
        else:
            reason = "Sloth's is the mean of 5-minute ratios, each of which counts alike whatever its traffic"
        found.append(Difference(f"{what}: Sloth {percent(theirs)}, ours {percent(ours)}", reason))
    return found


def percent(fraction: float | None) -> str:
    """A fraction for people."""
    if fraction is None:
        return "no value"
    return "NaN" if math.isnan(fraction) else f"{fraction * 100:.4g} %"


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    # Of what failed, as the good part is much the same in any case.
    return math.isclose(1 - one, 1 - other, rel_tol=_CLOSE, abs_tol=1e-9)


def _figures(api: Api, slo: SLO, matcher: str, at: datetime) -> Figures:
    ratio = _value(api, f"{names.ratio_rate(slo.period)}{{{matcher}}}", at)
    return Figures(
        None if ratio is None else 1 - ratio, _value(api, f"{names.PERIOD_REMAINING}{{{matcher}}}", at)
    )


def _value(api: Api, selector: str, at: datetime) -> float | None:
    found = api.at(selector, at)
    return found[0].values[0][1] if found else None


def _told(spell: Spell) -> str:
    return f"{written(spell.first)} to {written(spell.last)}"
