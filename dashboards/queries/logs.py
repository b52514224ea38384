"""LogQL of lines that arrived by OTLP: ``service_name`` is a label of the stream, all else structured metadata.

Source: Grafana Loki, "Ingesting logs to Loki using OpenTelemetry Collector" and "Log queries".
"""


def lines(service: str) -> str:
    """Lines of a service; of one trace, where its id is typed on top of the board."""
    return f'{{service_name="{service}"}} | trace_id=~".*${{trace_id}}.*" |~ "(?i)${{search}}"'


def by_level(service: str) -> str:
    """Lines by level."""
    return f'sum by (detected_level) (count_over_time({{service_name="{service}"}}[$__auto]))'


def failures(service: str) -> str:
    """Lines that tell of a failure."""
    return f'{{service_name="{service}"}} | detected_level=~"error|fatal"'
