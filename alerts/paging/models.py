"""Bodies of what others send: Alertmanager's webhook and PagerDuty's Events API v2."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

_MOST = 1000  # alerts in one notification


class Alert(BaseModel):
    """One alert of an Alertmanager webhook; while it fires, ``ends_at`` says nothing."""

    model_config = ConfigDict(populate_by_name=True)

    fingerprint: str = Field(min_length=1, max_length=128)
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: AwareDatetime = Field(alias="startsAt")
    ends_at: AwareDatetime = Field(alias="endsAt")


class Webhook(BaseModel):
    """A notification of Alertmanager, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config)."""

    model_config = ConfigDict(populate_by_name=True)

    version: Literal["4"] = "4"
    group_key: str = Field(default="", alias="groupKey")
    receiver: str = Field(default="", max_length=64)
    alerts: list[Alert] = Field(min_length=1, max_length=_MOST)


class PagerDutyPayload(BaseModel):
    """What happened, in PagerDuty's Common Event Format."""

    summary: str = Field(min_length=1, max_length=1024)
    source: str = Field(min_length=1)
    severity: Literal["critical", "error", "warning", "info"]
    component: str = ""
    group: str = ""
    custom_details: Any = None


class PagerDutyLink(BaseModel):
    """A link beside an event."""

    href: str
    text: str = ""


class PagerDutyEvent(BaseModel):
    """An event of https://developer.pagerduty.com/docs/events-api-v2-overview; fields that say nothing to us are allowed."""

    routing_key: str = Field(min_length=1, max_length=128)
    event_action: Literal["trigger", "acknowledge", "resolve"]
    dedup_key: str = Field(default="", max_length=255)
    payload: PagerDutyPayload | None = None
    client: str = ""
    client_url: str = ""
    links: list[PagerDutyLink] = []
