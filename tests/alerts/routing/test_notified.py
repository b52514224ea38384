"""What a real Alertmanager sends on the generated configuration, and what it doesn't."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from paged import Alertmanager, Receiver, alertmanager, dependency, free_port, service
from stack import wait_for

from alerts.labels import labels, own_labels
from slo import (
    Email,
    Escalation,
    Hours,
    Maintenance,
    OnCall,
    Person,
    Platform,
    Rotation,
    Slack,
    Step,
    Team,
    Webhook,
)
from slo.oncall import DAYS
from slo.rules import id_labels
from somahub.generate import Endpoints, routing
from somahub.inbox.kept import Kept
from somahub.inbox.mail import Mailbox

DEPENDANTS = tuple(f"shop-{n}" for n in range(5))
PAGER = "/alertmanager"


def zone(hour: int) -> str:
    """A zone whose clock now shows that hour."""
    west = (datetime.now(UTC).hour - hour + 12) % 24 - 12
    return f"Etc/GMT{west:+d}"


def oncall(
    receivers: Receiver, hours: Hours, tickets: str = "chat", smarthost: str = "127.0.0.1:1"
) -> OnCall:
    """Two teams: ``web``, whose hours are given, and ``data``, for whom it is noon."""
    noon = Hours(zone=zone(12), days=DAYS)
    return OnCall(
        people=(Person(name="ada", receivers=("mail",)),),
        rotations=(Rotation(name="first", people=("ada",), start=date(2026, 1, 5)),),
        escalations=(Escalation(name="web", steps=(Step(title="On call", notify=("first",)),)),),
        receivers=(
            Webhook(name="direct", url=f"{receivers.url}/direct", token_file="direct.token"),  # noqa: S106 - a file
            Slack(name="chat", url_file="chat.url", channel="#web"),
            Email(name="mail", to="web@example.com", smarthost=smarthost, require_tls=False),
        ),
        teams=(
            Team(name="web", escalation="web", tickets=(tickets,), direct=("direct",), hours=hours),
            Team(name="data", escalation="web", tickets=(tickets,), direct=("direct",), hours=noon),
        ),
    )


def platform(on_call: OnCall, maintenance: Sequence[Maintenance] = ()) -> Platform:
    """Five shops that need Redis, and a search that needs nothing and is another team's."""
    shops = (service(name, needs=("redis",)) for name in DEPENDANTS)
    return Platform(
        name="p",
        services=(*shops, dependency("redis"), service("search", owner="data")),
        oncall=on_call,
        maintenance=tuple(maintenance),
    )


class Run:
    """An Alertmanager that runs on a spec, and the receivers that it sends to."""

    def __init__(self, spec: Platform, receivers: Receiver, manager: Alertmanager) -> None:
        self.spec, self.receivers, self.manager = spec, receivers, manager

    def burn(self, name: str, slo: str = "availability", severity: str = "page") -> dict[str, str]:
        """Labels of a burn alert."""
        owner = next(s for s in self.spec.services if s.name == name)
        promise = next(o for o in owner.slos if o.name == slo)
        alert = {"page": "ErrorBudgetBurnFast", "ticket": "ErrorBudgetBurnSlow"}[severity]
        kind = "page" if severity == "page" else "ticket"
        return {"alertname": alert} | labels(self.spec, owner, promise, kind)

    def own(self, name: str, alert: str) -> dict[str, str]:
        """Labels of an alert that stands for itself."""
        owner = next(s for s in self.spec.services if s.name == name)
        return {"alertname": alert} | own_labels(owner, next(a for a in owner.alerts if a.name == alert))

    def outage(self) -> list[dict[str, str]]:
        """Redis is gone, and so two objectives of five services, and one of its own."""
        symptoms = [self.burn(name, slo) for name in DEPENDANTS for slo in ("availability", "latency")]
        return [self.own("redis", "DependencyDown"), self.burn("redis", "uptime"), *symptoms]

    def told(self, path: str = PAGER) -> list[list[tuple[str, str]]]:
        """The alerts of each notification."""
        return sorted(post.told for post in self.receivers.at(path))

    def settle(self) -> None:
        """Wait until all that fired so far was told or won't be: what is sent last waits as long as any of it."""
        self.manager.fire(self.burn("search"))
        last = [("firing", "ErrorBudgetBurnFast search")]
        wait_for("the page on search", lambda: last in self.told(), 15)


