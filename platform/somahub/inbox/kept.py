"""What has arrived, in a file of one message a line."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel


class Message(BaseModel):
    """One message: a mail with its text and HTML, or what was posted by a webhook."""

    number: int
    received: datetime
    kind: Literal["mail", "webhook"]
    to: str
    title: str = ""
    text: str = ""
    html: str = ""
    body: Any = None
    headers: dict[str, str] = {}


class Kept:
    """Messages by their number, from 0; what is added is in the file when ``add`` returns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()
        lines = file.read_text(encoding="utf-8").splitlines()
        self.messages = [Message.model_validate_json(line) for line in lines]

    def add(self, message: Message) -> Message:
        """Keep a message under the next number."""
        message = message.model_copy(update={"number": len(self.messages)})
        with self._file.open("a", encoding="utf-8") as out:
            out.write(message.model_dump_json() + "\n")
        self.messages.append(message)
        return message
