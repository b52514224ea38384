"""The sender of each kind of receiver."""

from collections.abc import Awaitable, Callable
from typing import Any

from alerts.paging.delivery import http
from alerts.paging.delivery.envelope import Envelope, Post
from alerts.paging.delivery.smtp import smtp

# What it returns is kept, and given to the sender of the incident's next notification.
Sender = Callable[[Any, Envelope, Post], Awaitable[str]]
SENDERS: dict[str, Sender] = {
    "email": smtp,
    "goalert": http.goalert,
    "jira": http.jira,
    "opsgenie": http.opsgenie,
    "pagerduty": http.pagerduty,
    "slack": http.slack,
    "webhook": http.webhook,
}
