"""The worker of a replica: leases what is due, sends it, and writes how that ended, for as long as it runs."""

import asyncio
import logging
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from alerts.paging import outbox
from alerts.paging.delivery.envelope import DeliveryError, Envelope, Post
from alerts.paging.delivery.senders import SENDERS
from alerts.paging.engine import NotPossibleError
from alerts.paging.events import Undelivered
from alerts.paging.incident import Incident
from alerts.paging.links import sign
from alerts.paging.messages.called import called
from alerts.paging.messages.content import Links
from alerts.paging.metrics import Metrics
from alerts.paging.outbox import Claim, Result
from alerts.paging.pager import Pager
from alerts.paging.replica import Replica, is_current
from alerts.paging.roster import Roster
from alerts.paging.store import claimed
from slo.errors import SLOError

_LOG = logging.getLogger(__name__)
_IN_FLIGHT = 64
# One receiver that answers slowly must leave room for others.
_IN_FLIGHT_OF_ONE = 24
# After so many failures in a row, others hear of it.
GIVES_NOTICE = 8


class Policy(NamedTuple):
    """``timeout`` bounds an attempt as a whole, and ``lease`` is far longer, so that nobody else sends meanwhile."""

    timeout: timedelta
    lease: timedelta
    longest_pause: timedelta
    poll: timedelta

    @property
    def spare(self) -> timedelta:
        """Of a lease, what is left to write down how the attempt ended; as much may pass before it begins."""
        return (self.lease - self.timeout) / 2


class Addresses(NamedTuple):
    """What links are made of."""

    public: str
    console: str
    secret: bytes
    within: timedelta

    def links(self, incident: Incident, person: str, now: datetime) -> Links:
        """The links of a message to one person, valid from now."""
        expires = now + self.within

        def one_click(action: str) -> str:
            return f"{self.public}/a/{sign(self.secret, incident.id, action, person, expires)}"

        console = f"{self.console}/incidents/{incident.id}"
        return Links(one_click("acknowledge"), one_click("resolve"), console)


class ReplacedError(Exception):
    """Another process has the replica's name by now; two that live need two names."""


