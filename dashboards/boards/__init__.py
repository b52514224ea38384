"""One module a board; each makes its board from the platform, and ``all_boards`` says which there are."""

from collections.abc import Callable, Iterator

from dashboards.board import Board
from dashboards.boards import (
    infrastructure,
    oncall,
    platform_overview,
    service_detail,
    slo_detail,
    slo_overview,
    telemetry_cost,
    workflows,
)
from dashboards.declared import Declared
from slo.model import Platform

_SHARED: tuple[Callable[[Platform], Board], ...] = (
    slo_overview.board,
    slo_detail.board,
    platform_overview.board,
    workflows.board,
    infrastructure.board,
    oncall.board,
    telemetry_cost.board,
)


def all_boards(platform: Platform) -> Iterator[Board]:
    """The boards of a platform, shared ones first, each with what the spec declares; none that would be empty."""
    declared = Declared(platform)
    made = [make(platform) for make in _SHARED]
    own = (service_detail.board(platform, service) for service in platform.services)
    for board in (*made, *own):
        kept = declared.kept(board)
        if any(panel.queries for panel in kept.panels):
            yield kept
