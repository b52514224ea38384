"""Dashboards as ConfigMaps that the sidecar of Grafana's Helm chart finds by their label and gives to Grafana.

Source: Grafana's Helm chart, "Sidecar for dashboards".
"""

import json

from dashboards import dashboard_files
from slo.errors import SLOError
from slo.model import Platform
from slo.rulefile import dump
from somahub.targets.operator import metadata
from somahub.targets.wanted import Wanted

FOLDER = "kubernetes/dashboards"
LABEL, ANNOTATION = "grafana_dashboard", "grafana_folder"
# Of all that one ConfigMap holds.
_BYTES = 1_000_000


def config_maps(platform: Platform, wanted: Wanted) -> dict[str, str]:
    """One for each dashboard, since all of them together would be too large for one."""
    found = {}
    for path, text in dashboard_files(platform).items():
        uid = path.rpartition("/")[2].removesuffix(".json")
        # Without the indentation, which Grafana doesn't need.
        body = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
        if len(body.encode()) > _BYTES:
            raise SLOError(f"dashboard {uid} is larger than a ConfigMap takes ({len(body)} characters)")
        name = f"dashboard-{uid.lower().replace('_', '-').strip('-')}"
        about = metadata(platform, name, wanted)
        about |= {"labels": {**about["labels"], LABEL: "1"}, "annotations": {ANNOTATION: platform.name}}
        found[f"{FOLDER}/{uid}.yaml"] = dump(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": about, "data": {f"{uid}.json": body}}
        )
    return found
