"""Alertmanager's configuration, from who is on call: routes, inhibition, times, receivers and their texts.

A receiver of the spec is one of Alertmanager's by the same name. What the declared version can't deliver is sent to the
pager under that name, and the pager delivers it; pages go to the receiver ``pager``, the watchdog to ``heartbeat``.
"""

from alerts.routing.config import PAGER_TOKEN, alertmanager_config
from alerts.routing.expected import Expectation, expectations
from alerts.routing.templates import templates

__all__ = [
    "PAGER_TOKEN",
    "Expectation",
    "alertmanager_config",
    "expectations",
    "templates",
]
