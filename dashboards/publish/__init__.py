"""Boards sent to a Grafana: what must change is decided first, then sent."""
