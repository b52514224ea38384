"""Boards as one static page, with live data and without a Grafana."""
