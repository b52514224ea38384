"""AlertmanagerConfig resources of the Prometheus operator, ``monitoring.coreos.com/v1alpha1``.

That version is in every bundle of its CRDs; v1beta1 needs a conversion webhook. It knows no time zones, no Jira and no
template files: hours are in UTC, the pager delivers to Jira, texts are written out.

Source: prometheus-operator, the API reference and "Alerting".
"""

import re
from collections.abc import Mapping
from typing import Any

from alerts.routing import Inhibition, Interval, Matcher, Reader, Route, configuration, written_out
from slo.model import Platform
from slo.rulefile import dump
from somahub.targets.operator import metadata, resource_names
from somahub.targets.wanted import Wanted

# The Secret with what receivers need, in the namespace of the resource; a key is a file's path with dots for slashes.
SECRET = "slo-receivers"  # noqa: S105 - the name of a resource
_SECRETS = {
    "api_key_file": "apiKey",
    "api_url_file": "apiURL",
    "auth_password_file": "authPassword",
    "credentials_file": "credentials",
    "routing_key_file": "routingKey",
    "url_file": "urlSecret",
}
_ACRONYMS = {"apiUrl": "apiURL", "requireTls": "requireTLS"}
_PAIRS = frozenset({"details", "headers"})


def alertmanager_configs(platform: Platform, wanted: Wanted, year: int) -> dict[str, str]:
    """``kubernetes/alertmanager/<platform>.yaml``; nothing where nobody is on call. The pager is a Service ``pager``."""
    if platform.oncall is None:
        return {}
    pager = f"http://pager.{wanted.namespace}.svc:10015" if wanted.namespace else "http://pager:10015"
    found = configuration(platform, platform.oncall, Reader(pager, lambda file: file, year, operator=True))
    ((name, resource),) = resource_names([platform.name]).items()
    intervals = found.intervals.items()
    text = dump(
        {
            "apiVersion": "monitoring.coreos.com/v1alpha1",
            "kind": "AlertmanagerConfig",
            "metadata": metadata(platform, resource, wanted),
            "spec": {
                "route": _route(found.route),
                "inhibitRules": [_inhibition(one) for one in found.inhibitions],
                "receivers": [_converted(receiver) for receiver in found.receivers],
                "muteTimeIntervals": [
                    {"name": n, "timeIntervals": [_interval(one) for one in some]} for n, some in intervals
                ],
            },
        }
    )
    return {f"kubernetes/alertmanager/{name}.yaml": text}


def _route(route: Route) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "receiver": route.receiver,
        "matchers": [_matcher(matcher) for matcher in route.matchers],
        "continue": route.goes_on,
        "groupBy": route.group_by,
        "groupWait": route.timing.wait,
        "groupInterval": route.timing.interval,
        "repeatInterval": route.timing.repeat,
        "activeTimeIntervals": route.active,
        "muteTimeIntervals": route.mutes,
        "routes": [_route(child) for child in route.routes],
    }
    return {name: value for name, value in fields.items() if value}


def _inhibition(rule: Inhibition) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "sourceMatch": [_matcher(matcher) for matcher in rule.source],
        "targetMatch": [_matcher(matcher) for matcher in rule.target],
        "equal": rule.equal,
    }
    return {name: value for name, value in fields.items() if value}


def _matcher(matcher: Matcher) -> dict[str, str]:
    return {"name": matcher.label, "matchType": matcher.operator, "value": matcher.value}


def _interval(interval: Interval) -> dict[str, Any]:
    found = {_camel(name): value for name, value in interval.items()}
    found["times"] = [_converted(times) for times in interval["times"]]
    if days := interval.get("days_of_month"):
        bounds = (run.split(":") for run in days)
        found["daysOfMonth"] = [{"start": int(run[0]), "end": int(run[-1])} for run in bounds]
    return found


def _converted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the CRD spells them; secrets by their keys, texts written out, maps as lists of pairs."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _SECRETS:
            found[_SECRETS[name]] = {"name": SECRET, "key": value.strip("/").replace("/", ".")}
        elif name in _PAIRS:
            found[name] = [{"key": key, "value": written_out(text)} for key, text in value.items()]
        elif isinstance(value, Mapping):
            found[_camel(name)] = _converted(value)
        elif isinstance(value, list):
            found[_camel(name)] = [_converted(one) for one in value]
        else:
            found[_camel(name)] = written_out(value) if isinstance(value, str) else value
    return found


def _camel(name: str) -> str:
    found = re.sub(r"_(.)", lambda match: match[1].upper(), name)
    return _ACRONYMS.get(found, found)
