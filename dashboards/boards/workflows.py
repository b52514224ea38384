"""How workflows do: starts, ends, waits, workers, and the server."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import temporal, workflows
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    return Board(
        links.WORKFLOWS,
        "Workflow performance",
        "Workflows on Temporal: how many start and how they end, how long they take, and who works on them.",
        (
            Row("Workflows", workflows.flow()),
            Row("Duration", workflows.durations(platform.services)),
            Row("Task queues", workflows.queues()),
            Row("Workers", temporal.workers()),
            Row("Temporal", temporal.server()),
        ),
        tags=(links.MAIN,),
    )
