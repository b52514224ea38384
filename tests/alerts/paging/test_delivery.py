import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from live import free_port, wait_for
from paging import PEOPLE, START, Clock, alert, client, oncall, paging
from receiver import Answer, Receiver, Taken
from sqlalchemy import select

from alerts.paging import outbox, tables
from alerts.paging.incident import Occasion
from alerts.paging.pager import Pager
from alerts.paging.replica import begin
from slo.oncall import OnCall, Person
from slo.receivers import Email, GoAlert, Jira, Opsgenie, PagerDuty, Slack, Webhook
from slo.receivers import Receiver as Way

FAST = {
    "poll": timedelta(milliseconds=50),
    "attempt_timeout": timedelta(seconds=1),
    "longest_pause": timedelta(seconds=1),
}


@pytest.fixture
def there() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def by(way: Way) -> OnCall:
    """Everybody is called by one receiver."""
    spec = oncall()
    return spec.model_copy(
        update={
            "receivers": (*spec.receivers, way),
            "people": tuple(Person(name=name, receivers=(way.name,)) for name in PEOPLE),
        }
    )


def life(folder: Path, spec: OnCall, clock: Clock | None = None) -> None:
    """Fire, acknowledge and resolve, each once what is before it was sent."""
    clock = clock or Clock()
    with client(folder, clock, spec, **FAST) as pager, paging(folder, clock) as inside:
        pager.alerts(alert())
        wait_for(lambda: _all_sent(inside), 20)
        path = f"/incidents/{pager.incidents()[0]['id']}"
        for action in ("acknowledge", "resolve"):
            pager.ada("POST", f"{path}/{action}")
            wait_for(lambda: _all_sent(inside), 20)


def _all_sent(inside: Pager) -> bool:
    with inside.database.read() as connection:
        return outbox.backlog(connection, START + timedelta(days=1)).waiting == 0


def keys(taken: list[Taken]) -> list[str]:
    return [one.dedup_key.partition(":")[2] for one in taken]


def test_a_webhook_gets_the_incident_and_its_keys(tmp_path: Path, there: Receiver) -> None:
    (tmp_path / "hook.token").write_text("s3cret")
    life(tmp_path, by(Webhook(name="hook", url=there.url("hook"), token_file="hook.token")))  # noqa: S106 - a file's name
    assert keys(there.taken) == ["triggered:0:hook", "acknowledged:1:hook", "resolved:2:hook"]
    first = there.taken[0]
    assert first.headers["authorization"] == "Bearer s3cret"
    assert (first.body["dedup_key"], first.body["event"]) == (first.dedup_key, "triggered")
    assert first.body["incident"]["title"] == "ServiceDown of gateway"


def test_slack_gets_a_message_with_links(tmp_path: Path, there: Receiver) -> None:
    (tmp_path / "slack.url").write_text(there.url("T0/B0/secret"))
    life(tmp_path, by(Slack(name="chat", url_file="slack.url", channel="#pages")))
    assert [one.path for one in there.taken] == ["/T0/B0/secret"] * 3
    assert "/a/" in str(there.taken[0].body)
    assert "ServiceDown of gateway" in str(there.taken[0].body)


def test_pagerduty_gets_one_incident_of_three_events(tmp_path: Path, there: Receiver) -> None:
    (tmp_path / "pd.key").write_text("routing")
    life(tmp_path, by(PagerDuty(name="pd", routing_key_file="pd.key", url=there.url("v2/enqueue"))))
    bodies = [one.body for one in there.taken]
    assert [body["event_action"] for body in bodies] == ["trigger", "acknowledge", "resolve"]
    assert len({(body["dedup_key"], body["routing_key"]) for body in bodies}) == 1
    assert bodies[0]["payload"]["severity"] == "error"


def test_opsgenie_gets_an_alert_by_its_alias(tmp_path: Path, there: Receiver) -> None:
    (tmp_path / "og.key").write_text("genie")
    life(tmp_path, by(Opsgenie(name="og", api_key_file="og.key", url=there.url(""))))
    alias = there.taken[0].body["alias"]
    assert [one.path for one in there.taken] == [
        "/v2/alerts",
        f"/v2/alerts/{alias}/acknowledge?identifierType=alias",
        f"/v2/alerts/{alias}/close?identifierType=alias",
    ]
    assert there.taken[0].headers["authorization"] == "GenieKey genie"


def test_goalert_gets_what_alertmanager_would_send(tmp_path: Path, there: Receiver) -> None:
    (tmp_path / "ga.url").write_text(there.url("api/v2/prometheusalertmanager/incoming?token=x"))
    life(tmp_path, by(GoAlert(name="ga", url_file="ga.url")))
    assert [one.body["alerts"][0]["status"] for one in there.taken] == ["firing", "firing", "resolved"]
    assert len({one.body["alerts"][0]["fingerprint"] for one in there.taken}) == 1


