"""The platform at a glance: who is up, who reaches whom, traffic, failures, duration, saturation."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import requests, slo
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    pages = slo.overview()[-1]
    every = (
        pages.queries[0]
        .text.replace('=~"$team"', '=~".*"')
        .replace('=~"$tier"', '=~".*"')
        .replace('=~"$service"', '=~".*"')
    )
    firing = pages._replace(queries=(pages.queries[0]._replace(text=every),))
    return Board(
        links.PLATFORM,
        "Platform overview",
        f"Services of {platform.name} and what they depend on: their state, and traffic, failures, duration and saturation.",
        (
            Row("Now", (*requests.figures(), firing)),
            Row("State", requests.states()),
            Row("Golden signals", requests.all_services()),
        ),
        tags=(links.MAIN,),
    )
