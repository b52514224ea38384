from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paging import PEOPLE, START, oncall

from alerts.paging import events
from alerts.paging.engine import CALLS, NotPossibleError, Outcome, decide, opened
from alerts.paging.incident import Incident, IncidentAlert, Occasion, Status
from alerts.paging.roster import Roster, opening
from slo.burnrate import Severity
from slo.oncall import Hours

ROSTER = Roster(oncall())
LEVELS = ROSTER.levels("platform")
# Ada and Ben begin their weeks on Mondays; START is in one of Ada's or Ben's.
FIRST = ROSTER.calls("platform", 0, START)[0].person


def told(name: str = "A", *, started: datetime = START, attached: bool = False) -> IncidentAlert:
    return IncidentAlert(
        fingerprint=name, labels={"alertname": name}, annotations={}, started=started, attached=attached
    )


def begun(severity: Severity = "page", at: datetime = START) -> Outcome:
    incident = Incident(
        id="i",
        number=1,
        key="k",
        team="platform",
        title="A",
        severity=severity,
        priority="P1",
        status=Status.TRIGGERED,
        alerts=(told(started=at),),
        created=at,
    )
    return opened(incident, at, ROSTER)


def keys(outcome: Outcome) -> list[str]:
    return [notification.dedup_key for notification in outcome.notifications]


def test_a_page_calls_who_is_on_call_and_names_its_next_step() -> None:
    outcome = begun()
    assert keys(outcome) == [f"i:triggered:0:{FIRST}"]
    assert outcome.incident.next_at == START + timedelta(minutes=10)