class Worker:
    """Any number of workers, in any number of processes, share an outbox."""

    def __init__(  # noqa: PLR0913 - what it needs
        self,
        pager: Pager,
        replica: Replica,
        post: Post,
        policy: Policy,
        addresses: Addresses,
        *,
        metrics: Metrics,
    ) -> None:
        self._pager = pager
        self._replica = replica
        self._post = post
        self._policy = policy
        self._addresses = addresses
        self._metrics = metrics
        self._receivers = {receiver.name: receiver for receiver in pager.oncall.receivers}
        self._busy: Counter[str] = Counter()
        self._results: asyncio.Queue[Result] = asyncio.Queue()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Send until told to stop; what is in flight then is waited for, and written down."""
        async with asyncio.TaskGroup() as group:
            recorder = group.create_task(self._record(group))
            async with asyncio.TaskGroup() as deliveries:
                while not self._stopping.is_set():
                    if not await self._begin_deliveries(deliveries):
                        await self._pause()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._policy.timeout / timedelta(seconds=1)):
                    await self._results.join()
            recorder.cancel()

    def stop(self) -> None:
        """Begin nothing more; ``run`` ends when what was begun is over."""
        self._stopping.set()

    async def _begin_deliveries(self, group: asyncio.TaskGroup) -> int:
        try:
            roster, claims = await asyncio.to_thread(self._claim)
        except SQLAlchemyError:
            _LOG.exception("the outbox can't be read")
            return 0
        except ReplacedError as error:
            _LOG.error("%s sends nothing any more: its name was taken by a later start", error)
            self.stop()
            return 0
        for claim in claims:
            self._busy[claim.receiver] += 1
            group.create_task(self._deliver(claim, roster))
        return len(claims)

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._policy.poll / timedelta(seconds=1)):
                await self._stopping.wait()

    def _claim(self) -> tuple[Roster, list[Claim]]:
        room = _IN_FLIGHT - self._busy.total()
        roster = self._pager.roster()
        if room <= 0:
            return roster, []
        full = [receiver for receiver, count in self._busy.items() if count >= _IN_FLIGHT_OF_ONE]
        with self._pager.database.read() as connection:
            if not outbox.waiting(connection, self._pager.clock()):
                return roster, []

        def claim(connection: Connection) -> list[Claim]:
            if not is_current(connection, self._replica):
                raise ReplacedError(str(self._replica))
            now, lease = self._pager.clock(), self._policy.lease
            return outbox.claim(connection, str(self._replica), now, lease, room, busy=full)

        return roster, self._pager.database.change(claim)

    async def _deliver(self, claim: Claim, roster: Roster) -> None:
        receiver = self._receivers.get(claim.receiver)
        kind = receiver.kind if receiver else "unknown"
        sender = SENDERS.get(kind, _nobody)
        try:
            # Asked as late as can be: an acknowledgement stops all but a call that is under way.
            envelope = await asyncio.to_thread(self._envelope, claim, roster)
            if envelope is None:
                return
            async with asyncio.timeout(self._policy.timeout / timedelta(seconds=1)):
                answer = await sender(receiver, envelope, self._post)
            result = Result(claim, self._pager.clock(), answer)
        except (DeliveryError, SLOError, TimeoutError) as error:
            wait = error.wait if isinstance(error, DeliveryError) else 0.0
            result = self._failed(claim, str(error) or "no answer in time", wait)
        except Exception as error:  # noqa: BLE001 - a sender's own mistake must lose nothing
            _LOG.exception("%s: not sent", claim.dedup_key)
            result = self._failed(claim, type(error).__name__, 0.0)
        finally:
            self._busy[claim.receiver] -= 1
        self._metrics.attempted(kind, "failed" if result.error else "sent")
        self._results.put_nowait(result)

    def _envelope(self, claim: Claim, roster: Roster) -> Envelope | None:
        """What to send, of the incident as it is now; None where it need not, or may not, be sent by us any more."""
        now = self._pager.clock()
        if now > claim.lease - self._policy.timeout - self._policy.spare:
            # This process stood still; before the attempt ended and was written down, another might begin one.
            return None
        with self._pager.database.read() as connection:
            incident = claimed(connection, str(self._replica), claim.dedup_key)
        if incident is None:
            return None
        links = self._addresses.links(incident, claim.person or claim.receiver, now)
        who = called(roster.oncall, incident, now, roster.overrides)
        zone = roster.team(incident.team).hours.zone
        return Envelope(incident, claim.occasion, claim.dedup_key, links, who, zone, claim.answer)

    def _failed(self, claim: Claim, reason: str, wait: float) -> Result:
        """Exponential back-off with jitter; it never ends while the notification matters."""
        longest = self._policy.longest_pause / timedelta(seconds=1)
        pause = min(longest, 2.0 ** min(claim.attempts - 1, 20)) * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
        now = self._pager.clock()
        _LOG.warning("%s: attempt %d: %s", claim.dedup_key, claim.attempts, reason)
        again = now + timedelta(seconds=max(pause, min(wait, longest)))
        return Result(claim, now, error=reason, again=again)

    async def _record(self, group: asyncio.TaskGroup) -> None:
        """Write what ended, all that has by now in one transaction; while the database is away, keep it.

        It waits for nothing else: not for a thread, nor in the line of writers, nor until others are told.
        """
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "results") as writer:
            while True:
                results = [await self._results.get()]
                while not self._results.empty():
                    results.append(self._results.get_nowait())
                while True:
                    try:
                        await loop.run_in_executor(writer, self._write, results)
                        break
                    except SQLAlchemyError:
                        _LOG.exception("%d results can't be written", len(results))
                        await asyncio.sleep(self._policy.poll / timedelta(seconds=1))
                for result in results:
                    self._results.task_done()
                    if result.error and result.claim.attempts % GIVES_NOTICE == 0:
                        group.create_task(asyncio.to_thread(self._give_notice, result))

    def _write(self, results: list[Result]) -> None:
        owner = str(self._replica)
        self._pager.database.change(lambda c: outbox.record(c, owner, results), urgent=True)

    def _give_notice(self, result: Result) -> None:
        try:
            self._pager.act(result.claim.incident, Undelivered(result.claim.receiver, result.error))
        except (NotPossibleError, SQLAlchemyError):
            _LOG.exception("%s: nobody else was told", result.claim.dedup_key)


async def _nobody(*_: object) -> str:
    raise DeliveryError("there is no such receiver in the spec any more")
