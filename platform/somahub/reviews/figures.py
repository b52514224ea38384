"""Figures of a period, and the verdict on them."""

from typing import NamedTuple

from slo.accounts import Account, Period, Promise, account
from slo.accounts.account import Unknown
from slo.slots import Column, Slots
from somahub.reviews.model import Completeness, Figures, Verdict

_ENOUGH = 0.5
_SLACK = 1e-9  # what adding up may be off by
_DIGITS = 12


NOTHING = Figures(bad=0, total=0, sli=None, allowed=None, spent=None, left=None, verdict="unknown")
"""Of time of which nothing is known."""


class Judged(NamedTuple):
    """Both accounts of the same slots."""

    raw: Account
    adjusted: Account


def judge(
    slots: Slots, period: Period, promises: list[Promise], unknown: Unknown, keep: Column | None
) -> Judged:
    """With and without what is excluded."""
    raw = account(slots, period, promises, unknown)
    return Judged(raw, raw if keep is None else account(slots, period, promises, unknown, keep))


def figures(told: Account) -> Figures:
    """An account with its verdict."""
    return Figures(
        bad=rounded(told.bad),
        total=rounded(told.total),
        sli=_maybe(told.sli),
        allowed=_maybe(told.allowed),
        spent=_maybe(told.spent),
        left=_maybe(told.left),
        verdict=verdict(told),
    )


def verdict(told: Account) -> Verdict:
    """Missed as soon as more is spent than there was; met only where at least half of the time is known."""
    if told.spent is not None and told.spent > 1 + _SLACK:
        return "missed"
    enough = told.spent is not None and told.known + told.recovered >= _ENOUGH * told.elapsed
    return "met" if enough else "unknown"


def completeness(told: Account, *, certain: bool) -> Completeness:
    """How much of the time the figures stand for."""
    return Completeness(
        elapsed=rounded(told.elapsed),
        known=rounded(told.known),
        unknown=rounded(told.unknown),
        recovered=rounded(told.recovered),
        excluded=rounded(told.excluded),
        certain=certain,
    )


def rounded(value: float) -> float:
    """To 12 digits: the order in which a processor adds must not show."""
    return float(f"{value:.{_DIGITS}g}")


def _maybe(value: float | None) -> float | None:
    return None if value is None else rounded(value)
