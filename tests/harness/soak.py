"""A soak of the pager: webhooks at a rate, two replicas on one database that are killed in turns, receivers that fail.

The sender sends again what was not answered, as Alertmanager does, and in order within a group. What is held against
the guarantees afterwards are the sender's, the receivers' and the killer's logs, and the database.
"""

import asyncio
import itertools
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from live import answers, free_port, wait_for
from paging import ADA, TOKEN, alert, oncall, settings, webhook
from receiver import Answer, Receiver, Taken
from sqlalchemy import RowMapping, select

from alerts.paging.database import Database
from alerts.paging.incident import Incident
from alerts.paging.spec import oncall_json
from alerts.paging.store import Incidents
from alerts.paging.tables import alerts, outbox
from alerts.paging.tables import replicas as replicas_table
from slo.oncall import Escalation, Step

FAILURES: tuple[Answer, ...] = ("500", "hangs", "closes")
TIMEOUT = 4.0  # seconds that an attempt may last
# How long after an answer its record may still be under way.
UNRECORDED = 5.0
_LEAD = 6  # seconds until the second step
_PATIENCE = 10.0  # seconds for an answer, as long as Alertmanager waits
_IN_FLIGHT = 100
_CALLS = ("triggered", "escalated")


@dataclass
class Plan:
    """``notifications`` at ``rate`` a second, five for each group; a replica dies every ``kill_every`` seconds."""

    notifications: int
    rate: float
    kill_every: float
    fails: float = 0.3
    wave: int = 200  # groups at a time
    seed: int = 7


class Group(NamedTuple):
    """A service's story: it fires, is repeated, gets a second alert, ends or goes on, and is told once more too late."""

    name: str
    acknowledged: bool
    ends: bool

    def webhook(self, step: int, begun: datetime) -> dict[str, Any]:
        def one(name: str, status: str = "firing") -> dict[str, Any]:
            return alert(name, status, begun, slo_service=self.name)

        if step in {0, 1, 4}:
            return webhook(one("A"))
        if step == 2:
            return webhook(one("A"), one("B"))
        status = "resolved" if self.ends else "firing"
        return webhook(one("A", status), one("B", status))


class Kill(NamedTuple):
    """A process, by its replica's name and epoch, died between two times."""

    replica: str
    begun: float
    over: float


@dataclass
class Log:
    """What was seen from outside."""

    acknowledged: dict[str, float] = field(default_factory=dict)  # incident to when it was answered
    killed: list[Kill] = field(default_factory=list)
    again: int = 0  # requests that had to be sent again
    seconds: float = 0.0
    groups: list[Group] = field(default_factory=list)


