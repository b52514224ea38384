"""A message as an e-mail: subject, text, and HTML that mail clients show (tables, styles in line)."""

from functools import cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from alerts.paging.incident import Incident, Status
from alerts.paging.messages import text
from alerts.paging.messages.called import UNKNOWN, Called
from alerts.paging.messages.content import Links, content

# Readable under white, in light and in dark.
_COLOURS = {"page": "#b3261e", "ticket": "#8a5300", "acknowledged": "#1f5fa8", "resolved": "#1d6b3a"}


class Mail(NamedTuple):
    """The parts of an e-mail; the subject is one line."""

    subject: str
    text: str
    html: str


def message(
    incident: Incident, occasion: str, links: Links, called: Called = UNKNOWN, zone: str = "UTC"
) -> Mail:
    """A mail that reads well without its HTML, too."""
    told = content(incident, occasion, links, called, zone)
    working = incident.status in (Status.ACKNOWLEDGED, Status.RESOLVED)
    colour = _COLOURS[incident.status.value if working else incident.severity]
    mark = f"{incident.priority} {incident.status.value if working else incident.severity}"
    html = _template().render(
        told._asdict(), mark=mark, number=incident.number, team=incident.team, colour=colour
    )
    return Mail(told.subject, text.render(told), html)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("alerts.paging.messages", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("email.html.j2")
