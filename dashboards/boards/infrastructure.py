"""What the platform stands on: what fills up, what is refused, what is late."""

from dashboards import links
from dashboards.board import Board, Row
from dashboards.panels import machines, stores
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    return Board(
        links.INFRASTRUCTURE,
        "Infrastructure health",
        f"Databases, queues, stores, backups, nodes and certificates below {platform.name}.",
        (
            Row("Redis", stores.redis()),
            Row("PostgreSQL", stores.postgresql()),
            Row("Stores", stores.stores()),
            Row("Backups", machines.backups()),
            Row("Nodes and pods", machines.nodes()),
            Row("Certificates", machines.certificates()),
        ),
        tags=(links.MAIN,),
    )
