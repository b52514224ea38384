"""Whether somebody is told when what alerts read is gone: an alert on a missing metric is silent for ever."""

from collections.abc import Iterable, Sequence

from slo.lint.finding import Finding, Place
from slo.lint.matchers import Pick, pick, takes
from slo.lint.rulefile import Rule
from slo.lint.tree import bare, binary, call, filters, nodes, selectors

_ABSENT = frozenset({"absent", "absent_over_time"})
# Written for every target, whatever it exposes: who watches these, watches the target.
_TARGET = frozenset({"up", "probe_success"})
_SHOWN = 3


def missing_alerts(parsed: Sequence[tuple[Rule, object]]) -> Iterable[Finding]:
    """Per file, the metrics that its alerts read and whose absence no alert of any file tells.

    A record stands for what it is made of.
    """
    made: dict[str, set[Pick]] = {}
    for rule, tree in parsed:
        if rule.record:
            made.setdefault(rule.record, set()).update(map(pick, selectors(tree)))
    alerts = [(rule, tree) for rule, tree in parsed if rule.alert]
    yield from (found for rule, tree in alerts for found in _of_any(rule, tree))
    watching = {pick(s) for _, tree in alerts for node in _watching(tree) for s in selectors(node)}
    watched = {one for name in watching for one in _behind(name, made)}
    told = {one.metric for one in watched}
    targets = [one for one in watched if one.metric in _TARGET]
    unwatched: dict[str, dict[str, Rule]] = {}
    for one, rule in {pick(s): rule for rule, tree in reversed(alerts) for s in selectors(tree)}.items():
        for raw in _behind(one, made):
            if raw.metric not in told and not any(_same_job(raw, target) for target in targets):
                places = unwatched.setdefault(rule.place.file, {})
                places[raw.metric] = min(places.get(raw.metric, rule), rule, key=_line)
    for file, metrics in unwatched.items():
        named = ", ".join(sorted(metrics)[:_SHOWN])
        more = f" and {len(metrics) - _SHOWN} more" if len(metrics) > _SHOWN else ""
        message = f"no alert tells that {named}{more} is gone: without data the others stay silent; alert on absent()"
        first = min(metrics.values(), key=_line)
        yield Place(file, first.place.line, "alerts").found("no-absent", message)


def _line(rule: Rule) -> int:
    return rule.place.line or 0


def _of_any(rule: Rule, tree: object) -> Iterable[Finding]:
    """``absent(up{job=~"a|b"})`` holds once both are gone."""
    for node in nodes(tree):
        if call(node) not in _ABSENT or bare(node) is not node:
            continue
        for selector in selectors(node):
            several = [m for m in pick(selector).matchers if m[1] == "=~" and "|" in m[2]]
            if several:
                message = f'absent() of {several[0][0]}=~"{several[0][2]}" fires only once all of them are gone; ask for each'
                yield rule.place.found("absent-any", message)


def _watching(tree: object) -> Iterable[object]:
    """The parts of an alert that hold when something is gone."""
    for node in nodes(tree):
        if (
            call(node) in _ABSENT
            or binary(node, "unless")
            or (filters(node) and any(pick(s).metric in _TARGET for s in selectors(node)))
        ):
            yield node


def _behind(one: Pick, made: dict[str, set[Pick]]) -> set[Pick]:
    """The raw metrics that a selector reads, itself or by way of records, which are told apart by name alone."""
    found: set[Pick] = set()
    names: set[str] = set()
    rest = [one]
    while rest:
        here = rest.pop()
        if here.metric not in made:
            found.add(here)
        elif here.metric not in names:
            names.add(here.metric)
            rest += made[here.metric]
    return {pick for pick in found if pick.metric}


def _same_job(one: Pick, other: Pick) -> bool:
    """Whether two selectors may be of one job."""
    job, others = one.equal().get("job"), other.equal().get("job")
    if job is not None:
        return not any(takes(m, job) is False for m in other.of("job"))
    return others is None or not any(takes(m, others) is False for m in one.of("job"))
