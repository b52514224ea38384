"""Where Prometheus and Alertmanager are: a variable, PATH, or the cache that ``make setup`` fills."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from slo.errors import SLOError

_NAMES = {
    "SLO_PROMETHEUS": ("prometheus",),
    "SLO_PROMTOOL": ("promtool",),
    "SLO_ALERTMANAGER": ("alertmanager", "prometheus-alertmanager"),
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
    path = os.pathsep.join([environment.get("PATH", ""), str(folder)])
    for name in _NAMES[variable]:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise SLOError(f"{_NAMES[variable][0]} was not found: install it, set {variable}, or run `make setup`")
