"""What watching costs."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import operations
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    return Board(
        links.COST,
        "Telemetry cost",
        f"What watching {platform.name} costs: series, samples and the time of rules.",
        (Row("Scraping", operations.scraping()), Row("Rules", operations.rules())),
        tags=(links.MAIN,),
    )
