"""The platform at a glance: who is up, who reaches whom, traffic, failures, duration, saturation."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import everywhere, oncall
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    return Board(
        links.PLATFORM,
        "Platform overview",
        f"Services of {platform.name} and what they depend on: their state, and traffic, failures, duration and saturation.",
        (
            Row("Now", (*everywhere.figures(), oncall.pages())),
            Row("State", everywhere.states()),
            Row("Golden signals", everywhere.all_services()),
        ),
        tags=(links.MAIN,),
    )
