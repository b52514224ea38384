"""A text with its name, as messages list them."""

from typing import NamedTuple


class Named(NamedTuple):
    """A fact or a link, and what it is called."""

    name: str
    value: str
