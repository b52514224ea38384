from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.paging.links import (
    ExpiredLinkError,
    Link,
    LinkError,
    sign,
    sign_calendar,
    verify,
    verify_calendar,
)

SECRET = bytes(range(32))
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TOKEN = sign(SECRET, "4f1c", "acknowledge", "ada", NOW + timedelta(hours=4))


def test_a_link_allows_what_was_signed() -> None:
    expected = Link("4f1c", "acknowledge", "ada", NOW + timedelta(hours=4))
    assert verify(SECRET, TOKEN, NOW) == expected


def test_a_link_is_good_until_it_expires_and_not_after() -> None:
    last = NOW + timedelta(hours=4) - timedelta(microseconds=1)
    assert verify(SECRET, TOKEN, last).person == "ada"
    with pytest.raises(ExpiredLinkError, match="expired at 2026-11-25 13:00 UTC"):
        verify(SECRET, TOKEN, NOW + timedelta(hours=4))


def test_another_secret_signs_another_link() -> None:
    with pytest.raises(LinkError, match="not from this pager"):
        verify(bytes(32), TOKEN, NOW)


def test_a_short_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        sign(b"", "4f1c", "resolve", "ada", NOW)


def test_only_acknowledging_and_resolving_are_signed() -> None:
    with pytest.raises(ValueError, match="expected an action of acknowledge, resolve, got 'delete'"):
        sign(SECRET, "4f1c", "delete", "ada", NOW)


@pytest.mark.parametrize(
    "token",
    ["", ".", "a.b", TOKEN.replace(".", ""), TOKEN + "=", f"{TOKEN}.x", " " + TOKEN, "ä" + TOKEN, "x" * 4096],
)
def test_what_is_no_link_is_refused(token: str) -> None:
    with pytest.raises(LinkError):
        verify(SECRET, token, NOW)


@settings(deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="ascii"))
def test_a_link_with_another_character_is_refused(place: int, character: str) -> None:
    forged = TOKEN[:place] + character + TOKEN[place + 1 :]
    if forged != TOKEN:
        with pytest.raises(LinkError):
            verify(SECRET, forged, NOW)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_refused_without_another_error(token: str) -> None:
    with pytest.raises(LinkError):
        verify(SECRET, token, NOW)


def test_a_calendars_token_reads_it_and_acts_on_nothing() -> None:
    token = sign_calendar(SECRET, "person", "ada")
    assert verify_calendar(SECRET, token) == ("person", "ada")
    with pytest.raises(LinkError, match="not from this pager"):
        verify(SECRET, token, NOW)
    with pytest.raises(LinkError, match="not from this pager"):
        verify_calendar(SECRET, TOKEN)
