"""The collector as a process: rounds every 5 minutes, and what they found at ``/metrics``."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Event

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from collectors.api import Api
from collectors.history.collector import Collector, Region, Round
from collectors.history.errors import HistoryError
from collectors.history.exporter import Periods
from collectors.history.ledger import Ledger
from collectors.history.store import Store
from collectors.history.window import Server
from slo.errors import SLOError
from slo.model import Platform
from slo.slots import SLOT
from somahub.apply.access import plain_url

_log = logging.getLogger(__name__)


def regions(given: list[str], headers: Mapping[str, str], replica: str) -> tuple[Region, ...]:
    """Of ``[REGION=]URL[,URL]``: the URLs of one region are replicas that scrape the same."""
    found: dict[str, Region] = {}
    for one in given:
        name, equals, urls = one.partition("=")
        if not equals or "/" in name:
            name, urls = "", one
        if name in found:
            raise SLOError(f"--prometheus: region {name!r} is given twice: name its replicas by commas")
        servers = (Api(plain_url(url.strip(), "--prometheus"), headers) for url in urls.split(","))
        found[name] = Region(name, tuple(Server(api, replica) for api in servers))
    return tuple(found.values())


class Kept:
    """How long what is kept."""

    def __init__(self, slots: timedelta, all_: timedelta | None) -> None:
        self._slots, self._all = slots, all_

    def tidy(self, store: Store, now: float) -> tuple[int, int]:
        """Days that became hours, and days that were deleted."""
        hourly = store.roll_up(int(now - self._slots.total_seconds()))
        gone = store.forget(int(now - self._all.total_seconds())) if self._all else 0
        return hourly, gone


class Service:
    """Rounds until it is told to end; a round that fails is tried again at the next."""

    def __init__(self, platform: Platform, collector: Collector, store: Store, *, rolling: bool) -> None:
        self._platform, self._collector, self._store = platform, collector, store
        self._registry = CollectorRegistry()
        self._periods = Periods(platform, rolling=rolling)
        self._registry.register(self._periods)
        self._seconds = Gauge(
            "slo_history_round_seconds", "How long the last round took.", registry=self._registry
        )
        self._last = Gauge(
            "slo_history_last_success_timestamp_seconds",
            "When a round last read everything.",
            registry=self._registry,
        )
        self._failed = Counter(
            "slo_history_failures_total", "What could not be read.", registry=self._registry
        )

    def listen(self, host: str, port: int) -> Callable[[], None]:
        """Serve ``/metrics``; what is returned ends that."""
        server, thread = start_http_server(port, host, self._registry)

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return close

    def run(self, ended: Event, reread: int, kept: Kept, back: int = 0) -> None:
        """Rounds at the pace of slots; what lies ``back`` is collected in the first that goes well."""
        while not ended.is_set():
            done = self.once(back, reread, kept)
            if done is not None and not done.failures:
                back = 0
            ended.wait(SLOT - time.time() % SLOT)

    def once(self, back: int, reread: int, kept: Kept) -> Round | None:
        """One round; None when the store could not be written."""
        begun = time.monotonic()
        try:
            done = self._collector.round(time.time(), back, reread)
            kept.tidy(self._store, time.time())
            self._periods.update(Ledger(self._platform, self._store))
        except HistoryError as error:
            _log.warning("%s", error)
            self._failed.inc()
            return None
        self._seconds.set(time.monotonic() - begun)
        self._failed.inc(len(done.failures))
        if not done.failures:
            self._last.set_to_current_time()
        return done
