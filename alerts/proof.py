"""Tests of generated rules, for promtool: what must page, open a ticket, do neither, and raise missing data.

Format: Prometheus' documentation, "Unit testing for rules".
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from alerts.broken import broken_rules
from alerts.burn import burn_rules
from alerts.missing import missing_rules
from slo import names
from slo.burnrate import BurnRate, Severity, threshold
from slo.feed import Feed, feed
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import quoted
from slo.rulefile import dump
from slo.rules import Rule
from slo.units import duration

_HEALTHY = timedelta(minutes=10)
_OUTAGE = timedelta(minutes=3)  # a short one, and yet a page
_DAY = timedelta(days=1)
_OF_DAYS = timedelta(minutes=3)  # windows from here on know the last minutes less exactly
_LONG = timedelta(minutes=70)  # above every window that pages at once
_ENDED = timedelta(minutes=40)  # above the longest short window that pages
_LOST = timedelta(minutes=20)  # above the time that missing data is waited for
_EVENTS = 1000  # per step: enough that fractions of them are exact


class _Scenario(NamedTuple):
    """Error ratios of one SLO, each for a time, and what must hold."""

    title: str
    feed: Feed
    ratios: tuple[tuple[float, timedelta], ...]
    events: float
    checks: list[dict[str, Any]]


class _Test(NamedTuple):
    """One test group of promtool."""

    title: str
    series: dict[str, str]
    checks: list[dict[str, Any]]


def rule_tests(platform: Platform, service: Service) -> str:
    """Tests of a service's rule file, which is expected at ``../rules/<service>.yaml``.

    An SLO whose query is too free to tell what feeds it is named in a comment at the end; one on a native
    histogram is tested for lost data alone, and else by ``native_rule_tests``.
    """
    fed = _feeds(service)
    scenarios = [s for slo, one in fed if one and not one.native for s in _fed(platform, service, slo, one)]
    scenarios += [s for slo in service.slos for s in _lost(platform, service, slo)]
    left = [slo_id(service, slo) for slo, one in fed if not one]
    return _text(platform, f"../rules/{service.name}.yaml", scenarios) + "".join(
        f"# Tested for lost data alone, as nothing tells what feeds it: {ident}\n" for ident in left
    )


def native_rule_tests(platform: Platform, service: Service) -> str:
    """Tests of the SLOs on native histograms, for ``../../rules/<service>.yaml``; empty where there are none.

    They are apart because an older promtool refuses a whole file for one series of them.
    """
    natives = [(slo, one) for slo, one in _feeds(service) if one and one.native]
    scenarios = [s for slo, one in natives for s in _fed(platform, service, slo, one)]
    return _text(platform, f"../../rules/{service.name}.yaml", scenarios) if scenarios else ""


def _feeds(service: Service) -> list[tuple[SLO, Feed | None]]:
    return [(slo, feed(slo.sli.source(service.name), slo.group_by)) for slo in service.slos]


def _text(platform: Platform, rules: str, scenarios: list[_Scenario]) -> str:
    return dump(
        {
            "rule_files": [rules],
            "evaluation_interval": duration(platform.evaluation_interval),
            "tests": _merged(scenarios, platform.evaluation_interval),
        }
    )


def _merged(scenarios: list[_Scenario], step: timedelta) -> list[dict[str, Any]]:
    """Scenarios of one title as one test, unless they feed the same series otherwise.

    promtool evaluates all rules of a file for each test, so a test for each SLO would cost their square.
    """
    longest: dict[str, int] = {}
    for one in scenarios:
        steps = sum(length // step + 1 for _, length in one.ratios)
        longest[one.title] = max(steps, longest.get(one.title, 0))
    tests: list[_Test] = []
    for one in scenarios:
        pieces = [(ratio, length // step + 1) for ratio, length in one.ratios]
        *before, (ratio, steps) = pieces
        rest = longest[one.title] - sum(n for _, n in pieces)
        series = one.feed.series([*before, (ratio, steps + rest)], one.events)
        for test in tests:
            if test.title == one.title and all(test.series.get(n, v) == v for n, v in series.items()):
                test.series.update(series)
                test.checks.extend(one.checks)
                break
        else:
            tests.append(_Test(one.title, dict(series), list(one.checks)))
    return [
        {
            "name": test.title,
            "interval": duration(step),
            "input_series": [{"series": name, "values": values} for name, values in test.series.items()],
            "promql_expr_test": test.checks,
        }
        for test in tests
    ]


def _fed(platform: Platform, service: Service, slo: SLO, fed: Feed) -> Iterable[_Scenario]:
    burn = burn_rules(platform, service, slo)
    missing = missing_rules(platform, service, slo)
    events = _EVENTS * (1 + slo.alerting.min_failures) + slo.alerting.min_events
    rows: dict[Severity, list[BurnRate]] = {
        severity: [row for row in slo.policy if row.severity == severity] for severity in burn
    }
    for severity, rule in burn.items():
        late = min(_seen(platform, slo, row) for row in rows[severity]) + _held_for(slo)
        checks = [_check(rule, _HEALTHY, fires=False), _check(rule, _HEALTHY + late, fires=True)]
        yield _Scenario(f"a total outage is a {severity}", fed, ((0, _HEALTHY), (1, late)), events, checks)
    if "page" in burn:
        after = _HEALTHY + _OUTAGE + _ENDED
        ratios = ((0, _HEALTHY), (1, _OUTAGE), (0, _ENDED))
        ended = [_check(burn["page"], after, fires=False)]
        yield _Scenario("a page ends soon after its outage", fed, ratios, events, ended)
        limit = min(threshold(row.factor, slo.budget) for row in rows["page"])
        checks = [_check(burn["page"], _LONG, fires=False)]
        yield _Scenario("just below its limit, no page", fed, ((0.95 * float(limit), _LONG),), events, checks)
    checks = [_check(rule, _LONG, fires=False) for rule in burn.values()]
    half = float(slo.budget / 2)
    yield _Scenario("half of the budget is neither page nor ticket", fed, ((half, _LONG),), events, checks)
    if not fed.level:
        silent = [_check(rule, _LONG, fires=False) for rule in (*burn.values(), *missing)]
        yield _Scenario("idle is silent", fed, ((0, _LONG),), 0, silent)
    for rule in broken_rules(platform, service, slo) if fed.total else ():
        # Half as many again as there are; of good ones, that is a negative error ratio.
        checks = [_check(rule, _HEALTHY, fires=False), _check(rule, _LONG, fires=True)]
        broken = ((0, _HEALTHY), (1.5 if fed.bad else -0.5, _LONG - _HEALTHY))
        yield _Scenario("a part above the whole is told", fed, broken, events, checks)


def _lost(platform: Platform, service: Service, slo: SLO) -> Iterable[_Scenario]:
    for rule in missing_rules(platform, service, slo):
        target = rule.alert == names.TARGET_MISSING
        up = Feed() if target else Feed(level=f"up{{job={quoted(service.name)}}}")
        title = "a lost target is told" if target else "lost data is told"
        yield _Scenario(title, up, ((0, _LOST),), 0, [_check(rule, _LOST, fires=True)])


def _seen(platform: Platform, slo: SLO, row: BurnRate) -> timedelta:
    """How long a total outage must last until both windows of a row are above its limit, at the latest."""
    share = float(threshold(row.factor, slo.budget))
    lag = platform.scrape_interval + 2 * platform.evaluation_interval
    return (
        timedelta(seconds=share * row.long.total_seconds())
        + lag
        + (_OF_DAYS if row.long >= _DAY else timedelta())
    )


def _held_for(slo: SLO) -> timedelta:
    return slo.alerting.hold or timedelta()


def _check(rule: Rule, at: timedelta, *, fires: bool) -> dict[str, Any]:
    labels = {"alertname": rule.alert, "alertstate": "firing"} | {
        name: rule.labels[name] for name in (names.SLO_ID, "severity")
    }
    matchers = ",".join(f"{name}={quoted(value)}" for name, value in labels.items())
    return {
        "expr": f"count(ALERTS{{{matchers}}}) or vector(0)",
        "eval_time": f"{int(at.total_seconds())}s",
        "exp_samples": [{"labels": "{}", "value": int(fires)}],
    }
