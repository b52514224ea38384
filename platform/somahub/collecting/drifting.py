"""Rounds of comparing what is loaded with what was generated."""

import logging
import time
from collections.abc import Callable, Mapping

from collectors.drift import Check, DriftError
from somahub.collecting.instruments import Instruments

_LOG = logging.getLogger(__name__)

Ask = Callable[[], list[Check]]


class Drifting:
    """Asks each component; what it differs by is logged when it begins to."""

    def __init__(self, instruments: Instruments, components: Mapping[str, Ask]) -> None:
        self._metrics = instruments
        self._components = components
        self._since: dict[tuple[str, str], float] = {}

    def turn(self) -> None:
        """Ask every component once."""
        drift: dict[tuple[str, ...], float] = {}
        for component, ask in self._components.items():
            try:
                checks = ask()
            except DriftError as error:
                _LOG.warning("%s", error)
                checks = []
            self._metrics.set("config_drift_check_success", bool(checks), component)
            self._metrics.count("config_drift_check_errors_total", component, by=float(not checks))
            if checks:
                self._metrics.set("config_drift_last_check_timestamp_seconds", time.time(), component)
            for check in checks:
                self._note(component, check)
                drift[component, check.kind] = float(bool(check.differences))
        self._metrics.replace("config_drift", drift)
        since = {labels: self._since.get((labels[0], labels[1]), 0.0) for labels in drift}
        self._metrics.replace("config_drift_since_timestamp_seconds", since)

    def _note(self, component: str, check: Check) -> None:
        key = (component, check.kind)
        if not check.differences:
            self._since.pop(key, None)
        elif key not in self._since:
            self._since[key] = time.time()
            _LOG.warning("%s differs in %s: %s", *key, "; ".join(check.differences[:10]))
