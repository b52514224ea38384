import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incidents import CALLED, LINKS, MINUTE, NOW, acknowledged, burn, down, incident, outage, resolved

from alerts.paging.incident import Incident, Status
from alerts.paging.messages import email, slack, text
from alerts.paging.messages.called import called
from alerts.paging.messages.content import content
from alerts.paging.schedule import Override
from somahub.oncall import oncall

GOLDEN = Path(__file__).parents[2] / "golden/messages"
CASES: dict[str, tuple[Callable[[], Incident], str]] = {
    "page": (incident, "triggered"),
    "outage": (outage, "triggered"),
    "acknowledged": (acknowledged, "acknowledged"),
    "resolved": (resolved, "resolved"),
    "test": (lambda: incident(down(), test=True, priority="P3"), "triggered"),
}


@pytest.mark.parametrize("case", CASES)
def test_messages_are_as_written(case: str) -> None:
    made, occasion = CASES[case]
    mail = email.message(made(), occasion, LINKS, CALLED, "Europe/Berlin")
    blocks = slack.message(made(), occasion, LINKS, CALLED, "Europe/Berlin")
    assert mail.text == text.message(made(), occasion, LINKS, CALLED, "Europe/Berlin")
    for suffix, told in (
        ("txt", mail.text),
        ("html", mail.html),
        ("json", json.dumps(blocks, indent=2, ensure_ascii=False) + "\n"),
    ):
        assert told == (GOLDEN / f"{case}.{suffix}").read_text(encoding="utf-8")


def facts(made: Incident, occasion: str = "triggered") -> dict[str, str]:
    return dict(content(made, occasion, LINKS, CALLED).facts)


def test_a_page_says_what_burns_how_fast_and_who_is_called() -> None:
    assert facts(incident()) == {
        "Fails now": "15 % of requests; the objective of 99.9 % over 30d allows 0.1 %",
        "Burn rate": "150 times what the budget allows",
        "Budget left": "87.2 %; at the last hour's rate it is empty in 4 h 11 min",
        "Since": "2026-11-25 09:00 UTC",
        "Services": "gateway",
        "Called now": "Ada, platform engineer",
        "Called next": "Tara, platform team lead at 09:13 UTC, if nobody acknowledges",
    }


def test_an_overspent_budget_is_told_as_none_left() -> None:
    spent = burn(annotations=burn().annotations | {"budget_left": "-0.12", "budget_empty_in": "0"})
    assert facts(incident(spent))["Budget left"] == "none: 12 % more than it was is spent"


@pytest.mark.parametrize("figure", ["", "NaN", "+Inf", "lots", "1e300"])
def test_figures_that_are_none_leave_what_the_alert_says(figure: str) -> None:
    told = facts(incident(burn(annotations=burn().annotations | {"error_ratio": figure})))
    assert told["What it means"] == "15% of requests fail now."
    assert "Burn rate" not in told


def test_an_incident_that_is_over_says_how_long_it_took_and_what_it_cost() -> None:
    told = facts(resolved(), "resolved")
    assert told["Lasted"] == "34 min, until 09:34 UTC"
    assert told["Acknowledged"] == "by ada after 4 min"
    assert told["Cost"] == "5.07 % of the error budget of availability, which has 82.1 % left"


def test_of_several_alerts_the_one_that_the_title_names_is_told_first() -> None:
    early = down(annotations={"summary": "MinIO is slow"}, started=NOW - 9 * MINUTE)
    told = facts(incident(early, down(), title=down().annotations["summary"]))
    assert (told.get("Alert"), told["Also"]) == (None, "MinIO is slow")


def test_what_is_over_has_nothing_to_click_and_what_is_acknowledged_only_to_resolve() -> None:
    assert content(resolved(), "resolved", LINKS).actions == ()
    assert [a.name for a in content(acknowledged(), "acknowledged", LINKS).actions] == ["Resolve"]


