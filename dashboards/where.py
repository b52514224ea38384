"""Where the parts that dashboards read from listen; the defaults are the manual's ports on this machine."""

from typing import NamedTuple


class Where(NamedTuple):
    """Addresses as host and port; ``tempo_otlp`` takes spans by OTLP over gRPC."""

    prometheus: str = "127.0.0.1:10010"
    loki: str = "127.0.0.1:10012"
    tempo: str = "127.0.0.1:10013"
    tempo_otlp: str = "127.0.0.1:10014"


HERE = Where()
