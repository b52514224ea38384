"""A spec whose team has a receiver of every kind."""

from datetime import date

from paged import service

from slo import (
    Email,
    Escalation,
    GoAlert,
    Jira,
    OnCall,
    Opsgenie,
    PagerDuty,
    Person,
    Platform,
    Rotation,
    Slack,
    Step,
    Team,
    Webhook,
)

SECRET = "file-of-a-secret"  # noqa: S105 - the name of a file
EVERY = (
    PagerDuty(name="duty", routing_key_file=SECRET),
    Opsgenie(name="genie", api_key_file=SECRET),
    GoAlert(name="goalert", url_file=SECRET),
    Slack(name="chat", url_file="/run/secrets/chat", channel="#web"),
    Email(name="mail", to="web@example.com", username="slo", password_file=SECRET),
    Webhook(name="hook", url="https://hooks.example.com/in", token_file=SECRET),
    Webhook(name="open-hook", url="http://127.0.0.1:9/in"),
    Jira(
        name="issues",
        url="https://example.atlassian.net/rest/api/2/",
        project="WEB",
        username="slo",
        token_file=SECRET,
    ),
)


def platform(version: str = "0.25", **team: object) -> Platform:
    """A shop whose team ``web`` has all of them for tickets, unless ``team`` says otherwise."""
    fields = {"name": "web", "escalation": "web", "tickets": tuple(r.name for r in EVERY)} | team
    return Platform(
        name="p",
        services=(service("shop"),),
        oncall=OnCall(
            people=(Person(name="ada", receivers=("mail",)),),
            rotations=(Rotation(name="first", people=("ada",), start=date(2026, 1, 5)),),
            escalations=(Escalation(name="web", steps=(Step(title="On call", notify=("first",)),)),),
            receivers=EVERY,
            teams=(Team.model_validate(fields),),
            alertmanager=version,
        ),
    )