def test_the_occasion_is_told() -> None:
    told = content(incident(level=1), "escalated", LINKS, CALLED)
    assert told.status == (
        "Page opened at 09:03 UTC. Nobody acknowledged since 09:03 UTC; it now goes to: on-call engineer."
    )
    assert told.subject.startswith("[P0] #17 escalated: ")
    snoozed = incident(status=Status.SNOOZED, snoozed_until=NOW + 60 * MINUTE)
    assert facts(snoozed)["Snoozed"] == "until 2026-11-25 10:03 UTC"


def test_a_test_says_that_it_is_one_wherever_it_is_read() -> None:
    made = incident(down(), test=True)
    mail, blocks = email.message(made, "triggered", LINKS), slack.message(made, "triggered", LINKS)
    assert mail.subject.startswith("TEST ")
    assert all("This is a test" in told for told in (mail.text, mail.html, json.dumps(blocks)))
    assert blocks["text"].startswith("TEST ")


def test_who_is_called_follows_the_escalation_and_the_overrides() -> None:
    made = incident(next_level_at=NOW + 10 * MINUTE)
    cover = Override(rotation="platform-primary", person="cleo", start=NOW, end=NOW + 60 * MINUTE, by="tara")
    known = called(oncall, made, NOW, (cover,))
    assert known == (
        "On-call engineer",
        ("Cleo, platform engineer",),
        ("Tara, platform team lead",),
        NOW + 10 * MINUTE,
    )
    last = called(oncall, incident(level=3), NOW)
    assert (last.now, last.following) == (("Vera, VP engineering",), called(oncall, made, NOW).now)


HOSTILE = "<!channel> <b>&\"' *x*\r\nBcc: all@example.com \x1b[2J\u202e<https://evil.example|ok>"
URL = "javascript:alert(1)"


def hostile() -> Incident:
    alert = down(
        annotations={"summary": HOSTILE, "description": HOSTILE, "runbook_url": URL, "dashboard_url": URL}
    )
    return incident(alert, down(attached=True, annotations={"summary": HOSTILE}), acknowledged_by=HOSTILE)


def test_text_of_alerts_stays_text() -> None:
    mail, blocks = email.message(hostile(), "triggered", LINKS), slack.message(hostile(), "triggered", LINKS)
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    told = json.dumps(blocks)
    assert "<!channel>" not in told
    assert "<https://evil" not in told
    assert "&lt;!channel&gt;" in told
    assert "<b>" not in mail.html
    for whole in (mail.subject, mail.text, mail.html, told):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", whole)
        assert "javascript:" not in whole


class Balanced(HTMLParser):
    """Tags that are closed in order; collects where links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


anything = st.text(max_size=2000) | st.just(HOSTILE * 40)


@settings(deadline=None, max_examples=50)
@given(
    summary=anything,
    description=anything,
    figure=st.text(max_size=20) | st.floats().map(str),
    count=st.integers(1, 40),
)
def test_whatever_an_alert_says_fits_slack_and_mail(
    summary: str, description: str, figure: str, count: int
) -> None:
    annotations = burn().annotations | dict.fromkeys(
        ("error_ratio", "budget_left", "budget_empty_in"), figure
    )
    alert = burn(annotations=annotations | {"summary": summary, "description": description})
    alerts = [alert, *(alert.model_copy(update={"attached": n % 2 == 1}) for n in range(count))]
    made = incident(*alerts, title=summary)
    fits_slack(slack.message(made, "triggered", LINKS, CALLED))
    mail = email.message(made, "triggered", LINKS, CALLED)
    assert len(mail.subject.splitlines()) == 1
    assert set(Balanced(mail.html).links) <= {*LINKS, *annotations.values()}


def fits_slack(message: dict[str, Any]) -> None:
    """Limits of https://docs.slack.dev/reference/block-kit/blocks and of a message's text."""
    assert 0 < len(message["text"]) <= 4000
    assert len(message["blocks"]) <= 50
    for block in message["blocks"]:
        if block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= 3000
        else:
            assert 0 < len(block["elements"]) <= 25
            assert all(len(e["text"]["text"]) <= 75 and len(e["url"]) <= 3000 for e in block["elements"])
