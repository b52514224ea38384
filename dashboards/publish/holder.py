"""What holds boards, behind which a Grafana is."""

from typing import Protocol

from dashboards.publish.plan import Body, Kept


class Grafana(Protocol):
    """What holds boards in folders."""

    def kept(self, uids: list[str], folder: str) -> dict[str, Kept]:
        """Boards by uid: those that are asked for, wherever they are, and all of the folder."""
        ...

    def folder(self, uid: str, title: str) -> None:
        """Make the folder, if it isn't there."""

    def save(self, body: Body, folder: str) -> None:
        """Create a board, or replace the version that it says."""

    def remove(self, uid: str) -> None:
        """Delete a board; one that is gone already is fine."""
