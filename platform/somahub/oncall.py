"""Who is on call for the platform, by the manual's escalation path; people and times are an example to replace."""

from datetime import date, time, timedelta

from slo import Email, Escalation, Hours, OnCall, Person, Rotation, Slack, Step, Team

_ZONE = "Europe/Berlin"


def _person(name: str, title: str) -> tuple[Person, Email]:
    mail = Email(name=f"{name}-mail", to=f"{name}@example.com")
    return Person(name=name, title=title, receivers=(mail.name, "slack-pages")), mail


_PEOPLE = [
    _person("ada", "Ada, platform engineer"),
    _person("ben", "Ben, platform engineer"),
    _person("cleo", "Cleo, platform engineer"),
    _person("tara", "Tara, platform team lead"),
    _person("emil", "Emil, engineering manager"),
    _person("vera", "Vera, VP engineering"),
]

oncall = OnCall(
    people=tuple(person for person, _ in _PEOPLE),
    rotations=(
        Rotation(
            name="platform-primary",
            people=("ada", "ben", "cleo"),
            start=date(2026, 1, 5),
            handoff=time(10),
            zone=_ZONE,
        ),
    ),
    escalations=(
        Escalation(
            name="platform",
            steps=(
                Step(title="On-call engineer", notify=("platform-primary",)),
                Step(title="Platform team lead", after=timedelta(minutes=10), notify=("tara",)),
                Step(title="Engineering manager", after=timedelta(minutes=25), notify=("emil",)),
                Step(title="VP engineering", after=timedelta(minutes=45), notify=("vera",)),
            ),
        ),
    ),
    receivers=(
        Slack(name="slack-pages", url_file="slack.url", channel="#platform-pages"),
        Slack(name="slack-tickets", url_file="slack.url", channel="#platform-tickets"),
        Email(name="platform-direct", to="platform-oncall@example.com"),
        *(mail for _, mail in _PEOPLE),
    ),
    teams=(
        Team(
            name="platform",
            title="Platform",
            escalation="platform",
            tickets=("slack-tickets",),
            direct=("platform-direct",),
            hours=Hours(zone=_ZONE),
        ),
    ),
)
