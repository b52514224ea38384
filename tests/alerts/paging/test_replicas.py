import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from paging import Clock, alert, client, oncall, paging, settings
from sqlalchemy import select

from alerts.paging import outbox
from alerts.paging.pager import Pager
from alerts.paging.replica import Replica, begin
from alerts.paging.spec import oncall_json
from alerts.paging.store import claimed
from alerts.paging.tables import replicas

LEASE = timedelta(minutes=2)


class Replicas:
    """Replicas that start and claim by hand; one notification waits."""

    def __init__(self, folder: Path, inside: Pager, clock: Clock) -> None:
        client(folder, clock).alerts(alert())
        self.database = inside.database
        self._clock = clock

    def start(self, name: str) -> Replica:
        return self.database.change(lambda c: begin(c, name, self._clock()))

    def claim(self, replica: Replica) -> list[outbox.Claim]:
        return self.database.change(lambda c: outbox.claim(c, str(replica), self._clock(), LEASE, 10))

    def record(self, replica: Replica, claim: outbox.Claim, error: str = "") -> None:
        result = outbox.Result(claim, self._clock(), error=error)
        self.database.change(lambda c: outbox.record(c, str(replica), [result]))

    def may_send(self, replica: Replica, claim: outbox.Claim) -> bool:
        with self.database.read() as connection:
            return claimed(connection, str(replica), claim.dedup_key) is not None


@pytest.fixture
def by_hand(tmp_path: Path, clock: Clock) -> Iterator[Replicas]:
    with paging(tmp_path, clock) as inside:
        yield Replicas(tmp_path, inside, clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_replica_that_is_started_again_has_at_once_what_it_had(by_hand: Replicas) -> None:
    a, b = by_hand.start("a"), by_hand.start("b")
    assert (len(by_hand.claim(a)), len(by_hand.claim(b))) == (1, 0)
    again = by_hand.start("a")
    assert (str(a), str(again)) == ("a/1", "a/2")
    [one] = by_hand.claim(again)
    assert (by_hand.may_send(a, one), by_hand.may_send(again, one)) == (False, True)


def test_another_replica_has_it_only_when_the_lease_is_over(by_hand: Replicas, clock: Clock) -> None:
    by_hand.claim(by_hand.start("a"))
    clock.turn(seconds=119)
    b = by_hand.start("b")
    assert by_hand.claim(b) == []
    clock.turn(seconds=1)
    assert len(by_hand.claim(b)) == 1


def test_what_a_slow_replica_sent_is_sent_by_no_other(by_hand: Replicas, clock: Clock) -> None:
    a, b = by_hand.start("a"), by_hand.start("b")
    [one] = by_hand.claim(a)
    clock.turn(seconds=110)
    assert by_hand.claim(b) == []
    # Even after the lease: the other asks once more before it sends.
    clock.turn(seconds=20)
    [twin] = by_hand.claim(b)
    assert by_hand.may_send(b, twin)
    by_hand.record(a, one)
    assert not by_hand.may_send(b, twin)


def test_a_failure_whose_lease_was_lost_changes_nothing(by_hand: Replicas, clock: Clock) -> None:
    a, b = by_hand.start("a"), by_hand.start("b")
    [one] = by_hand.claim(a)
    clock.turn(seconds=121)
    [twin] = by_hand.claim(b)
    by_hand.record(a, one, "500")
    assert by_hand.may_send(b, twin)
    assert by_hand.claim(by_hand.start("c")) == []


def test_an_acknowledgement_stops_a_call_that_is_claimed_already(
    by_hand: Replicas, tmp_path: Path, clock: Clock
) -> None:
    a = by_hand.start("a")
    [one] = by_hand.claim(a)
    assert by_hand.may_send(a, one)
    pager = client(tmp_path, clock)
    pager.ada("POST", f"/incidents/{one.incident}/acknowledge")
    assert not by_hand.may_send(a, one)


def test_a_process_whose_port_another_has_takes_nothing_back(tmp_path: Path) -> None:
    (tmp_path / "oncall.json").write_text(oncall_json(oncall()))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = settings(tmp_path, spec=str(tmp_path / "oncall.json"), port=taken.getsockname()[1])
        names = ("port", "database", "spec", "token_file", "people_file", "link_key_file")
        variables = {f"PAGER_{name.upper()}": str(getattr(made, name)) for name in names}
        ended = subprocess.run(
            [sys.executable, "-m", "alerts.paging"], env=os.environ | variables, check=False, timeout=60
        )
    assert ended.returncode != 0
    with paging(tmp_path, Clock()) as inside, inside.database.read() as connection:
        assert connection.execute(select(replicas)).all() == []


def test_a_replica_is_named_by_its_machine_and_port(tmp_path: Path) -> None:
    assert settings(tmp_path, port=7).replica == f"{socket.gethostname()}:7"
    assert settings(tmp_path, replica="east").replica == "east"
