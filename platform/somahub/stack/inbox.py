"""The inbox of a stack: every receiver of the spec is sent there, so that nobody outside is called."""

from pathlib import Path

from slo.oncall import OnCall
from slo.receivers import Email, GoAlert, Receiver, Slack
from somahub.stack.component import Component, python
from somahub.stack.ports import Ports

HTTP = 17
SMTP = 18


def inbox(ports: Ports, state: Path) -> Component:
    """Its process; messages are kept below ``state``."""
    settings = {
        "INBOX_PORT": str(ports.base + HTTP),
        "INBOX_SMTP_PORT": str(ports.base + SMTP),
        "INBOX_FILE": str(state / "inbox.jsonl"),
    }
    return python("inbox", "somahub.inbox", ports.url(HTTP), settings)


def delivered_here(oncall: OnCall, ports: Ports) -> OnCall:
    """The same people, rotations and teams, with receivers that end in the inbox; their secrets are ``secrets``."""
    return oncall.model_copy(update={"receivers": tuple(_here(r, ports) for r in oncall.receivers)})


def secrets(oncall: OnCall, ports: Ports) -> dict[str, str]:
    """Files of the secrets of those receivers: addresses of the inbox, and keys that it does not ask for."""
    hook = ports.url(HTTP) + "/hook/"
    return {
        value: hook + receiver.name if name == "url_file" else "local"
        for receiver in oncall.receivers
        for name, value in receiver
        if name.endswith("_file") and value
    }


def _here(receiver: Receiver, ports: Ports) -> Receiver:
    files = {n: f"receivers/{receiver.name}" for n, value in receiver if n.endswith("_file") and value}
    if isinstance(receiver, Email):
        plain = {"smarthost": ports.address(SMTP), "require_tls": False, "username": "", "password_file": ""}
        return receiver.model_copy(update=plain)
    if isinstance(receiver, Slack | GoAlert):
        return receiver.model_copy(update=files)
    return receiver.model_copy(update=files | {"url": f"{ports.url(HTTP)}/hook/{receiver.name}"})