def test_jira_gets_one_issue_and_comments(tmp_path: Path, there: Receiver) -> None:
    (tmp_path / "jira.token").write_text("t")
    jira = Jira(name="jira", url=there.url(""), project="OPS", username="bot", token_file="jira.token")  # noqa: S106 - likewise
    life(tmp_path, by(jira))
    assert [one.path for one in there.taken] == [
        "/rest/api/2/issue",
        "/rest/api/2/issue/OPS-1/comment",
        "/rest/api/2/issue/OPS-1/comment",
    ]
    assert there.taken[0].body["fields"]["labels"][0].startswith("incident-")


class _Mailbox:
    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, _: object, __: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append((envelope.original_content or b"").decode())
        return "250 OK" if len(self.mails) > 1 else "451 later"


def test_a_mail_that_is_sent_again_has_the_same_id(tmp_path: Path) -> None:
    box = _Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        mail = Email(
            name="mail", to="ada@example.com", smarthost=f"127.0.0.1:{controller.port}", require_tls=False
        )
        clock = Turning()
        life(tmp_path, by(mail), clock)
    finally:
        controller.stop()
    ids = [next(line for line in mail.splitlines() if line.startswith("Message-ID")) for mail in box.mails]
    assert (len(ids), len(set(ids)), ids[0]) == (4, 3, ids[1])


class Turning(Clock):
    """Goes on by a second whenever it is looked at, so that pauses take no time."""

    def __call__(self) -> datetime:
        return self.turn(seconds=0.2)


def test_what_fails_is_sent_again_with_the_same_key_and_others_are_told(
    tmp_path: Path, there: Receiver
) -> None:
    first: dict[str, Iterator[Answer]] = {}
    pattern: tuple[Answer, ...] = ("500", "closes", "hangs", "429", *["500"] * 5)

    def answer(path: str) -> Answer:
        usual = first.setdefault(path, iter(()) if path == "/direct" else iter(pattern))
        return next(usual, "200")

    there.answer = answer
    with client(tmp_path, Turning(), oncall(there.url), **FAST) as pager:
        pager.alerts(alert())
        wait_for(lambda: there.of("direct"), 30)
        wait_for(lambda: any(one.answer == "200" and one.path != "/direct" for one in there.taken), 30)
        called = [
            one for one in there.taken if one.path in {"/ada", "/ben"} and ":triggered:0:" in one.dedup_key
        ]
        assert len({one.dedup_key for one in called}) == 1
        assert "undelivered:" in there.of("direct")[0].dedup_key
        text = pager.get("/metrics").text
        assert 'pager_notifications_total{kind="webhook",outcome="failed"}' in text
    # No error says what may be a secret.
    with paging(tmp_path, Clock()) as inside, inside.database.read() as connection:
        errors = connection.scalars(select(tables.outbox.c.error)).all()
    assert not any(error and "127.0.0.1" in error for error in errors)


def test_what_is_in_flight_at_a_stop_is_waited_for_and_written_down(tmp_path: Path, there: Receiver) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def answer(_: str) -> Answer:
        asked.set()
        may_answer.wait(20)
        return "200"

    there.answer = answer
    clock = Clock()
    slow = FAST | {"attempt_timeout": timedelta(seconds=20)}
    with client(tmp_path, clock, oncall(there.url), **slow) as pager:
        pager.alerts(alert())
        wait_for(asked.is_set, 20)
        threading.Timer(0.5, may_answer.set).start()
    with paging(tmp_path, clock) as inside:
        assert _all_sent(inside)


def test_a_replica_whose_name_was_taken_sends_nothing_more(
    tmp_path: Path, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    clock, spec = Clock(), oncall(there.url)
    with client(tmp_path, clock, spec, **FAST, replica="a") as pager, paging(tmp_path, clock) as inside:
        pager.alerts(alert())
        wait_for(lambda: _all_sent(inside), 20)
        inside.database.change(lambda c: begin(c, "a", clock()))
        pager.alerts(alert("Other", slo_service="other"))
        wait_for(lambda: "a/1 sends nothing any more" in caplog.text, 20)
    assert {one.replica for one in there.taken} == {"a/1"}
    assert len(there.taken) == 1


def test_what_is_acknowledged_before_it_was_sent_is_not_sent(tmp_path: Path, there: Receiver) -> None:
    clock = Clock()
    pager = client(tmp_path, clock, oncall(there.url), **FAST)
    pager.alerts(alert())
    pager.ada("POST", f"/incidents/{pager.incidents()[0]['id']}/acknowledge")
    with pager, paging(tmp_path, clock) as inside:
        wait_for(lambda: _all_sent(inside), 20)
    assert [key.partition(":")[0] for key in keys(there.taken)] == [Occasion.ACKNOWLEDGED]
