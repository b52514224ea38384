"""The pager of a stack: who is on call comes from what was generated, secrets from the stack's own."""

from pathlib import Path

from alerts import PAGER_TOKEN
from slo.oncall import OnCall
from somahub.generate import Endpoints
from somahub.stack.component import Component, python
from somahub.stack.secrets import Secrets

DATABASE = "pager.db"
_PEOPLE = "pager.people.json"
_LINKS = "pager.links.key"
_KEYS = "pager.keys"


def pager(where: Endpoints, state: Path, kept: Secrets) -> Component:
    """Its process."""
    url = f"http://{where.pager}"
    settings = {
        "PAGER_PORT": url.rpartition(":")[2],
        "PAGER_PUBLIC_URL": url,
        "PAGER_CONSOLE_URL": "",  # a stack has none to link to
        "PAGER_DATABASE": f"sqlite:///{state / DATABASE}",
        "PAGER_SPEC": str(state / "config/pager/oncall.json"),
        "PAGER_ALERTMANAGER_URL": f"http://{where.alertmanager}",
        "PAGER_SECRETS": str(kept.folder),
        "PAGER_TOKEN_FILE": str(kept.file(PAGER_TOKEN)),
        "PAGER_PEOPLE_FILE": str(kept.file(_PEOPLE)),
        "PAGER_LINK_KEY_FILE": str(kept.file(_LINKS)),
        "PAGER_KEYS": str(kept.file(_KEYS)),
    }
    return python("pager", "alerts.paging", url, settings, "ready")


def prepare(oncall: OnCall, kept: Secrets) -> None:
    """Make a token for each person, a routing key for each team, and the key of links, unless they are there."""
    kept.make(_LINKS)
    for team in oncall.teams:
        kept.make(f"{_KEYS}/{team.name}.key")
    people = {person.name: kept.make(f"pager.people/{person.name}.token") for person in oncall.people}
    kept.place_json(_PEOPLE, people)
