"""Panels of what watching costs."""

from dashboards import links, palette
from dashboards.board import Panel
from dashboards.panels.shapes import bars, figure, graph, line
from dashboards.queries import telemetry


def scraping() -> tuple[Panel, ...]:
    """What is scraped."""
    return (
        figure(
            "Series scraped",
            "Samples of one round of all scrapes.",
            "short",
            line(telemetry.SAMPLES_ALL, "series"),
            width=6,
        ),
        figure(
            "Series of SLO records",
            "What the rules of SLOs add.",
            "short",
            line(telemetry.RECORDS_ALL, "series"),
            width=6,
            no_data="No SLO rules are loaded",
        ),
        figure(
            "Series in memory",
            "Head series of Prometheus.",
            "short",
            line(telemetry.HEAD_SERIES, "series"),
            width=6,
        ),
        figure("On disk", "Blocks of Prometheus.", "bytes", line(telemetry.DISK, "bytes"), width=6),
        graph(
            "Series by job",
            "Samples of one scrape.",
            "short",
            line(telemetry.SAMPLES, "{{job}}"),
            links=(links.to_service("job"),),
            stacked=True,
        ),
        graph(
            "New series",
            "Series that a scrape saw for the first time, averaged over 10 minutes: churn.",
            "short",
            line(telemetry.NEW_SERIES, "{{job}}"),
            links=(links.to_service("job"),),
        ),
        graph(
            "Duration of scrapes",
            "By job; the time-out is the scrape interval.",
            "s",
            line(telemetry.SCRAPE_DURATION, "{{job}}"),
            links=(links.to_service("job"),),
        ),
    )


def rules() -> tuple[Panel, ...]:
    """What rules cost."""
    return (
        bars(
            "Series by SLO",
            "Series that the rules of each SLO record; groups multiply them.",
            "short",
            telemetry.RECORDS,
            "{{slo_id}}",
            width=12,
            height=12,
            no_data="No SLO rules are loaded",
            links=(links.to_slo(),),
        ),
        bars(
            "Time by group of rules",
            "Duration of each group's last evaluation; a group of an SLO is named after it.",
            "s",
            telemetry.RULE_COST,
            "{{rule_group}}",
            width=12,
            height=12,
        ),
        graph(
            "Samples",
            "Samples appended per second, scraped and recorded.",
            "cps",
            line(telemetry.APPENDED, "samples", palette.BLUE),
        ),
        graph(
            "Evaluations missed",
            "Evaluations that came too late to be made, by group.",
            "none",
            line(telemetry.RULES_MISSED, "{{rule_group}}"),
            no_data="No evaluation was missed",
        ),
        graph(
            "Rules that fail",
            "Evaluations that ended in an error, per second.",
            "cps",
            line(telemetry.RULE_FAILURES, "failures", palette.BAD),
        ),
    )
