"""Log lines: events of the kit, and what libraries say, in one form."""

import io
import json
import logging
from datetime import UTC, datetime
from typing import Any

from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry
from service import Signals

from slo import Event, Service
from slo.kit import LINE
from somahub.telemetry import Resource, Telemetry, event_logger, json_handler

SHOP = Service(name="shop", events=(Event(name="order.lost", fields=("order_id", "note"), level="error"),))


def test_an_event_is_a_line_of_its_fields_within_its_trace() -> None:
    signals = Signals(SHOP)
    with signals.telemetry.tracer.start_as_current_span("any") as span:
        signals.telemetry.event("order.lost", "The order is lost.", order_id=7, note=None)
    (line,) = signals.lines()
    assert set(line) == {*LINE, "order_id", "note"}
    assert (line["event"], line["level"], line["message"]) == ("order.lost", "ERROR", "The order is lost.")
    assert (line["order_id"], line["note"]) == (7, None)
    assert line["span_id"] == f"{span.get_span_context().span_id:016x}"
    assert abs((datetime.now(UTC) - datetime.fromisoformat(line["timestamp"])).total_seconds()) < 60


def test_an_event_below_the_level_of_the_logger_is_not_written() -> None:
    log = io.StringIO()
    logger = event_logger("shop", json_handler(Resource("shop"), log))
    logger.setLevel(logging.CRITICAL)
    kit = Telemetry(SHOP, CollectorRegistry(), TracerProvider(), logger)
    kit.event("order.lost", order_id=7, note="")
    assert log.getvalue() == ""


def test_a_line_of_a_library_keeps_what_it_carries_and_its_exception() -> None:
    def say(logger: logging.Logger) -> None:
        try:
            int("no such port \ud800")
        except ValueError:
            logger.exception("%s failed", "it", extra={"port": 7, "where": io})

    line = _line(say)
    assert (line["message"], line["port"], "event" in line, "trace_id" in line) == (
        "it failed",
        7,
        False,
        False,
    )
    assert line["where"].startswith("<module 'io'")
    assert line["exc_info"].startswith("Traceback (most recent call last)")
    assert line["exc_info"].partition("ValueError: ")[2].startswith("invalid literal")
    assert line["service"] == "shop"


def _line(say: Any) -> dict[str, Any]:  # noqa: ANN401 - a function of a logger
    log = io.StringIO()
    say(event_logger("shop", json_handler(Resource("shop"), log)))
    assert log.getvalue().count("\n") == 1
    line: dict[str, Any] = json.loads(log.getvalue())
    return line
