"""PromQL, LogQL and TraceQL by name, apart from the panels that show them. ``$__…`` are Grafana's own variables."""
