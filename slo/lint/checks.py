"""The table of all checks: the level of each and what it is about, by where it looks.

``platform/docs/lint.md`` says of each why it matters and how to mend it.
"""

from typing import Literal, NamedTuple


class Check(NamedTuple):
    """A level, and the fault in a few words."""

    level: Literal["error", "warning", "notice"]
    fault: str


SPECS = {
    "unreachable": Check("notice", "a burn rate that is more than everything failing"),
    "slow-page": Check("warning", "a total outage pages late"),
    "slow-ticket": Check("warning", "a total outage opens a ticket late, and nothing pages"),
    "no-page": Check("warning", "nothing pages for a service of tier 1"),
    "no-alert": Check("warning", "an objective that alerts nobody"),
    "row-order": Check("warning", "a ticket comes before the page"),
    "one-failure": Check("warning", "one failure costs much of the budget"),
    "few-events": Check("notice", "below some traffic, a single failure pages"),
    "retention": Check("warning", "Prometheus keeps less than the window"),
    "alert-retention": Check("error", "Prometheus keeps less than an alert's window"),
    "scrape-interval": Check("warning", "too few scrapes in the shortest window"),
    "undeclared": Check("warning", "a metric that no service declares"),
    "undeclared-label": Check("warning", "a label or value that the metric isn't declared with"),
    "not-emitted": Check("error", "a rule, alert or panel that reads what its job does not emit"),
    "not-emitted-so": Check(
        "error", "a rule, alert or panel that reads a label or value that its job does not emit"
    ),
    "not-recorded": Check("error", "a rule, alert or panel that reads a record that no rule writes"),
    "bucket": Check("error", "a latency threshold that is no bucket edge"),
    "group-label": Check("warning", "a group_by label that the metric doesn't have"),
    "not-a-part": Check("error", "good or bad events that the total doesn't count"),
    "other-metric": Check("notice", "good or bad of one metric, total of another"),
    "unowned": Check("warning", "a service without an owner"),
    "samples": Check("warning", "rules that read more samples than allowed"),
    "series": Check("warning", "rules that write more series than allowed"),
}

RULES = {
    "promql": Check("error", "an expression that doesn't parse, or is too deep"),
    "documents": Check("error", "a second YAML document, which Prometheus doesn't read"),
    "runbook": Check("warning", "an alert without a runbook"),
    "team": Check("warning", "an alert without a team"),
    "severity": Check("warning", "an alert without a severity"),
    "no-absent": Check("warning", "metrics whose loss no alert tells"),
    "absent-any": Check("warning", "absent() of several, which tells only that all are gone"),
    "duplicate": Check("warning", "two rules of one name with the same labels"),
    "for-interval": Check("warning", "a for shorter than the evaluation interval"),
    "record-name": Check("notice", "a record not named level:metric:operations"),
    "always": Check("error", "a condition that always holds"),
    "never": Check("error", "a condition that never holds"),
    "counter-threshold": Check("warning", "a threshold on a counter's total since its start"),
    "gauge-rate": Check("warning", "the rate of a gauge, or the change of a counter"),
}

# With the configuration of the Prometheus that loads them.
SCRAPED = {
    "dropped": Check("error", "a metric that relabelling drops in every job that may have it"),
    "dropped-maybe": Check("warning", "a metric that relabelling drops in the job that seems to have it"),
    "unknown-job": Check("error", "a job that no scrape configuration has"),
    "rate-window": Check("warning", "a rate over too few scrapes"),
}

BOTH = {
    "severities": Check("warning", "one alert name with two severities"),
    "ratio-by-series": Check("error", "a ratio that divides each series by itself"),
    "not-of-all": Check("error", "a part divided by another part instead of by all"),
    "other-outcome": Check("warning", "failed of completed, as their names go"),
    "no-data": Check("warning", "no data counted as a result"),
    "unbounded-label": Check("warning", "a label whose values have no bound"),
    "quantile": Check("error", "a quantile that gives nothing, or only infinity"),
}

CHECKS = SPECS | RULES | SCRAPED | BOTH
