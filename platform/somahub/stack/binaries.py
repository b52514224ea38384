"""Where the servers are: a variable, PATH, this environment's scripts, or the cache that ``make setup`` fills."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from slo.errors import SLOError

_NAMES = {
    "SLO_PROMETHEUS": ("prometheus",),
    "SLO_PROMTOOL": ("promtool",),
    "SLO_AMTOOL": ("amtool",),
    "SLO_ALERTMANAGER": ("alertmanager", "prometheus-alertmanager"),
    "SLO_REDIS_SERVER": ("redis-server",),
    "SLO_REDIS_EXPORTER": ("redis_exporter", "prometheus-redis-exporter"),
    "SLO_POSTGRES_EXPORTER": ("postgres_exporter", "prometheus-postgres-exporter"),
    "SLO_BLACKBOX_EXPORTER": ("blackbox_exporter", "prometheus-blackbox-exporter"),
    "SLO_NODE_EXPORTER": ("node_exporter", "prometheus-node-exporter"),
    "SLO_TEMPORAL": ("temporal",),
    "SLO_WEED": ("weed",),
}


def find(variable: str, environment: Mapping[str, str]) -> str:
    """Return the path of a binary; an error says what to install."""
    given = environment.get(variable)
    if given:
        if not os.access(given, os.X_OK):
            raise SLOError(f"{variable}: {given} is not an executable file")
        return given
    cache = Path(environment.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "soma-slo"
    folder = Path(environment.get("SLO_CACHE", cache)) / "debian/usr/bin"
    path = os.pathsep.join([environment.get("PATH", ""), str(Path(sys.executable).parent), str(folder)])
    for name in _NAMES[variable]:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise SLOError(f"{_NAMES[variable][0]} was not found: install it, set {variable}, or run `make setup`")
