"""A message as Slack's blocks, for an incoming webhook (https://docs.slack.dev/reference/block-kit/blocks)."""

from collections.abc import Iterable
from typing import Any

from alerts.paging.incident import Incident
from alerts.paging.messages.called import UNKNOWN, Called
from alerts.paging.messages.content import Links, content
from alerts.paging.messages.named import Named

# Slack refuses the whole message where one text or URL is longer.
_LONGEST_TEXT = 3000
_LONGEST_URL = 3000
_STYLES = {"Acknowledge": "primary"}


def message(
    incident: Incident, occasion: str, links: Links, called: Called = UNKNOWN, zone: str = "UTC"
) -> dict[str, Any]:
    """The webhook's body; ``text`` is what a notification shows."""
    told = content(incident, occasion, links, called, zone)
    head = [f"*{_escaped(told.subject)}*", _escaped(told.status)]
    if told.notice:
        head.append(f"*{_escaped(told.notice)}*")
    blocks = [_section(head), _section(f"*{fact.name}:* {_escaped(fact.value)}" for fact in told.facts)]
    if told.symptoms:
        explained = "*Symptoms that it explains, which page nobody:*"
        blocks.append(_section((explained, *(f"• {_escaped(s)}" for s in told.symptoms))))
    if buttons := [_button(link) for link in (*told.actions, *told.links) if len(link.value) <= _LONGEST_URL]:
        blocks.append({"type": "actions", "elements": buttons})
    return {"text": _escaped(f"{told.subject} {told.status}"), "blocks": blocks}


def _section(lines: Iterable[str]) -> dict[str, Any]:
    """As many whole lines as Slack takes; as they are: no names or URLs are looked for in them."""
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > _LONGEST_TEXT:
            break
        kept.append(line)
    return {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(kept), "verbatim": True}}


def _button(link: Named) -> dict[str, Any]:
    style = {"style": _STYLES[link.name]} if link.name in _STYLES else {}
    text = {"type": "plain_text", "text": link.name}
    return {"type": "button", "action_id": link.name.lower(), "text": text, "url": link.value} | style


def _escaped(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text/#escaping."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
