"""Grafana's provisioning: its data sources, linked with each other, and where its dashboards are."""

from typing import Any

from dashboards.links import folder_uid
from dashboards.where import HERE, Where
from slo.model import Platform
from slo.rulefile import dump
from slo.units import duration

FOLDER = "grafana/provisioning"
# uids by which boards and data sources know each other.
PROMETHEUS, LOKI, TEMPO = "prometheus", "loki", "tempo"
_BOARDS = "/var/lib/grafana/dashboards"


def provisioning_files(platform: Platform, where: Where = HERE) -> dict[str, str]:
    """``datasources`` and ``dashboards`` as Grafana reads them when it starts."""
    sources = [_prometheus(platform, where), _loki(where), _tempo(where)]
    return {
        f"{FOLDER}/datasources/{platform.name}.yaml": dump({"apiVersion": 1, "datasources": sources}),
        f"{FOLDER}/dashboards/{platform.name}.yaml": dump(
            {"apiVersion": 1, "providers": [_provider(platform)]}
        ),
    }


def _provider(platform: Platform) -> dict[str, Any]:
    return {
        "name": platform.name,
        "folder": platform.name,
        "folderUid": folder_uid(platform.name),
        "type": "file",
        "disableDeletion": False,
        # What is changed in the browser would be lost: Grafana says so and offers the JSON instead.
        "allowUiUpdates": False,
        "updateIntervalSeconds": 30,
        "options": {"path": _BOARDS},
    }


def _source(kind: str, address: str, data: dict[str, Any], *, default: bool = False) -> dict[str, Any]:
    return {
        "name": kind.capitalize(),
        "uid": kind,
        "type": kind,
        "access": "proxy",
        "url": f"http://{address}",
        "isDefault": default,
        "editable": False,
        "jsonData": data,
    }


def _prometheus(platform: Platform, where: Where) -> dict[str, Any]:
    data = {
        "httpMethod": "POST",
        "timeInterval": duration(platform.scrape_interval),
        # The name of the exemplar's label, and where its trace is.
        "exemplarTraceIdDestinations": [{"name": "trace_id", "datasourceUid": TEMPO}],
    }
    return _source(PROMETHEUS, where.prometheus, data, default=True)


def _loki(where: Where) -> dict[str, Any]:
    # "$$" is a dollar sign: one alone would be a variable of the environment.
    field = {
        "name": "trace_id",
        "matcherType": "label",
        "matcherRegex": "trace_id",
        "url": "$${__value.raw}",
        "urlDisplayLabel": "Open the trace",
        "datasourceUid": TEMPO,
    }
    return _source(LOKI, where.loki, {"maxLines": 1000, "derivedFields": [field]})


def _tempo(where: Where) -> dict[str, Any]:
    logs = {
        "datasourceUid": LOKI,
        "spanStartTimeShift": "-5m",
        "spanEndTimeShift": "5m",
        "tags": [{"key": "service.name", "value": "service_name"}],
        "filterByTraceID": False,
        "filterBySpanID": False,
        # By OTLP the trace's id is structured metadata, and no text of the line.
        "customQuery": True,
        "query": '{$${__tags}} | trace_id="$${__trace.traceId}"',
    }
    requests = "sum(rate(http_server_requests_total{$$__tags}[5m]))"
    failures = 'sum(rate(http_server_requests_total{$$__tags,code_class="5xx"}[5m]))'
    metrics = {
        "datasourceUid": PROMETHEUS,
        "spanStartTimeShift": "-10m",
        "spanEndTimeShift": "10m",
        "tags": [{"key": "service.name", "value": "job"}],
        "queries": [{"name": "Requests", "query": requests}, {"name": "Failures", "query": failures}],
    }
    data = {"tracesToLogsV2": logs, "tracesToMetrics": metrics, "nodeGraph": {"enabled": True}}
    return _source(TEMPO, where.tempo, data)
