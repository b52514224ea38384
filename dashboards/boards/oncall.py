"""What on-call people bear: alerts that fire, and what the pager counts."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import declared, oncall
from slo.model import Platform

_PAGER = "pager_"


def board(platform: Platform) -> Board:
    """The board. Whatever begins with ``pager_`` is the pager's, by whichever service declares it."""
    pager = tuple(panel for service in platform.services for panel in declared.declared(service, _PAGER))
    return Board(
        links.ONCALL,
        "On-call health",
        "What on-call people bear: pages, how often they come and how soon somebody takes them.",
        (Row("Alerts", oncall.load()), Row("Pager", pager)),
        tags=(links.MAIN,),
        since="now-7d",
    )
