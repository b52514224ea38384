"""Rules against the Prometheus that loads them: jobs that it doesn't have, metrics that it drops, rates too short."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import promql_parser as p

from slo.lint.finding import Finding
from slo.lint.matchers import Pick, pick, takes
from slo.lint.prometheus import Job, ScrapeConfig
from slo.lint.relabel import Fate, fate
from slo.lint.rulefile import Rule
from slo.lint.tree import nodes, selectors
from slo.units import duration

# Prometheus writes these itself, after all relabelling.
_OWN = ("up", "ALERTS", "ALERTS_FOR_STATE")
_SCRAPES = {"rate": 4, "increase": 4, "irate": 2, "delta": 4, "deriv": 4}


def scraped(parsed: Sequence[tuple[Rule, object]], config: ScrapeConfig) -> Iterable[Finding]:
    """What the rules read that their Prometheus does not scrape, or not often enough; of records it knows nothing."""
    made = {rule.record for rule, _ in parsed}
    for rule, tree in parsed:
        for one in dict.fromkeys(map(pick, selectors(tree))):
            if one.metric not in made and ":" not in one.metric:
                yield from _read(rule, one, config)
        for node in nodes(tree):
            if isinstance(node, p.Call) and str(node.func.name) in _SCRAPES:
                yield from _window(rule, node, made, config)


def _candidates(one: Pick, config: ScrapeConfig) -> list[Job]:
    """The jobs that a selector may read: none only if it is sure."""
    wanted = one.of("job")
    if config.open or not wanted:
        return list(config.jobs)
    return [
        job for job in config.jobs if any(all(takes(m, n) is not False for m in wanted) for n in job.names)
    ]


def _read(rule: Rule, one: Pick, config: ScrapeConfig) -> Iterable[Finding]:
    jobs = _candidates(one, config)
    if not jobs:
        wanted = ", ".join(f'job{op}"{value}"' for _, op, value in one.of("job"))
        known = ", ".join(sorted(name for job in config.jobs for name in job.names))
        message = (
            f"reads {one.metric}{{{wanted}}}, and no scrape configuration has such a job; there are: {known}"
        )
        yield rule.place.found("unknown-job", message)
        return
    if not one.metric or one.metric in _OWN or one.metric.startswith("scrape_"):
        return
    fates = {
        job: fate(job.relabelling, {"__name__": one.metric, "job": job.names[0]} | one.equal())
        for job in jobs
    }
    dropping = [(job, found) for job, found in fates.items() if found.dropped]
    if len(dropping) == len(jobs) and not config.open:
        yield rule.place.found("dropped", f"reads {one.metric}, which {_by(dropping[0])}")
    for job, found in dropping:
        if len(dropping) < len(jobs) and _belongs(one.metric, found):
            message = f"reads {one.metric}, which {_by((job, found))}: it comes only if another job has it"
            yield rule.place.found("dropped-maybe", message)


def _by(dropping: tuple[Job, Fate]) -> str:
    job, found = dropping
    return f"metric_relabel_configs of job {job.names[0]} drops ({found.action}, regex {found.regex})"


def _belongs(metric: str, found: Fate) -> bool:
    """A drop names what it is about; a keep list is of one exporter, whose names begin alike."""
    return found.action == "drop" or f"{metric.partition('_')[0]}_" in found.regex


def _window(rule: Rule, node: p.Call, made: set[str], config: ScrapeConfig) -> Iterable[Finding]:
    matrix = node.args[0]
    name = str(node.func.name)
    if not isinstance(matrix, p.MatrixSelector):
        return
    one = pick(matrix.vector_selector)
    if not one.metric or one.metric in made or ":" in one.metric:
        return
    jobs = _candidates(one, config)
    every = min((job.interval for job in jobs), default=timedelta())
    if matrix.range < every * _SCRAPES[name]:
        message = (
            f"{name}() over {duration(matrix.range)} of {one.metric}, which is scraped every "
            f"{duration(every)}: one lost scrape leaves nothing; take {duration(every * _SCRAPES[name])} or more"
        )
        yield rule.place.found("rate-window", message)
