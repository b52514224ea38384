"""Names that last: uids of boards and folders, tags, and links that keep time and choices."""

import re
from hashlib import sha256

from dashboards.board import DataLink
from slo.names import dashboard_uid

OVERVIEW, DETAIL, PLATFORM = "slo-overview", "slo-detail", "slo-platform"
WORKFLOWS, INFRASTRUCTURE, ONCALL, COST = (
    "slo-workflows",
    "slo-infrastructure",
    "slo-oncall",
    "slo-telemetry-cost",
)
# Boards by tag: those on top of every board, and those of services, in a list.
MAIN, SERVICE = "slo-main", "slo-service"

_TIME = "${__url_time_range}"
_SOURCE = "var-datasource=${datasource}"
_FOLDER = 40


def folder_uid(platform: str) -> str:
    """The uid of a platform's folder."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", platform)
    name = f"slo-{plain}"
    return (
        name
        if name == f"slo-{platform}" and len(name) <= _FOLDER
        else f"{name[:31]}-{sha256(platform.encode()).hexdigest()[:8]}"
    )


def to_slo(column: str = "") -> DataLink:
    """From a value with an ``slo_id`` to that SLO's page."""
    field = "${__data.fields.slo_id}" if column else "${__field.labels.slo_id}"
    return DataLink("Open the SLO", f"/d/{DETAIL}?var-slo_id={field}&{_SOURCE}&{_TIME}", column)


def to_service(label: str, column: str = "") -> DataLink:
    """From a value with a service's name in a label to that service's page."""
    field = f"${{__data.fields.{label}}}" if column else f"${{__field.labels.{label}}}"
    return DataLink("Open the service", f"/d/service-{field}?{_SOURCE}&{_TIME}", column)


__all__ = [
    "COST",
    "DETAIL",
    "INFRASTRUCTURE",
    "MAIN",
    "ONCALL",
    "OVERVIEW",
    "PLATFORM",
    "SERVICE",
    "WORKFLOWS",
    "dashboard_uid",
    "folder_uid",
    "to_service",
    "to_slo",
]
