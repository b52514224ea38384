"""Backtests: what a policy would have raised on history, as text, JSON and one HTML page."""
