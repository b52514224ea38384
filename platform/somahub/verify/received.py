"""Events and spans as the receiver got them against those that are declared."""

import re
from collections.abc import Iterable, Mapping

from slo import kit
from slo.model import Service
from slo.signals import Event
from somahub.otlp.models import KIT_SCOPE, EventSummary, ServiceSummary, SpanSummary
from somahub.verify.model import Signal

_SERVER = re.compile(r"([A-Z]+|_OTHER) (/\S*|unmatched)")
_CLIENT = re.compile(r"[A-Z]+")
_OF_REQUESTS = {"server": (_SERVER, kit.SERVER_SPAN), "client": (_CLIENT, kit.CLIENT_SPAN)}


def events(service: Service, seen: ServiceSummary | None, idle: Mapping[str, str]) -> tuple[Signal, ...]:
    """Each declared event, then those that came without being declared."""
    came = {one.name: one for one in (seen.events if seen else ())}
    declared = (*kit.EVENTS, *service.events)
    strange = [came[name] for name in sorted(set(came) - {one.name for one in declared})]
    return (
        *(_event(one, came.get(one.name), idle) for one in declared),
        *(
            Signal(
                kind="event",
                name=one.name or "(no name)",
                state="undeclared",
                why=("is not declared",),
                seen=one.count,
            )
            for one in strange
        ),
    )


def spans(service: Service, seen: ServiceSummary | None, idle: Mapping[str, str]) -> tuple[Signal, ...]:
    """Spans of requests, then each declared span, then others. What libraries trace is theirs to declare."""
    came = [one for one in (seen.spans if seen else ()) if one.scope == KIT_SCOPE]
    own = {one.name: one.attributes for one in service.spans}
    requests = [one for one in came if one.kind == "server"]
    found = [_of_requests("server", requests, idle)]
    if calls := [one for one in came if one.kind == "client"]:
        found.append(_of_requests("client", calls, idle))
    inner = {one.name: one for one in came if one.kind not in _OF_REQUESTS}
    for name, attributes in own.items():
        found.append(_span(name, attributes, inner.get(name)))
    for name in sorted(set(inner) - set(own)):
        why = ("is not declared",)
        found.append(Signal(kind="span", name=name, state="undeclared", why=why, seen=inner[name].count))
    return tuple(found)


def resource(seen: ServiceSummary | None) -> tuple[Signal, ...]:
    """Whether whoever emits says who it is."""
    lost = [name for name in kit.RESOURCE if seen and not seen.resource.get(name)]
    why = tuple(f"lacks {name}" for name in lost)
    return (Signal(kind="resource", name="resource", state="wrong", why=why),) if lost else ()


def _event(event: Event, seen: EventSummary | None, idle: Mapping[str, str]) -> Signal:
    if seen is None:
        # A warning or an error tells of trouble; that there was none is no fault.
        well = "tells of trouble, and there was none" if event.level != "info" else idle.get(event.name, "")
        return _unseen("event", event.name, well)
    wanted = set(event.fields)
    faults = [
        text
        for fields in seen.field_sets
        for text in (
            *(f"lacks the field {name}" for name in sorted(wanted - set(fields))),
            *(f"has the field {name}, which is not declared" for name in sorted(set(fields) - wanted)),
        )
    ]
    faults += [f"came as {level}, declared as {event.level}" for level in seen.levels if level != event.level]
    return _seen("event", event.name, seen.count, faults)


def _span(name: str, attributes: Iterable[str], seen: SpanSummary | None) -> Signal:
    if seen is None:
        return _unseen("span", name)
    strange = sorted(set(seen.attributes) - {*attributes, kit.ERROR_TYPE})
    faults = [f"has the attribute {key}, which is not declared" for key in strange]
    return _seen("span", name, seen.count, faults)


def _of_requests(kind: str, came: list[SpanSummary], idle: Mapping[str, str]) -> Signal:
    """Spans of one kind of request, as one: each route has a name of its own."""
    name = f"{kind} spans"
    if not came:
        return _unseen("span", name, idle.get(name, ""))
    pattern, attributes = _OF_REQUESTS[kind]
    faults = [f"{one.name!r} is no method and route" for one in came if not pattern.fullmatch(one.name)]
    for one in came:
        faults += [
            f"{one.name} has the attribute {key}, which is not declared"
            for key in sorted(set(one.attributes) - {*attributes, kit.ERROR_TYPE})
        ]
        # A call without an answer has no status; a request that is answered has all of them.
        lost = [key for key in attributes if key not in one.attributes] if kind == "server" else []
        faults += [f"{one.name} lacks the attribute {key}" for key in lost]
    return _seen("span", name, sum(one.count for one in came), faults)


def _unseen(kind: str, name: str, well: str = "") -> Signal:
    """What did not come: a finding, unless there is a reason why that is well."""
    why = (well or "did not come yet",)
    return Signal(kind=kind, name=name, state="quiet" if well else "unseen", why=why)


def _seen(kind: str, name: str, count: int, faults: list[str]) -> Signal:
    why = tuple(dict.fromkeys(faults))
    return Signal(kind=kind, name=name, state="wrong" if why else "ok", why=why, seen=count)
