"""The collector as a process: rounds every 5 minutes, and what they found at ``/metrics``."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from threading import Event
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import prometheus_client as prom

from collectors.api import Api
from collectors.history.collector import Collector, Region, Round
from collectors.history.errors import HistoryError
from collectors.history.exporter import Periods
from collectors.history.ledger import Ledger
from collectors.history.progress import progress
from collectors.history.store import Store
from collectors.history.window import Server
from slo.errors import SLOError
from slo.model import Platform
from slo.slots import SLOT
from somahub.apply.access import plain_url
from somahub.history.instruments import Instruments

_AGAIN = 30  # seconds until the next round where nothing could be read
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

    def __init__(self, platform: Platform, collector: Collector, store: Store) -> None:
        self._platform, self._collector, self._store = platform, collector, store
        self._registry = prom.CollectorRegistry()
        self._periods = Periods(platform)
        self._registry.register(self._periods)
        self._own = Instruments(self._registry)

    def listen(self, host: str, port: int) -> Callable[[], None]:
        """Serve ``/metrics``; what is returned ends that."""
        server, thread = prom.start_http_server(port, host, self._registry)
        server.set_app(_classic(prom.make_wsgi_app(self._registry)))

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return close

    def run(self, ended: Event, reread: int, kept: Kept, back: int = 0) -> None:
        """A round as soon as a slot is settled; what lies ``back`` is collected in the first that goes well."""
        while not ended.is_set():
            done = self.once(back, reread, kept)
            if done is not None and not done.failures:
                back = 0
            settled = SLOT - (time.time() - self._collector.settled) % SLOT
            ended.wait(settled if done is not None and done.slots else min(settled, _AGAIN))

    def once(self, back: int, reread: int, kept: Kept) -> Round | None:
        """One round; None when the store could not be written."""
        begun = time.monotonic()
        try:
            done = self._collector.round(time.time(), back, reread)
            kept.tidy(self._store, time.time())
            self._periods.update(Ledger(self._platform, self._store))
            until = time.time() - self._collector.settled
            self._own.progressed(progress(self._platform, self._store, until))
        except HistoryError as error:
            _log.warning("%s", error)
            self._own.failed(1)
            return None
        self._own.rounded(time.monotonic() - begun, len(done.failures))
        return done


def _classic(app: WSGIApplication) -> WSGIApplication:
    """The app as those see it who ask for the classic form: in OpenMetrics, the client writes colons as underscores."""

    def asked(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return app({**environ, "HTTP_ACCEPT": "text/plain"}, start)

    return asked
