"""Alertmanager's configuration, from who is on call: routes, inhibition, times, receivers and their texts.

A receiver of the spec is one of Alertmanager's by the same name. What the declared version can't deliver is sent to the
pager under that name, and the pager delivers it; pages go to the receiver ``pager``, the watchdog to ``heartbeat``.
"""

from alerts.routing.config import alertmanager_config
from alerts.routing.configuration import PAGER_TOKEN, Reader, configuration
from alerts.routing.expected import Expectation, expectations
from alerts.routing.inhibition import Inhibition
from alerts.routing.intervals import Interval
from alerts.routing.route import Matcher, Route
from alerts.routing.templates import templates, written_out

__all__ = [
    "PAGER_TOKEN",
    "Expectation",
    "Inhibition",
    "Interval",
    "Matcher",
    "Reader",
    "Route",
    "alertmanager_config",
    "configuration",
    "expectations",
    "templates",
    "written_out",
]
