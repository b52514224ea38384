"""TraceQL: traces by what went wrong in them.

Source: Grafana Tempo, "Construct a TraceQL query".
"""


def failed(service: str) -> str:
    """Traces in which a span of the service ended in an error."""
    return f'{{resource.service.name="{service}" && status=error}}'


def slow(service: str, threshold: str) -> str:
    """Traces in which the service took longer than its objective allows to answer."""
    return f'{{resource.service.name="{service}" && kind=server && duration>{threshold}}}'


def through(service: str, peer: str) -> str:
    """Traces in which one service calls another."""
    return f'{{resource.service.name="{service}"}} >> {{resource.service.name="{peer}"}}'
