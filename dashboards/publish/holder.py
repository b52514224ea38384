"""What holds boards and library panels, behind which a Grafana is."""

from collections.abc import Collection
from typing import Protocol

from dashboards.publish.plan import Body, Kept


class Grafana(Protocol):
    """What holds boards and library panels in folders."""

    def kept(self, uids: list[str], folder: str) -> dict[str, Kept]:
        """Boards by uid: those that are asked for, wherever they are, and all of the folder."""
        ...

    def panels(self, uids: Collection[str], folder: str) -> dict[str, Kept]:
        """Library panels by uid: those that are asked for, wherever they are, and all of the folder."""
        ...

    def folder(self, uid: str, title: str) -> None:
        """Make the folder, if it isn't there."""

    def save(self, body: Body, folder: str) -> None:
        """Create a board, or replace the version that it says."""

    def save_panel(self, body: Body, folder: str) -> None:
        """Create a library panel, or replace the version that it says."""

    def remove(self, uid: str) -> None:
        """Delete a board; one that is gone already is fine."""

    def remove_panel(self, uid: str) -> None:
        """Delete a library panel, which no board may have any more; one that is gone already is fine."""
