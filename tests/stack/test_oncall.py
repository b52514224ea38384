"""From a real cause to the person on call: what is sent, to whom, and what is not."""

import re
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from stack import Stack, stacks, wait_for

from slo import load
from somahub.preview.make import preview
from somahub.stack.certificate import self_signed

PLATFORM = load("somahub.spec:platform")
START = 120  # seconds for a stack on a busy machine
SPEC = Path(__file__).with_name("impatient.py")
# Whom an outage of Redis breaks, by the spec.
BROKEN = {"gateway", "identity", "policy-engine", "memory-gateway"}
NO_LIMIT = resource.RLIM_INFINITY


@pytest.fixture(scope="module")
def stack(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    assert tools
    started = stacks(tmp_path_factory.mktemp("oncall") / "state")
    for start in started:
        running = start(str(SPEC), "--rate", "5")
        wait_for("platform", running.running, START)
        yield running


def test_an_outage_of_a_dependency_is_one_page_and_a_fault_of_its_own_another(stack: Stack) -> None:
    with stack.failing("redis", "down"):
        wait_for("page", lambda: stack.incidents("redis"), 120)
        (mail,) = wait_for("mail", lambda: called(stack, "Redis is down"), 30)
        # The services that need it have alerts of their own, which join the incident and page nobody.
        wait_for("symptoms", lambda: attached(stack.incidents("redis")[0]) >= BROKEN, 240)
        assert called(stack, "") == [mail]

        (link,) = set(re.findall(r"http://\S+/a/\S+", mail["text"])) & acknowledging(mail["text"])
        assert httpx.get(link).is_success
        assert stack.incidents("redis")[0]["status"] == "triggered"  # looking is not acting
        assert httpx.post(link).is_success
        (incident,) = stack.incidents("redis")
        assert (incident["status"], incident["next_level_at"]) == ("acknowledged", None)
        assert mail["to"].startswith(incident["acknowledged_by"])

        with stack.failing("tool-service", "down"):
            wait_for("another page", lambda: stack.incidents("tool-service"), 120)
            wait_for("another mail", lambda: called(stack, "Tool Service is down"), 30)
        assert [m["title"][5:].partition(": ")[2] for m in called(stack, "")] == [
            "Redis is down",
            "Tool Service is down",
        ]


@pytest.fixture(scope="module")
def stopped(stack: Stack) -> int:
    """Backups for which there is no space, from before a test that takes minutes itself; the process that makes them."""
    collectors = stack.processes()["collectors"]
    resource.prlimit(collectors, resource.RLIMIT_FSIZE, (0, NO_LIMIT))
    return collectors


def test_memory_that_is_full_pages_until_it_is_free(stack: Stack) -> None:
    with redis.Redis(port=stack.base + 3) as store:
        filled = filling(store, 0.92)
        wait_for("page", lambda: titled(stack, "redis", "MemoryExhausted"), 120)
        title = "Redis: more than 90% of its memory used"
        (mail,) = wait_for("mail", lambda: called(stack, title), 30)
        assert "% of the memory is used" in mail["text"]
        store.delete(*filled)
    wait_for("end", lambda: stack.messages(f" resolved: {title}"), 180)


@pytest.mark.usefixtures("stopped")
def test_a_gateway_that_is_down_pages_within_a_minute_and_the_request_page_stands(stack: Stack) -> None:
    with stack.failing("gateway", "5xx"):
        wait_for("page on requests", lambda: stack.firing("gateway-availability"), 240)
    before = bad_seconds(stack)
    since = time.time()
    with stack.failing("gateway", "down"):
        wait_for("page", lambda: titled(stack, "gateway", "ServiceDown"), 120)
    wait_for("up again", lambda: "gateway" in stack.processes(), 60)
    # Nothing was requested all the while: what was known last still stands.
    assert stack.firing("gateway-availability")
    wait_for("scrape", lambda: stack.query('up{job="gateway"} == 1'), 30)
    assert bad_seconds(stack) - before == pytest.approx(time.time() - since, abs=12)


def test_backups_that_stop_page_until_they_are_made_again(stack: Stack, stopped: int) -> None:
    every = {folder.name for folder in (stack.state / "backups").iterdir()}
    wait_for("pages", lambda: stores(stack, ended=False) == every, 300)
    wait_for("mail", lambda: told(stack, "The backup of "), 30)
    resource.prlimit(stopped, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))
    wait_for("ends", lambda: stores(stack, ended=True) == every, 240)


def test_a_certificate_that_ends_soon_pages(stack: Stack) -> None:
    folder = stack.state / "certificates"
    self_signed(folder / "platform.pem", folder / "platform.key", "soma-agent-hub", days=3)
    wait_for("page", lambda: stack.incidents("certificates"), 120)


def test_panels_that_show_nothing_are_three_in_a_hundred_at_most(stack: Stack) -> None:
    empty: list[str] = []

    def shown() -> bool:
        found = preview(PLATFORM, stack.url("prometheus"), timedelta(minutes=20)).panels
        seen = [(board, one) for board, one in found if not one.panel.unproven]
        assert not [one.error for _, one in seen if one.error]
        assert len(seen) > 350
        empty[:] = [f"{board} / {one.panel.title}: {one.panel.no_data}" for board, one in seen if one.empty]
        return len(empty) <= 0.03 * len(seen)

    try:
        # Where no other test ran before, rates of what is rare come late.
        wait_for("panels", shown, 240)
    except AssertionError as error:
        pytest.fail("\n".join([str(error), *empty]))


def called(stack: Stack, title: str) -> list[dict[str, Any]]:
    """Mails of the pager to people, but those on the machine that all this runs on, which may be busy, and on backups.

    That of a store which is down for minutes is too old by the RPO of this spec.
    """
    return [m for m in told(stack, title) if not re.search("Machine|The backup of", m["title"])]


def told(stack: Stack, title: str) -> list[dict[str, Any]]:
    """All mails of the pager that call people."""
    mails = [m for m in stack.messages(title) if m["kind"] == "mail"]
    return [m for m in mails if re.match(r"\[P\d\] #\d+: ", m["title"])]


def stores(stack: Stack, *, ended: bool) -> set[str]:
    """Whose backups the pager knows, or once knew, to be too old."""
    alerts = [a for i in stack.incidents("backups") for a in i["alerts"]]
    of = [a for a in alerts if a["labels"]["alertname"] == "BackupTooOld"]
    return {a["labels"]["store"] for a in of if bool(a["ended"]) is ended}


def filling(store: "redis.Redis", share: float) -> list[str]:
    """Keys that fill the memory of a store up to a share of its limit."""
    keys: list[str] = []
    while True:
        memory = store.info("memory")
        if memory["used_memory"] > share * memory["maxmemory"]:
            return keys
        keys.append(f"filling:{len(keys)}")
        store.set(keys[-1], bytes(1 << 20))


def acknowledging(text: str) -> set[str]:
    return {line.split()[-1] for line in text.splitlines() if line.lower().startswith("acknowledge")}


def attached(incident: dict[str, Any]) -> set[str]:
    return {alert["labels"]["slo_service"] for alert in incident["alerts"] if alert["attached"]}


def titled(stack: Stack, service: str, alert: str) -> bool:
    found = [a["labels"]["alertname"] for i in stack.incidents(service) for a in i["alerts"]]
    return alert in found


def bad_seconds(stack: Stack) -> float:
    """How long the gateway was not there, by all scrapes."""
    ((_, value),) = [
        r["value"] for r in stack.query('5 * count_over_time((up{job="gateway"} == 0)[1h:5s])')
    ] or [(0, "0")]
    return float(value)
