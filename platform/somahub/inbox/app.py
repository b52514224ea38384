"""The inbox' HTTP API: webhooks in; messages out, as JSON and as pages."""

import html
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Body, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import JsonValue

from somahub import problems
from somahub.inbox.kept import Kept, Message
from somahub.telemetry.http import SILENT

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Inbox</title>
<meta name="viewport" content="width=device-width"><style>
body{{font:15px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}
td,th{{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd;vertical-align:top}}
</style><h1>Inbox</h1><p>What the pager and Alertmanager sent, newest first.</p>
<table><tr><th>When<th>To<th>What</tr>{rows}</table></html>"""
_ROW = '<tr><td>{when}<td>{to}<td><a href="/messages/{number}/page">{title}</a></tr>'


def create_app(kept: Kept) -> FastAPI:
    """Build the app around what it keeps."""
    app = FastAPI(title="Inbox", version="1.0.0", telemetry=SILENT)
    problems.install(app)

    @app.post("/hook/{name:path}")
    async def hook(name: str, body: Annotated[JsonValue, Body()]) -> str:
        """Take what a receiver's webhook posts, such as Slack's."""
        title, text = _said(body)
        kept.add(
            Message(
                number=0,
                received=datetime.now(UTC),
                kind="webhook",
                to=name,
                title=title,
                text=text,
                body=body,
            )
        )
        return "ok"

    @app.get("/messages")
    async def messages() -> list[Message]:
        """All messages in the order of their arrival."""
        return kept.messages

    @app.get("/messages/{number}/page", response_class=HTMLResponse)
    async def page(number: int) -> str:
        """One message as its reader sees it."""
        if not 0 <= number < len(kept.messages):
            raise HTTPException(404, f"There is no message {number}.")
        message = kept.messages[number]
        return message.html or f"<pre>{html.escape(message.text)}</pre>"

    @app.get("/", response_class=HTMLResponse)
    async def listing() -> str:
        """All messages, newest first."""
        rows = [
            _ROW.format(
                when=f"{m.received:%H:%M:%S}",
                to=html.escape(m.to),
                number=m.number,
                title=html.escape(m.title or "(no title)"),
            )
            for m in reversed(kept.messages)
        ]
        return _PAGE.format(rows="".join(rows))

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "alive"}

    return app


def _said(body: JsonValue) -> tuple[str, str]:
    """Title and text of what is sent to Slack; Alertmanager has them in an attachment."""
    told = body if isinstance(body, dict) else {}
    if text := told.get("text"):
        return str(text), str(text)
    attached = told.get("attachments")
    first = attached[0] if isinstance(attached, list) and attached else None
    return (str(first.get("title", "")), str(first.get("text", ""))) if isinstance(first, dict) else ("", "")