class Found(NamedTuple):
    """What is there in the end."""

    log: Log
    taken: list[Taken]
    rows: dict[str, RowMapping]
    incidents: list[Incident]
    failed: Counter[str]  # attempts that failed by the pagers' own logs, by key
    epochs: dict[str, int]  # of each replica, by the database

    def figures(self) -> dict[str, float]:
        """Figures to report."""
        took = [one for one in self.taken if one.took]
        states = Counter(row["state"] for row in self.rows.values())
        twice = len(took) - len({one.dedup_key for one in took})
        late = [t.at - self.log.acknowledged[i] for t in took if (i := _after(t, self.log)) is not None]
        return {
            "notifications in": 5 * len(self.log.groups),
            "per second": round(5 * len(self.log.groups) / self.log.seconds, 1),
            "requests sent again": self.log.again,
            "kills": len(self.log.killed),
            "incidents": len(self.incidents),
            "acknowledged": len(self.log.acknowledged),
            "notifications out": states["sent"],
            "superseded": states["superseded"],
            "attempts": len(self.taken),
            "attempts that failed": sum(one.answer != "200" for one in self.taken),
            "taken twice": twice,
            "of these after an answer": len(list(self.answered_twice())),
            "of these when the sender had died": sum(self._died(a, b) for a, b in self.answered_twice()),
            "calls in flight at the acknowledgement": len(late),
            "the latest of them, seconds after it": round(max(late, default=0.0), 3),
        }

    def answered_twice(self) -> Iterator[tuple[Taken, Taken]]:
        """Two takes of one key, of which the first was answered."""
        by_key: dict[str, list[Taken]] = defaultdict(list)
        for one in self.taken:
            if one.took:
                by_key[one.dedup_key].append(one)
        for takes in by_key.values():
            yield from ((a, b) for a, b in itertools.pairwise(takes) if a.answer == "200")

    def check(self) -> None:
        """The guarantees."""
        by_service = defaultdict(list)
        for incident in self.incidents:
            by_service[incident.alerts[0].labels["slo_service"]].append(incident)
        assert set(by_service) == {group.name for group in self.log.groups}
        assert all(len(found) == 1 for found in by_service.values())
        for group in self.log.groups:
            self._check_group(group, by_service[group.name][0])
        # What receivers took is what was to be sent.
        took = {one.dedup_key for one in self.taken if one.took}
        sent = {key for key, row in self.rows.items() if row["state"] == "sent"}
        assert sent <= took
        assert took <= set(self.rows)
        # What is taken and not marked as sent was superseded while an attempt failed.
        assert {self.rows[key]["state"] for key in took - sent} <= {"superseded"}
        # Nobody is called for what is acknowledged, beyond what was in flight.
        late = [t.at - self.log.acknowledged[i] for t in self.taken if (i := _after(t, self.log)) is not None]
        assert max(late, default=0) < TIMEOUT
        # Each process is known by the name that the killer has for it.
        deaths = Counter(kill.replica.rpartition("/")[0] for kill in self.log.killed)
        assert self.epochs == {name: deaths[name] + 1 for name in self.epochs}
        assert {one.replica.rpartition("/")[0] for one in self.taken} <= set(self.epochs)
        # Twice only where the receiver did not answer, or the process died before it wrote down that it had.
        doubled = Counter(a.dedup_key for a, b in self.answered_twice() if not self._died(a, b))
        unexplained = {key: self._story(key) for key, times in doubled.items() if times > self._unheard(key)}
        assert not unexplained

    def _died(self, first: Taken, second: Taken) -> bool:
        """Whether the process that sent the first died before it can have been sure to have written it down."""
        return any(
            kill.replica == first.replica != second.replica
            and first.at <= kill.over
            and kill.begun <= min(first.at + UNRECORDED, second.at)
            for kill in self.log.killed
        )

    def _unheard(self, key: str) -> int:
        """How many answers came too late for the pager, which saw so many more failures than the receiver meant."""
        return self.failed[key] - sum(one.answer != "200" for one in self.taken if one.dedup_key == key)

    def _story(self, key: str) -> list[tuple[float, str, str]]:
        return [(one.at, one.replica, one.answer) for one in self.taken if one.dedup_key == key]

    def _check_group(self, group: Group, incident: Incident) -> None:
        expected = "resolved" if group.ends else "acknowledged" if group.acknowledged else "triggered"
        assert incident.status == expected, (group, incident.timeline)
        assert incident.reopened == 0
        rows = {k: r for k, r in self.rows.items() if r["incident"] == incident.id}
        assert rows
        assert {row["receiver"] for row in rows.values()} == set(incident.told)
        # Whoever was to hear of it heard of how it stands.
        for receiver in incident.told:
            last = max((r for r in rows.values() if r["receiver"] == receiver), key=lambda r: r["step"])
            assert last["state"] == "sent", last
        if not group.acknowledged and not group.ends:
            # A receiver that failed eight times in a row is told of through another.
            told = [r["occasion"] for r in sorted(rows.values(), key=lambda r: r["step"])]
            assert [occasion for occasion in told if occasion != "undelivered"] == [*_CALLS]
            assert all(row["state"] == "sent" for row in rows.values())


