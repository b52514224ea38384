"""People and rotations for tests of who is on call."""

from datetime import date, datetime, time

from alerts.paging.schedule import Override
from slo.oncall import Escalation, OnCall, Person, Rotation, Step, Team
from slo.receivers import Email

PEOPLE = ("ada", "ben", "cleo")


def crew(*rotations: Rotation) -> OnCall:
    """A team with these rotations."""
    return OnCall(
        people=tuple(Person(name=name, receivers=("mail",)) for name in PEOPLE),
        rotations=rotations,
        escalations=(Escalation(name="all", steps=(Step(title="First", notify=("ada",)),)),),
        receivers=(Email(name="mail", to="oncall@example.com"),),
        teams=(Team(name="shop", escalation="all", tickets=("mail",)),),
    )


def weekly(**changed: object) -> Rotation:
    """A rotation that hands over on Mondays at 10 in Berlin."""
    fields = {"name": "primary", "people": PEOPLE, "start": date(2026, 1, 5), "zone": "Europe/Berlin"}
    return Rotation.model_validate(fields | {"handoff": time(10)} | changed)


def override(person: str, start: datetime, end: datetime) -> Override:
    """A person takes over the rotation of ``weekly``."""
    return Override(rotation="primary", person=person, start=start, end=end, by="tara")
