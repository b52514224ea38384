"""What the platform stands on: what fills up, what is refused, what is late."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import infrastructure
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    return Board(
        links.INFRASTRUCTURE,
        "Infrastructure health",
        f"Databases, queues, stores, backups, nodes and certificates below {platform.name}.",
        (
            Row("Redis", infrastructure.redis()),
            Row("PostgreSQL", infrastructure.postgresql()),
            Row("Stores", infrastructure.stores()),
            Row("Backups", infrastructure.backups()),
            Row("Nodes and pods", infrastructure.nodes()),
            Row("Certificates", infrastructure.certificates()),
        ),
        tags=(links.MAIN,),
    )