def test_every_level_is_reached_at_its_minute_and_then_all_again() -> None:
    incident = begun().incident
    reached = []
    while incident.next_at:
        at = incident.next_at
        assert decide(incident, events.Due(), at - timedelta(seconds=1), ROSTER).notifications == ()
        outcome = decide(incident, events.Due(), at, ROSTER)
        reached += [((at - START) // timedelta(minutes=1), n.receiver) for n in outcome.notifications]
        incident = outcome.incident
    # The policy is 30 minutes long, and begins again 30 minutes after its last step.
    assert reached == [(10, "tara"), (30, "vera"), (60, FIRST), (70, "tara"), (90, "vera")]


def test_a_step_without_anybody_on_call_goes_to_the_next_at_once() -> None:
    before_the_first_shift = datetime(2026, 1, 1, tzinfo=UTC)
    outcome = begun(at=before_the_first_shift)
    assert keys(outcome) == ["i:triggered:0:tara"]
    assert outcome.incident.next_at == before_the_first_shift + timedelta(minutes=30)


def test_who_acknowledges_is_not_called_again_and_what_waits_is_superseded() -> None:
    outcome = decide(begun().incident, events.Acknowledge("ada"), START, ROSTER)
    assert outcome.incident.next_at is None
    assert outcome.superseded == CALLS
    assert [n.occasion for n in outcome.notifications] == [Occasion.ACKNOWLEDGED]
    assert decide(outcome.incident, events.Acknowledge("ben"), START, ROSTER) == Outcome(outcome.incident)


@pytest.mark.parametrize(
    ("event", "calls"),
    [
        (events.Fired(told("B"), "P1"), 0),
        (events.Fired(told("B"), "P0"), 1),
        (events.Fired(told("S"), "P2"), 1),
    ],
)
def test_a_new_alert_wakes_who_works_on_it_only_if_it_is_worse_or_was_inhibited(
    event: events.Fired, calls: int
) -> None:
    incident = decide(begun().incident, events.Acknowledge("ada"), START, ROSTER).incident
    incident = decide(incident, events.Attached((told("S", attached=True),)), START, ROSTER).incident
    assert len(decide(incident, event, START, ROSTER).notifications) == calls


def test_an_attached_symptom_keeps_no_incident_open() -> None:
    incident = decide(begun().incident, events.Attached((told("S", attached=True),)), START, ROSTER).incident
    over = decide(incident, events.Ended("A", START, START), START + timedelta(minutes=1), ROSTER)
    assert over.incident.status is Status.RESOLVED
    assert keys(over) == [f"i:resolved:1:{FIRST}"]


def test_a_snooze_is_silent_and_begins_again_when_it_is_over() -> None:
    until = START + timedelta(hours=1)
    outcome = decide(begun().incident, events.Snooze("ada", until), START, ROSTER)
    assert (outcome.incident.next_at, outcome.notifications) == (until, ())
    again = decide(outcome.incident, events.Due(), until, ROSTER)
    assert keys(again) == [f"i:triggered:1:{FIRST}"]
    assert again.incident.next_at == until + timedelta(minutes=10)


def test_reassigned_it_goes_to_one_person_and_then_up() -> None:
    outcome = decide(begun().incident, events.Reassign("ada", person="vera"), START, ROSTER)
    assert keys(outcome) == ["i:reassigned:1:vera"]
    assert outcome.incident.next_at == START + timedelta(minutes=10)
    moved = decide(begun().incident, events.Reassign("ada", team="other"), START, ROSTER)
    assert moved.incident.team == "other"


def test_responders_are_called_once_and_hear_of_the_end() -> None:
    one = decide(begun().incident, events.AddResponder("ada", "vera"), START, ROSTER)
    assert keys(one) == ["i:responder:1:vera"]
    assert decide(one.incident, events.AddResponder("ada", "vera"), START, ROSTER).notifications == ()
    over = decide(one.incident, events.Resolve("ada"), START, ROSTER)
    assert [n.receiver for n in over.notifications] == [FIRST, "vera"]


def test_what_a_receiver_does_not_take_is_told_through_the_direct_ones() -> None:
    outcome = decide(begun().incident, events.Undelivered(FIRST, "500"), START, ROSTER)
    assert keys(outcome) == ["i:undelivered:1:direct"]


def test_a_ticket_waits_for_business_hours_and_does_not_escalate() -> None:
    night = datetime(2026, 11, 6, 23, 0, tzinfo=UTC)  # a Friday
    outcome = begun("ticket", night)
    assert [(n.receiver, n.due) for n in outcome.notifications] == [
        ("tickets", datetime(2026, 11, 9, 9, 0, tzinfo=UTC))
    ]
    assert outcome.incident.next_at is None


def test_business_hours_open_at_the_local_time_on_both_sides_of_a_change_of_the_clock() -> None:
    berlin = Hours(zone="Europe/Berlin")
    assert opening(berlin, datetime(2026, 10, 23, 20, tzinfo=UTC)) == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert opening(berlin, datetime(2026, 10, 23, 5, tzinfo=UTC)) == datetime(2026, 10, 23, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "event", [events.Acknowledge("ada"), events.Snooze("ada", START), events.Reassign("ada", person="ben")]
)
def test_what_is_over_can_only_be_reopened(event: events.Event) -> None:
    over = decide(begun().incident, events.Resolve("ada"), START, ROSTER).incident
    with pytest.raises(NotPossibleError, match="resolved"):
        decide(over, event, START, ROSTER)
    assert decide(over, events.Reopen("ada"), START, ROSTER).incident.status is Status.TRIGGERED


_NAMES = st.sampled_from(["A", "B", "C"])
_BY = st.sampled_from(PEOPLE)
_STARTS = st.integers(0, 2).map(lambda m: START + timedelta(minutes=m))
_EVENTS = st.one_of(
    st.builds(
        events.Fired,
        st.builds(told, _NAMES, started=_STARTS),
        st.sampled_from(["P0", "P1", "P2"]),
    ),
    st.builds(events.Ended, _NAMES, _STARTS, st.just(START)),
    st.builds(
        events.Attached,
        st.lists(st.builds(told, _NAMES), max_size=2, unique_by=lambda a: a.fingerprint).map(tuple),
    ),
    st.builds(events.Acknowledge, _BY),
    st.builds(events.Resolve, _BY),
    st.builds(events.Reopen, _BY),
    st.builds(
        events.Snooze,
        _BY,
        st.integers(1, 300).map(lambda m: START + timedelta(days=1) + timedelta(minutes=m)),
    ),
    st.builds(events.Reassign, _BY, _BY),
    st.builds(events.AddResponder, _BY, _BY),
    st.just(events.Due()),
    st.builds(events.Undelivered, _BY, st.just("500")),
)


@settings(deadline=None)
@given(st.lists(st.tuples(_EVENTS, st.integers(0, 60)), max_size=30), st.sampled_from(["page", "ticket"]))
def test_whatever_happens_nobody_is_called_for_what_is_in_hand_and_nothing_is_forgotten(
    happenings: list[tuple[events.Event, int]], severity: Severity
) -> None:
    now, first = START, begun(severity)
    incident, sent = first.incident, set(keys(first))
    for event, minutes in happenings:
        now += timedelta(minutes=minutes)
        before = incident
        try:
            outcome = decide(incident, event, now, ROSTER)
        except NotPossibleError:
            continue
        incident = outcome.incident
        # Each notification is another one, and all of a round are of one step.
        assert sent.isdisjoint(keys(outcome))
        sent.update(keys(outcome))
        assert len({n.step for n in outcome.notifications}) <= 1
        # Calls follow only where somebody has to act, but for a responder who is asked to help.
        called = {n.occasion for n in outcome.notifications} & CALLS - {Occasion.RESPONDER}
        assert not called or incident.status is Status.TRIGGERED
        if called and before.status in {Status.ACKNOWLEDGED, Status.SNOOZED, Status.RESOLVED}:
            assert incident.began == now
        # What nobody works on has a next step, or has had all of them.
        if incident.status is Status.TRIGGERED and severity == "page":
            assert incident.next_at or incident.level == LEVELS - 1
        if incident.status is Status.SNOOZED:
            assert incident.next_at
        if incident.status in {Status.ACKNOWLEDGED, Status.RESOLVED}:
            assert incident.next_at is None
        if incident.status is Status.RESOLVED and before.status is not Status.RESOLVED:
            assert {n.receiver for n in outcome.notifications} == set(before.told)
        # A state is a value: the database gives back what it was given.
        assert Incident.model_validate_json(incident.model_dump_json()) == incident
        assert list(incident.timeline[: len(before.timeline)]) == list(before.timeline)
