"""Labels whose values have no bound: each new value is a new series, kept for as long as any."""

import re

_WORDS = frozenset(
    [
        "uid",
        "uuid",
        "guid",
        "email",
        "mail",
        "username",
        "login",
        "phone",
        "token",
        "password",
        "secret",
        "cookie",
        "path",
        "url",
        "uri",
        "href",
        "query",
        "referer",
        "referrer",
        "timestamp",
        "fingerprint",
    ]
)
# What there is no end of, when a label ends in its name, id or key: user_id, order_number, session.
_THINGS = frozenset(
    [
        "user",
        "customer",
        "client",
        "account",
        "member",
        "visitor",
        "person",
        "session",
        "request",
        "trace",
        "span",
        "correlation",
        "order",
        "invoice",
        "payment",
        "transaction",
        "message",
        "event",
        "document",
        "file",
        "object",
        "job_run",
        "run",
        "execution",
        "workflow",
        "task",
        "ticket",
        "conversation",
        "device",
        "ip",
    ]
)
_ENDS = ("id", "ids", "uuid", "guid", "name", "number", "key", "hash", "address", "email", "token")
_BOUNDED = frozenset(
    [
        "slo_id",
        "slo_name",
        "client_name",
        "client_id",
        "event_name",
        "task_name",
        "file_name",
        "workflow_name",
        "job_name",
        "message_name",
        "document_name",
        "object_name",
        "device",
        "device_name",
        "event_id",
    ]
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def unbounded(label: str) -> bool:
    """Whether a label's name says that it has as many values as there are users, requests or the like."""
    name = _CAMEL.sub("_", label).lower()
    if name in _BOUNDED:
        return False
    thing, _, end = name.rpartition("_")
    if end in _WORDS or name in {"session", "user", "ip", "customer", "visitor"}:
        return True
    return end in _ENDS and (thing.rpartition("_")[2] in _THINGS or name == "id")
