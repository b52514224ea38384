"""A node of Alertmanager's routing tree as a value."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from slo.promql import quoted


class Matcher(NamedTuple):
    """A condition on one label; a regular expression matches the whole value (RE2)."""

    label: str
    operator: Literal["=", "!=", "=~"]
    value: str

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{quoted(self.value)}"


class Timing(NamedTuple):
    """How long a group waits for its first alerts, then for more, and until it is told again."""

    wait: str = ""
    interval: str = ""
    repeat: str = ""


class Route(NamedTuple):
    """A node; what is empty is inherited, but for ``active`` and ``mutes``, the names of time intervals.

    Alertmanager takes the first child that matches, and those after it for as long as what matched ``goes_on``.
    """

    receiver: str = ""
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] = ()
    timing: Timing = Timing()
    active: tuple[str, ...] = ()
    mutes: tuple[str, ...] = ()
    routes: tuple["Route", ...] = ()
    goes_on: bool = False


def one_of(label: str, values: Iterable[str]) -> Matcher:
    """A label that has one of the values, which are names: of what they may hold, only the dot is special."""
    some = sorted(values)
    if len(some) == 1:
        return Matcher(label, "=", some[0])
    return Matcher(label, "=~", "|".join(value.replace(".", r"\.") for value in some))


def each(routes: Iterable[Route]) -> tuple[Route, ...]:
    """Routes that all match: each but the last goes on to the next."""
    found = list(routes)
    return (*(route._replace(goes_on=True) for route in found[:-1]), *found[-1:])