def run(plan: Plan, folder: Path, database: str) -> Found:
    """Run it until all is delivered; the logs of pagers, receivers and killer stay in the folder."""
    chance = random.Random(plan.seed)  # noqa: S311 - not a secret
    log = Log()
    log.groups = [
        Group(f"service-{k}", acknowledged=k % 2 == 0, ends=k % 3 != 0)
        for k in range(plan.notifications // 5)
    ]

    def answer(_: str) -> Answer:
        return chance.choice(FAILURES) if chance.random() < plan.fails else "200"

    with Receiver(answer) as receiver, _replicas(folder, database, receiver) as replicas:
        stop = threading.Event()
        killer = threading.Thread(target=_kill, args=(replicas, plan, log, stop))
        killer.start()
        kept = Database(database)
        try:
            begun = time.monotonic()
            asyncio.run(_send(plan, log, [replica.port for replica in replicas], kept))
            log.seconds = time.monotonic() - begun
        finally:
            stop.set()
            killer.join()
        wait_for(lambda: _quiet(kept, log), 300)
        with kept.read() as connection:
            rows = {row["dedup_key"]: row for row in connection.execute(select(outbox)).mappings()}
            incidents = Incidents(connection).find(limit=len(log.groups) * 2)
            epochs = {row.name: row.epoch for row in connection.execute(select(replicas_table))}
        kept.close()
        (folder / "receivers.log").write_text(
            "".join(f"{t.at:.3f} {t.replica} {t.dedup_key} {t.answer}\n" for t in receiver.taken)
        )
        (folder / "kills.log").write_text(
            "".join(f"{k.begun:.3f} {k.over:.3f} {k.replica}\n" for k in log.killed)
        )
        logged = (folder / "pager.log").read_text()
        failed = Counter(re.findall(r"(\S+): attempt \d+: ", logged))
        return Found(log, list(receiver.taken), rows, incidents, failed, epochs)


class _Replica:
    def __init__(self, folder: Path, variables: dict[str, str], port: int) -> None:
        self.port = port
        self._folder = folder
        self._name = f"replica-{port}"
        self._epoch = 0
        own = {"PAGER_PORT": str(port), "PAGER_REPLICA": self._name}
        self._variables = os.environ | variables | own
        self.start()

    def start(self) -> None:
        self._epoch += 1
        with (self._folder / "pager.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "alerts.paging"], env=self._variables, stdout=log, stderr=log
            )

    def up(self) -> bool:
        assert self._process.poll() is None, (self._folder / "pager.log").read_text()[-3000:]
        time.sleep(0.1)  # of the processor, what starts needs more than who waits for it
        return answers(self.port)

    def kill(self) -> Kill:
        begun = time.time()
        self._process.kill()
        self._process.wait()
        return Kill(f"{self._name}/{self._epoch}", begun, time.time())


@contextmanager
def _replicas(folder: Path, database: str, receiver: Receiver) -> Iterator[list[_Replica]]:
    made = settings(folder)
    lead = timedelta(seconds=_LEAD)
    steps = (Step(title="On call", notify=("primary",)), Step(title="Lead", after=lead, notify=("tara",)))
    spec = oncall(receiver.url, escalations=(Escalation(name="usual", steps=steps, repeat=0),))
    (folder / "oncall.json").write_text(oncall_json(spec))
    variables = {
        "PAGER_DATABASE": database,
        "PAGER_SPEC": str(folder / "oncall.json"),
        "PAGER_TOKEN_FILE": str(made.token_file),
        "PAGER_PEOPLE_FILE": str(made.people_file),
        "PAGER_LINK_KEY_FILE": str(made.link_key_file),
        "PAGER_ATTEMPT_TIMEOUT": f"{TIMEOUT:g}s",
        "PAGER_LONGEST_PAUSE": "2s",
        "PAGER_POLL": "200ms",
    }
    replicas = [_Replica(folder, variables, free_port()) for _ in range(2)]
    try:
        for replica in replicas:
            wait_for(replica.up, 300)
        yield replicas
    finally:
        for replica in replicas:
            replica.kill()


def _kill(replicas: list[_Replica], plan: Plan, log: Log, stop: threading.Event) -> None:
    """Each in turn, and at least once: it is killed when the one before is up again."""
    for k, replica in enumerate(itertools.cycle(replicas)):
        if stop.wait(plan.kill_every) and k >= len(replicas):
            return
        log.killed.append(replica.kill())
        replica.start()
        wait_for(replica.up, 300)


async def _send(plan: Plan, log: Log, ports: list[int], kept: Database) -> None:
    begun = datetime.now(UTC)
    start = asyncio.get_running_loop().time()
    locks = {group.name: asyncio.Lock() for group in log.groups}
    room = asyncio.Semaphore(_IN_FLIGHT)

    async def one(group: Group, step: int, number: int) -> None:
        await asyncio.sleep(max(0, start + number / plan.rate - asyncio.get_running_loop().time()))
        # A group's notifications are in order, as Alertmanager's are.
        async with locks[group.name], room:
            await _until_answered(log, ports, "/alertmanager", TOKEN, group.webhook(step, begun))
            if step == 1 and group.acknowledged:
                await _acknowledge(log, ports, group, kept)

    waves = [log.groups[k : k + plan.wave] for k in range(0, len(log.groups), plan.wave)]
    told = [(group, step) for wave in waves for step in range(5) for group in wave]
    tasks = [asyncio.create_task(one(group, step, k)) for k, (group, step) in enumerate(told)]
    await asyncio.gather(*tasks)


async def _acknowledge(log: Log, ports: list[int], group: Group, kept: Database) -> None:
    with kept.read() as connection:
        query = select(alerts.c.incident).where(alerts.c.fingerprint == f"A-{group.name}")
        ident = str(connection.scalar(query))
    await _until_answered(log, ports, f"/incidents/{ident}/acknowledge", ADA, {})
    log.acknowledged[ident] = time.time()


async def _until_answered(log: Log, ports: list[int], path: str, token: str, body: object) -> None:
    while True:
        with suppress(OSError, EOFError, TimeoutError):  # it was killed, or is not up yet
            async with asyncio.timeout(_PATIENCE):
                if await _post(random.choice(ports), path, token, json.dumps(body).encode()):  # noqa: S311
                    return
        log.again += 1
        await asyncio.sleep(0.2)


async def _post(port: int, path: str, token: str, body: bytes) -> bool:
    """Whether it was answered as well done; 5xx is to be sent again, and all else a mistake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: pager\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
        )
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        status = (await reader.readuntil(b"\r\n")).split()[1]
    finally:
        writer.close()
    assert status[:1] in b"25", status
    return status[:1] == b"2"


def _quiet(kept: Database, log: Log) -> bool:
    """Whether all is sent, and every escalation is at its end."""
    with kept.read() as connection:
        waiting = connection.scalar(select(outbox.c.dedup_key).where(outbox.c.state == "waiting").limit(1))
        found = Incidents(connection).find(limit=len(log.groups) * 2)
    return waiting is None and all(incident.next_at is None for incident in found)


def _after(taken: Taken, log: Log) -> str | None:
    """The incident of a call that came after its acknowledgement was answered."""
    incident, occasion = taken.dedup_key.split(":")[:2]
    late = taken.at > log.acknowledged.get(incident, float("inf"))
    return incident if occasion in _CALLS and late else None