@contextmanager
def running(tools: Path, folder: Path, receivers: Receiver, spec: Platform) -> Iterator[Run]:
    secrets = {"pager.token": "s3cret", "direct.token": "other", "chat.url": f"{receivers.url}/chat"}
    for name, value in secrets.items():
        (folder / name).write_text(value)
    where = Endpoints(pager=receivers.url.removeprefix("http://"), secrets=str(folder))
    with alertmanager(tools, folder, routing(spec, where)) as manager:
        yield Run(spec, receivers, manager)


@pytest.fixture
def receivers() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


@pytest.fixture
def night() -> Hours:
    """Business hours of a team for whom it is three in the morning."""
    return Hours(zone=zone(3), days=DAYS)


@pytest.fixture
def run(tools: Path, tmp_path: Path, receivers: Receiver, night: Hours) -> Iterator[Run]:
    with running(tools, tmp_path, receivers, platform(oncall(receivers, night))) as found:
        yield found


def test_burn_alerts_that_only_remember_an_outage_page_nobody_and_new_failures_do(run: Run) -> None:
    burning = [run.burn(name) for name in DEPENDANTS]
    over = [
        {"alertname": "OutageOver"} | id_labels(owner, owner.slos[0])
        for owner in run.spec.services
        if owner.name in DEPENDANTS
    ]
    run.manager.fire(*over, *burning)
    run.settle()
    assert [told for told in run.told() if "search" not in told[0][1]] == []
    run.manager.fire(over[0], ended=True)  # its last five minutes are bad again
    again = [("firing", f"ErrorBudgetBurnFast {DEPENDANTS[0]}")]
    wait_for("the page", lambda: again in run.told(), 15)


def test_an_outage_that_breaks_five_services_is_one_page(run: Run) -> None:
    run.manager.fire(*run.outage())
    run.settle()
    assert run.told() == [
        [("firing", "DependencyDown redis")],
        [("firing", "ErrorBudgetBurnFast search")],
    ]
    assert run.manager.inhibited() == len(run.outage()) - 1


def test_symptoms_that_come_before_their_cause_are_the_same_one_page(run: Run) -> None:
    cause, *symptoms = run.outage()
    run.manager.fire(*symptoms)
    run.manager.fire(cause)
    run.settle()
    assert [("firing", "DependencyDown redis")] in run.told()
    assert len(run.told()) == 2


@pytest.mark.parametrize("fault", ["MemoryFull", "ServiceDown"])
def test_an_outage_and_an_unrelated_fault_of_a_dependant_are_two_pages(run: Run, fault: str) -> None:
    run.manager.fire(*run.outage(), run.own("shop-2", fault))
    run.settle()
    assert run.told() == [
        [("firing", "DependencyDown redis")],
        [("firing", "ErrorBudgetBurnFast search")],
        [("firing", f"{fault} shop-2")],
    ]


def test_a_symptom_that_outlasts_its_cause_pages_on_its_own(run: Run) -> None:
    run.manager.fire(*run.outage())
    run.settle()
    still = run.burn("shop-1", "latency")
    run.manager.fire(*(one for one in run.outage() if one != still), ended=True)
    page = ("firing", "ErrorBudgetBurnFast shop-1")
    wait_for("a page", lambda: [one for one in run.told() if page in one], 10)
    wait_for("the end of the outage", lambda: [("resolved", "DependencyDown redis")] in run.told(), 10)


def test_two_objectives_of_a_service_are_one_page_and_a_page_hides_its_ticket(run: Run) -> None:
    run.manager.fire(run.burn("search", "latency"), run.burn("search"), run.burn("search", severity="ticket"))
    run.manager.fire(run.burn("search", "uptime", "ticket"), run.own("search", "BackupOld"))
    both = [("firing", "ErrorBudgetBurnFast search")] * 2
    wait_for("a page on both", lambda: both in run.told(), 10)
    # For this team it is noon; the ticket of the uptime, and the one without an objective, belong to no page.
    wait_for("two tickets", lambda: len(run.receivers.at("/chat")) == 2, 15)
    assert run.told() == [both]
    titles = sorted(post.body["attachments"][0]["title"] for post in run.receivers.at("/chat"))
    assert titles == ["[P2] search: BackupOld", "[P2] search: ErrorBudgetBurnSlow"]


