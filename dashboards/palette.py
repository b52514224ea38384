"""Colours that people with any colour vision tell apart.

Source: Okabe and Ito, "Color Universal Design", 2008. Meaning is never in colour alone: every state has its word.
"""

from dashboards.board import State, Step

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#8E8E8E"

GOOD, WARN, BAD = GREEN, ORANGE, VERMILLION
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW)

# Words that say which way an outcome is; the others take the colours that are left.
_MEANING = {
    GOOD: {
        "success",
        "succeeded",
        "allow",
        "allowed",
        "accepted",
        "created",
        "completed",
        "issued",
        "hit",
        "intact",
    },
    BAD: {"failure", "failed", "broken", "error", "5xx", "unavailable", "tampered", "timeout"},
    WARN: {"deny", "refused", "rejected", "4xx", "locked", "degraded", "miss"},
}

UP_DOWN = (State(0, "down", BAD), State(1, "up", GOOD))
WELL = (State(0, "failed", BAD), State(1, "well", GOOD))
YES_NO = (State(0, "no", GOOD), State(1, "yes", BAD))


def colours(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """A colour for each of a label's values: by its meaning where it has one; none where there are too many."""
    if len(values) > len(SERIES):
        return ()
    told = {v: colour for colour, words in _MEANING.items() for v in values if v in words}
    left = [colour for colour in SERIES if colour not in told.values()]
    return tuple((v, told.get(v) or left.pop(0)) for v in values if v in told or left)


def above(*steps: tuple[float, str]) -> tuple[Step, ...]:
    """Good below the first step, and each step's colour from it on."""
    return (Step(None, GOOD), *(Step(value, colour) for value, colour in steps))


def below(*steps: tuple[float, str]) -> tuple[Step, ...]:
    """Bad below the first step, and each step's colour from it on."""
    return (Step(None, BAD), *(Step(value, colour) for value, colour in steps))


BUDGET = below((0, WARN), (0.25, GOOD))
SHARE = above((0.7, WARN), (0.9, BAD))
