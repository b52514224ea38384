"""Asking Prometheus and Alertmanager what they have loaded."""

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from collectors.drift import config, rules
from slo.errors import SLOError
from slo.yamltext import yaml_documents

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
        interval = str(wanted["global"]["evaluation_interval"])
        of_files = {
            key: group
            for path in sorted((generated / rules.FOLDER).rglob("*.yaml"))
            for key, group in _groups(path, generated, path.stat().st_mtime_ns, interval).items()
        }
        have = _parsed(_asked(url, "/api/v1/status/config")["data"]["yaml"])
        loaded = rules.loaded(_asked(url, "/api/v1/rules")["data"]["groups"])
        # The server writes paths of rule files as it resolved them: what they hold is compared instead.
        differing = config.prometheus(_without(wanted, "rule_files"), _without(have, "rule_files"))
        return [
            Check("config", tuple(differing)),
            Check("rules", tuple(rules.differences(of_files, loaded))),
        ]
    except _UNTOLD as error:
        raise DriftError("prometheus", _reason(error)) from error


def check_alertmanager(url: str, generated: Path) -> list[Check]:
    """Compare an Alertmanager with the folder of a generated ``alertmanager.yml``."""
    try:
        wanted = _document(generated / "alertmanager.yml")
        have = _parsed(_asked(url, "/api/v2/status")["config"]["original"])
        # Likewise paths.
        differing = config.alertmanager(_without(wanted, "templates"), _without(have, "templates"))
        return [Check("config", tuple(differing))]
    except _UNTOLD as error:
        raise DriftError("alertmanager", _reason(error)) from error


_UNTOLD = (httpx.HTTPError, OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError)


def _document(path: Path) -> dict[str, Any]:
    return _parsed(path.read_text(encoding="utf-8"))


# Parsing costs far more than asking, and nearly always the same is parsed again.
@lru_cache(maxsize=8)
def _parsed(text: str) -> dict[str, Any]:
    (found,) = yaml_documents(text)
    if not isinstance(found, dict):
        raise TypeError("expected a mapping")
    return found


@lru_cache(maxsize=1024)
def _groups(path: Path, generated: Path, changed: int, interval: str) -> rules.Groups:  # noqa: ARG001 - of a file as it is
    name = str(path.relative_to(generated / rules.FOLDER))
    return rules.generated({name: _document(path)}, interval)


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def _asked(url: str, path: str) -> Any:  # noqa: ANN401 - JSON
    return httpx.get(url.rstrip("/") + path, timeout=_PATIENCE).raise_for_status().json()


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