def test_at_three_in_the_morning_a_ticket_waits_until_the_hours_begin_and_a_page_does_not(
    run: Run, receivers: Receiver
) -> None:
    run.manager.fire(
        run.own("shop-0", "BackupOld"), run.own("shop-0", "MemoryFull"), run.own("search", "BackupOld")
    )
    wait_for("the page", lambda: [("firing", "MemoryFull shop-0")] in run.told(), 10)
    wait_for("the ticket of those who are at work", lambda: receivers.at("/chat"), 15)
    assert "search" in str([post.body for post in receivers.at("/chat")])
    assert "shop-0" not in str([post.body for post in receivers.at("/chat")])
    open_now = platform(oncall(receivers, Hours(zone=zone(10), days=DAYS)))
    where = Endpoints(pager=receivers.url.removeprefix("http://"), secrets=str(run.manager.folder))
    run.manager.load(routing(open_now, where)["alertmanager/alertmanager.yml"])
    wait_for("the ticket", lambda: "shop-0" in str([p.body for p in receivers.at("/chat")]), 15)


def test_every_page_is_told_directly_too_so_that_a_dead_pager_hides_none(
    run: Run, receivers: Receiver
) -> None:
    receivers.broken.add(PAGER)
    run.manager.fire(run.own("shop-0", "MemoryFull"))
    wait_for("the direct receiver", lambda: receivers.at("/direct"), 10)
    assert run.told("/direct") == [[("firing", "MemoryFull shop-0")]]
    assert receivers.at("/direct")[0].headers["Authorization"] == "Bearer other"


def test_the_watchdog_beats_each_minute_with_the_pagers_token(run: Run, receivers: Receiver) -> None:
    run.manager.fire({"alertname": "Watchdog", "severity": "page", "team": "web"})
    wait_for("four beats", lambda: len(receivers.at("/heartbeat")) > 3, 10)
    beats = receivers.at("/heartbeat")
    # A minute is 0.6 s here, so this is three of them, or six at half the pace.
    assert beats[3].at - beats[0].at < 3.2
    assert {post.headers["Authorization"] for post in beats} == {"Bearer s3cret"}
    assert run.told() == []


def test_a_test_page_reaches_the_pager_at_once_and_nobody_else(run: Run, receivers: Receiver) -> None:
    run.manager.fire(run.own("shop-0", "MemoryFull") | {"test": "true"})
    wait_for("the pager", run.told, 5)
    run.settle()
    assert [post.told for post in receivers.at("/direct")] == [[("firing", "ErrorBudgetBurnFast search")]]


def test_planned_work_mutes_its_services_and_no_others(
    tools: Path, tmp_path: Path, receivers: Receiver, night: Hours
) -> None:
    work = Maintenance(
        name="move",
        reason="New racks",
        approver="vera",
        services=("shop-0", "redis"),
        start=datetime.now(UTC) - timedelta(minutes=1),
        length="2h",
    )
    with running(tools, tmp_path, receivers, platform(oncall(receivers, night), [work])) as run:
        run.manager.fire(*run.outage(), run.own("shop-0", "MemoryFull"), run.own("shop-1", "MemoryFull"))
        run.settle()
        assert run.told() == [
            [("firing", "ErrorBudgetBurnFast search")],
            [("firing", "MemoryFull shop-1")],
        ]


def test_chat_and_mail_say_what_burns_since_when_what_is_left_and_where_to_look(
    tools: Path, tmp_path: Path, receivers: Receiver
) -> None:
    kept = Kept(tmp_path / "inbox.jsonl")
    mailbox = Controller(Mailbox(kept), hostname="127.0.0.1", port=free_port())
    mailbox.start()
    try:
        smarthost = f"127.0.0.1:{mailbox.port}"
        on_call = oncall(receivers, Hours(zone=zone(12), days=DAYS), "mail", smarthost)
        chat = on_call.model_copy(
            update={
                "teams": (
                    on_call.teams[0].model_copy(update={"tickets": ("mail", "chat")}),
                    on_call.teams[1],
                )
            }
        )
        with running(tools, tmp_path, receivers, platform(chat)) as run:
            run.manager.fire(run.burn("shop-0", severity="ticket"))
            wait_for("a mail", lambda: kept.messages, 15)
            wait_for("a message", lambda: receivers.at("/chat"), 5)
    finally:
        mailbox.stop()
    (mail,) = kept.messages
    said = receivers.at("/chat")[0].body["attachments"][0]
    assert mail.title == said["title"] == "[P2] shop-0: ErrorBudgetBurnSlow"
    for text in (mail.text, mail.html, said["text"]):
        for part in (
            "shop-0: ErrorBudgetBurnSlow",
            "62.4 % of requests fail now",
            "Budget left: 41 %",
            "https://docs.example.com/slo/runbooks/ErrorBudgetBurnSlow.md",
            "/d/service-shop-0",
            f"{datetime.now(UTC):%Y-%m-%d}",
        ):
            assert part in text, (part, text)
    assert receivers.at("/chat")[0].body["channel"] == "#web"
