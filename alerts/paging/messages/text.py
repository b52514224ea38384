"""A message as text of a terminal and of a mail without HTML."""

from alerts.paging.incident import Incident
from alerts.paging.messages.called import UNKNOWN, Called
from alerts.paging.messages.content import Content, Links, content

_WIDTH = 13


def message(
    incident: Incident, occasion: str, links: Links, called: Called = UNKNOWN, zone: str = "UTC"
) -> str:
    """Lines of text, with a line end at the end."""
    return render(content(incident, occasion, links, called, zone))


def render(told: Content) -> str:
    """The text of a content."""
    parts = [
        "\n".join(line for line in (told.subject, told.status, told.notice) if line),
        "\n".join(f"{fact.name:<{_WIDTH}}  {fact.value}" for fact in told.facts),
        "\n".join(("Symptoms that it explains, which page nobody:", *(f"- {s}" for s in told.symptoms)))
        if told.symptoms
        else "",
        "\n".join(f"{link.name:<{_WIDTH}}  {link.value}" for link in (*told.actions, *told.links)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
