"""A context window from what was recalled."""

import re
from collections.abc import Iterable

from somahub.services.memory_gateway.models import Context, Recalled

_TOKEN = re.compile(r"\w+|[^\w\s]")
_BETWEEN = "\n\n"


def tokens(text: str) -> int:
    """How many tokens a text has by the local tokenizer: words and signs."""
    return len(_TOKEN.findall(text))


def assemble(recalled: Iterable[Recalled], budget: int) -> Context:
    """Put memories one after the other, the best first, each text once, as far as the budget goes.

    A memory that does not fit is left out whole; a later one that is shorter may still fit.
    """
    chosen: list[Recalled] = []
    seen: set[str] = set()
    spent = 0
    for memory in sorted(recalled, key=lambda m: (-m.score, m.id)):
        same = " ".join(memory.text.split()).casefold()
        size = tokens(memory.text)
        if same in seen or spent + size > budget:
            continue
        seen.add(same)
        spent += size
        chosen.append(memory)
    text = _BETWEEN.join(m.text for m in chosen)
    return Context(text=text, tokens=spent, memory_ids=tuple(m.id for m in chosen))
