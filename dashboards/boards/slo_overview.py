"""All SLOs of all teams: what is promised, what is left, what burns."""

from dashboards import links
from dashboards.board import Board, Row, Variable
from dashboards.panels import slo_overview as slo
from slo.model import Platform

CHOICES = (
    Variable("team", "Team", "label_values(slo_info, owner)"),
    Variable("tier", "Tier", 'label_values(slo_info{owner=~"$team"}, tier)'),
    Variable("service", "Service", 'label_values(slo_info{owner=~"$team",tier=~"$tier"}, slo_service)'),
)


def board(platform: Platform) -> Board:
    """The board."""
    return Board(
        links.OVERVIEW,
        "SLO overview",
        f"All SLOs of {platform.name}, by team, tier and service.",
        (
            Row("Now", slo.overview()),
            Row("SLOs", (slo.table(),)),
            Row("Most urgent", (slo.least_left(), slo.burning())),
        ),
        tags=(links.MAIN,),
        variables=CHOICES,
    )
