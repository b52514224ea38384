"""Panels of what operating costs: people, and the telemetry itself."""

from dashboards import links, palette
from dashboards.board import Panel, Query
from dashboards.queries import oncall, telemetry

_CALM = "No alert fired in this time range"
_LISTED = (
    ("alertname", "Alert"),
    ("slo_service", "Service"),
    ("severity", "Severity"),
    ("priority", "Priority"),
)


def load() -> tuple[Panel, ...]:
    """What fires now, and what fires often."""
    return (
        Panel(
            "stat",
            "Pages firing",
            "Alerts that page somebody now.",
            "none",
            (Query(oncall.PAGES_NOW, "pages"),),
            6,
            4,
            _CALM,
            steps=palette.above((1, palette.BAD)),
        ),
        Panel(
            "stat",
            "Tickets firing",
            "Alerts that are worth a ticket now.",
            "none",
            (Query(oncall.TICKETS_NOW, "tickets"),),
            6,
            4,
            _CALM,
            steps=palette.above((1, palette.WARN)),
        ),
        Panel(
            "bargauge",
            "Time with a page firing, last day",
            "By service; several pages at once count several times.",
            "s",
            (Query(oncall.PAGES_BY_SERVICE, "{{slo_service}}", instant=True),),
            12,
            8,
            "Nothing paged in the last day",
            steps=palette.above((_HOUR, palette.WARN), (4 * _HOUR, palette.BAD)),
            links=(links.to_service("slo_service"),),
            least=0,
        ),
        Panel(
            "timeseries",
            "Firing",
            "Alerts that fire, by severity.",
            "none",
            (Query(oncall.FIRING, "{{severity}}"),),
            12,
            9,
            _CALM,
            colours=(("page", palette.BAD), ("ticket", palette.WARN)),
            least=0,
        ),
        Panel(
            "bargauge",
            "Most often, 7 days",
            "How often each alert began within a week: the loudest deserve a better objective, a fix or the bin.",
            "none",
            (Query(oncall.TIMES, "{{alertname}} {{slo_service}}", instant=True),),
            12,
            9,
            "No alert began within a week",
            least=0,
        ),
        Panel(
            "table",
            "Firing now",
            "Alerts that fire, with their priority.",
            "none",
            (Query(oncall.FIRING_LIST, instant=True, column="Firing", unit="none"),),
            24,
            8,
            "Nothing fires",
            labels=_LISTED,
            sort="Priority",
            links=(links.to_service("slo_service", "Service"),),
        ),
    )


def scraping() -> tuple[Panel, ...]:
    """What is scraped."""
    return (
        Panel(
            "stat",
            "Series scraped",
            "Samples of one round of all scrapes.",
            "short",
            (Query(telemetry.SAMPLES_ALL, "series"),),
            6,
            4,
        ),
        Panel(
            "stat",
            "Series of SLO records",
            "What the rules of SLOs add.",
            "short",
            (Query(telemetry.RECORDS_ALL, "series"),),
            6,
            4,
            "No SLO rules are loaded",
        ),
        Panel(
            "stat",
            "Series in memory",
            "Head series of Prometheus.",
            "short",
            (Query(telemetry.HEAD_SERIES, "series"),),
            6,
            4,
        ),
        Panel("stat", "On disk", "Blocks of Prometheus.", "bytes", (Query(telemetry.DISK, "bytes"),), 6, 4),
        Panel(
            "timeseries",
            "Series by job",
            "Samples of one scrape.",
            "short",
            (Query(telemetry.SAMPLES, "{{job}}"),),
            links=(links.to_service("job"),),
            stacked=True,
            least=0,
        ),
        Panel(
            "timeseries",
            "New series",
            "Series that a scrape saw for the first time, averaged over 10 minutes: churn.",
            "short",
            (Query(telemetry.NEW_SERIES, "{{job}}"),),
            links=(links.to_service("job"),),
            least=0,
        ),
        Panel(
            "timeseries",
            "Duration of scrapes",
            "By job; the time-out is the scrape interval.",
            "s",
            (Query(telemetry.SCRAPE_DURATION, "{{job}}"),),
            links=(links.to_service("job"),),
            least=0,
        ),
    )


def rules() -> tuple[Panel, ...]:
    """What rules cost."""
    return (
        Panel(
            "bargauge",
            "Series by SLO",
            "Series that the rules of each SLO record; groups multiply them.",
            "short",
            (Query(telemetry.RECORDS, "{{slo_id}}", instant=True),),
            12,
            12,
            "No SLO rules are loaded",
            links=(links.to_slo(),),
            least=0,
        ),
        Panel(
            "bargauge",
            "Time by group of rules",
            "Duration of each group's last evaluation; a group of an SLO is named after it.",
            "s",
            (Query(telemetry.RULE_COST, "{{rule_group}}", instant=True),),
            12,
            12,
            least=0,
        ),
        Panel(
            "timeseries",
            "Samples",
            "Samples appended per second, scraped and recorded.",
            "cps",
            (Query(telemetry.APPENDED, "samples", colour=palette.BLUE),),
            least=0,
        ),
        Panel(
            "timeseries",
            "Evaluations missed",
            "Evaluations that came too late to be made, by group.",
            "none",
            (Query(telemetry.RULES_MISSED, "{{rule_group}}"),),
            no_data="No evaluation was missed",
            least=0,
        ),
        Panel(
            "timeseries",
            "Rules that fail",
            "Evaluations that ended in an error, per second.",
            "cps",
            (Query(telemetry.RULE_FAILURES, "failures", colour=palette.BAD),),
            least=0,
        ),
    )


_HOUR = 3600
