"""What runbooks say of each kind of alert on an SLO: meaning, impact, steps, and the record to look at."""

from slo import names

_BURN_STEPS = (
    "Open the dashboard that the alert links to and find when the errors began.",
    "Compare with the last deployment and configuration change; roll back the one that fits.",
    "Check the service's `/ready`: it names the dependency that fails.",
    "When the error ratio falls, wait for the alert to resolve: the short window ends it within minutes.",
)
_BUDGET_STEPS = (
    "Run `slo report`: the burn-down says when the budget went, and which pages went with it.",
    "If one incident took it, see that its follow-ups are done; if it leaks, find the most frequent failure.",
    "Hold back risky changes to the service until the budget recovers.",
)
_DATA_STEPS = (
    "Open the targets page of Prometheus: is the job there, and what does its last scrape say?",
    "Is the process running, and does its `/metrics` answer?",
    "Restore the target or the metric; while it is missing, its time counts as unknown.",
)
_BROKEN_STEPS = (
    "Open the records of events that the queries above select, beside the metrics that the SLI names in the spec.",
    "Does the part select series that the total leaves out (another job, status or method)?",
    "Mend the selectors in the spec, and generate the rules again.",
)
_OVER_STEPS = (
    "Nothing is to be done: it is told to nobody.",
    "To see what it keeps quiet, open Alertmanager with inhibited alerts shown.",
)
TEXTS: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    names.BURN_FAST: (
        "The error budget burns so fast that it would be gone in days: 2 % in an hour or 5 % in six hours.",
        "Users see failures now. Act at once.",
        _BURN_STEPS,
        names.SHORTEST_RATIO,
    ),
    names.BURN_SLOW: (
        "The error budget burns faster than the period allows: 10 % within one to three days.",
        "A part of the requests fails for a long time. Act within the working day.",
        _BURN_STEPS,
        names.SHORTEST_RATIO,
    ),
    names.BUDGET_SPENT: (
        "A large share of the error budget of the period is spent; the label `spent` says how much.",
        "Users have seen more failures than planned. Decide what may still be risked until it recovers.",
        _BUDGET_STEPS,
        names.SHORTEST_RATIO,
    ),
    names.BUDGET_EMPTY_SOON: (
        "At the present rate the error budget will be empty within days.",
        "Slow, lasting failures that no burn alert pages for. Act within the working day.",
        _BUDGET_STEPS,
        names.SHORTEST_RATIO,
    ),
    names.OUTAGE_OVER: (
        "An outage that was told is over and the service is fine again, while the windows of its burn alerts remember it.",
        "None. For as long as it fires, it inhibits the burn alerts of its SLO; new failures end it within minutes.",
        _OVER_STEPS,
        names.SHORTEST_RATIO,
    ),
    names.INDICATOR_BROKEN: (
        "An SLI counts more bad, or more good, events than there are events.",
        "Its SLO can't be judged: burn alerts may fire without a failure, or stay silent in one.",
        _BROKEN_STEPS,
        names.EVENTS_TOTAL,
    ),
    names.TARGET_MISSING: (
        "Prometheus no longer knows the target: nothing tells whether it is up.",
        "An outage would go unseen. Treat it as one until proven otherwise.",
        _DATA_STEPS,
        names.EVENTS_TOTAL,
    ),
    names.DATA_MISSING: (
        "The target answers scrapes, but the metric that an SLI reads is not there.",
        "The SLO can't be judged and its burn alerts can't fire.",
        _DATA_STEPS,
        names.EVENTS_TOTAL,
    ),
}
