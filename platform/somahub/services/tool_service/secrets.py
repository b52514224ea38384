"""Secrets by reference: read from files when they are needed, and never shown."""

from pathlib import Path

from somahub.services.tool_service.errors import UnavailableError

HIDDEN = "[hidden]"
_SHORTEST = 6  # letters: what is shorter hides too much of everything else


class Secrets:
    """Reads secrets, so that a replaced one counts at once, and blacks out those that it has read."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def read(self, file: Path) -> str:
        """The secret of a file; ``UnavailableError`` when it can't be read."""
        try:
            value = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UnavailableError("the tool's secret can't be read") from error
        if not value:
            raise UnavailableError("the tool's secret is empty")
        self._known.add(value)
        return value

    def hide(self, text: str) -> str:
        """The text without any secret: another side may send back what it was sent."""
        for value in self._known:
            if len(value) >= _SHORTEST:
                text = text.replace(value, HIDDEN)
        return text
