"""Where notifications go. Secrets are names of files on the machine that sends, never the secrets themselves."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# The first Alertmanager that reads all secrets from files and knows time zones.
FIRST_VERSION = (0, 25)
# A path: absolute, or below the folder of secrets of whoever reads it.
SecretFile = Annotated[
    str, StringConstraints(pattern=r"^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", max_length=256)
]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/@]+(/\S*)?$")]


class _Receiver(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    # The first Alertmanager that delivers to it with its secret in a file; before, the pager does.
    since: ClassVar[tuple[int, int]] = FIRST_VERSION

    name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=64)


class PagerDuty(_Receiver):
    """A service of PagerDuty, by its Events API v2."""

    kind: Literal["pagerduty"] = "pagerduty"
    routing_key_file: SecretFile
    url: Url = "https://events.pagerduty.com/v2/enqueue"


class Opsgenie(_Receiver):
    """A team's integration of Opsgenie."""

    kind: Literal["opsgenie"] = "opsgenie"
    api_key_file: SecretFile
    url: Url = "https://api.opsgenie.com/"


class GoAlert(_Receiver):
    """An integration key of GoAlert's Prometheus Alertmanager webhook; the whole URL is the secret."""

    since: ClassVar[tuple[int, int]] = (0, 26)  # webhook_config.url_file

    kind: Literal["goalert"] = "goalert"
    url_file: SecretFile


class Slack(_Receiver):
    """A channel or a member, by an incoming webhook; its URL is the secret."""

    kind: Literal["slack"] = "slack"
    url_file: SecretFile
    channel: str = Field(min_length=1)


class Email(_Receiver):
    """A mailbox; ``password_file`` where the server wants a login."""

    kind: Literal["email"] = "email"
    to: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    sender: str = Field(default="slo@example.com", pattern=r"^[^@\s]+@[^@\s]+$")
    smarthost: str = Field(default="127.0.0.1:25", pattern=r"^[^:\s]+:\d+$")
    username: str = ""
    password_file: SecretFile | Literal[""] = ""
    require_tls: bool = True


class Webhook(_Receiver):
    """An HTTP endpoint; ``token_file`` is sent as a bearer token."""

    kind: Literal["webhook"] = "webhook"
    url: Url
    token_file: SecretFile | Literal[""] = ""


class Jira(_Receiver):
    """A project where each ticket is an issue."""

    since: ClassVar[tuple[int, int]] = (0, 28)  # jira_config

    kind: Literal["jira"] = "jira"
    url: Url
    project: str = Field(pattern=r"^[A-Z][A-Z0-9_]+$")
    issue_type: str = "Task"
    username: str
    token_file: SecretFile


Receiver = Annotated[
    PagerDuty | Opsgenie | GoAlert | Slack | Email | Webhook | Jira, Field(discriminator="kind")
]
