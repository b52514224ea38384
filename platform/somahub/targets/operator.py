"""PrometheusRule resources of the Prometheus operator, ``monitoring.coreos.com/v1``.

Source: prometheus-operator, the API reference and ``pkg/prometheus/rules.go``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from slo.errors import SLOError
from slo.model import Platform
from slo.rulefile import body, dump
from slo.rules import Group
from somahub.targets.wanted import Wanted

# The operator keeps the rules of a resource in one ConfigMap and refuses more than half of its 1 MiB.
_BYTES = 400_000
_NAME = 253
_VALUE = 63
_PART = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_LABEL_NAME = re.compile(rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_PART}")
_LABEL_VALUE = re.compile(rf"({_PART})?")
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def prometheus_rules(platform: Platform, groups: Mapping[str, list[Group]], wanted: Wanted) -> dict[str, str]:
    """``kubernetes/<service>.yaml`` for each service, and ``<service>-2.yaml`` on where one is too large."""
    names = resource_names(groups)
    found = {}
    for service, own in groups.items():
        for number, some in enumerate(_sized(own), start=1):
            more = f"-{number}" if number > 1 else ""
            found[f"kubernetes/{service}{more}.yaml"] = dump(
                {
                    "apiVersion": "monitoring.coreos.com/v1",
                    "kind": "PrometheusRule",
                    "metadata": metadata(platform, f"{names[service]}{more}", wanted),
                    "spec": {"groups": some},
                }
            )
    return found


def metadata(platform: Platform, name: str, wanted: Wanted) -> dict[str, Any]:
    """Of a resource: its name, its labels, and its namespace if one is asked for."""
    if wanted.namespace and not _NAMESPACE.fullmatch(wanted.namespace):
        raise SLOError(f"--namespace: {wanted.namespace!r} is no name of a Kubernetes namespace")
    labels = {
        "app.kubernetes.io/managed-by": "slo",
        "app.kubernetes.io/part-of": platform.name[:_VALUE].rstrip("_.-"),
        **_checked(wanted.labels),
    }
    return {"name": name, "labels": labels} | ({"namespace": wanted.namespace} if wanted.namespace else {})


def resource_names(services: Iterable[str]) -> dict[str, str]:
    """Service to name of resource: ``slo-`` and the service's name as RFC 1123 wants it.

    Where capitals, dots or underscores had to go, and another service has that name too, a digest tells them apart.
    """
    plain = {service: _plain(service) for service in services}
    taken = [*plain.values()]
    return {
        service: f"slo-{name}"
        if name == service or taken.count(name) == 1
        else f"slo-{name[: _NAME - 20]}-{sha256(service.encode()).hexdigest()[:8]}"
        for service, name in plain.items()
    }


def _plain(service: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-")


def _checked(labels: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in labels.items():
        if not _LABEL_NAME.fullmatch(name):
            raise SLOError(f"--label: {name!r} is no name of a Kubernetes label")
        if not _LABEL_VALUE.fullmatch(value):
            raise SLOError(f"--label: {name}: {value!r} is no value of a Kubernetes label")
    return labels


def _sized(groups: Iterable[Group]) -> Iterator[list[dict[str, Any]]]:
    """Groups in order, in portions that the operator takes."""
    some: list[dict[str, Any]] = []
    size = 0
    for group in groups:
        one = body(group)
        length = len(dump({"groups": [one]}).encode())
        if some and size + length > _BYTES:
            yield some
            some, size = [], 0
        some.append(one)
        size += length
    if some:
        yield some
