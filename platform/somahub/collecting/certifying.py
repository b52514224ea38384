"""Rounds of reading certificates."""

import time
from collections.abc import Sequence

from collectors.certificates import read, sources
from somahub.collecting.instruments import Instruments


class Certifying:
    """Reads all sources; each is a series whether it could be read or not."""

    def __init__(self, instruments: Instruments, patterns: Sequence[str]) -> None:
        self._metrics = instruments
        self._patterns = patterns

    def turn(self) -> None:
        """Read every source once."""
        readings = [read(source) for source in sources(self._patterns)]
        found = [certificate for reading in readings for certificate in reading.certificates]
        for name, values in {
            "certificate_expiry_timestamp_seconds": {(c.source, c.name): c.not_after for c in found},
            "certificate_not_before_timestamp_seconds": {(c.source, c.name): c.not_before for c in found},
        }.items():
            self._metrics.replace(name, {labels: at.timestamp() for labels, at in values.items()})
        self._metrics.replace("certificate_read_success", {(r.source,): float(not r.error) for r in readings})
        for reading in readings:
            self._metrics.count(
                "certificate_read_errors_total", reading.source, by=float(bool(reading.error))
            )
        self._metrics.set("certificate_last_read_timestamp_seconds", time.time())
