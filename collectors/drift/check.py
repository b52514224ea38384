"""Asking Prometheus and Alertmanager what they have loaded."""

from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from collectors.drift import config, rules
from slo.errors import SLOError

_PATIENCE = 10.0  # seconds


class DriftError(SLOError):
    """It can't be told: a server did not answer as its API does, or what was generated can't be read."""

    def __init__(self, component: str, reason: str) -> None:
        super().__init__(f"{component}: {reason}")
        self.component = component
        self.reason = reason


class Check(NamedTuple):
    """What of a component was compared: ``config`` or ``rules``; and where it differs, as sentences."""

    kind: str
    differences: tuple[str, ...]


def check_prometheus(url: str, generated: Path) -> list[Check]:
    """Compare a Prometheus with the folder of a generated ``prometheus.yml`` and ``rules/``."""
    try:
        wanted = _document(generated / "prometheus.yml")
        files = {path.name: _document(path) for path in sorted((generated / "rules").glob("*.yaml"))}
        have = yaml.safe_load(_asked(url, "/api/v1/status/config")["data"]["yaml"])
        groups = _asked(url, "/api/v1/rules")["data"]["groups"]
        interval = str(wanted["global"]["evaluation_interval"])
        differing = rules.differences(rules.generated(files, interval), rules.loaded(groups))
        # The server writes paths of rule files as it resolved them: what they hold is compared instead.
        for body in (wanted, have):
            body.pop("rule_files", None)
        return [
            Check("config", tuple(config.prometheus(wanted, have))),
            Check("rules", tuple(differing)),
        ]
    except _UNTOLD as error:
        raise DriftError("prometheus", _reason(error)) from error


def check_alertmanager(url: str, generated: Path) -> list[Check]:
    """Compare an Alertmanager with the folder of a generated ``alertmanager.yml``."""
    try:
        wanted = _document(generated / "alertmanager.yml")
        have = yaml.safe_load(_asked(url, "/api/v2/status")["config"]["original"])
        for body in (wanted, have):
            body.pop("templates", None)  # likewise paths
        return [Check("config", tuple(config.alertmanager(wanted, have)))]
    except _UNTOLD as error:
        raise DriftError("alertmanager", _reason(error)) from error


_UNTOLD = (httpx.HTTPError, OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError)


def _document(path: Path) -> dict[str, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise TypeError(f"{path}: expected a mapping")
    return found


def _asked(url: str, path: str) -> Any:  # noqa: ANN401 - JSON
    return httpx.get(url.rstrip("/") + path, timeout=_PATIENCE).raise_for_status().json()


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
