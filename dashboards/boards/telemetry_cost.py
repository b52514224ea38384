"""What watching costs."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import telemetry
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    return Board(
        links.COST,
        "Telemetry cost",
        f"What watching {platform.name} costs: series, samples and the time of rules.",
        (Row("Scraping", telemetry.scraping()), Row("Rules", telemetry.rules())),
        tags=(links.MAIN,),
    )
