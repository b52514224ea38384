"""A lock with a line: whoever came first is next, and what is urgent goes before all others."""

from collections.abc import Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count
from threading import Event, Lock


class Line:
    """Held by one thread at a time, handed from one to the next: nobody who comes later slips in between."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._held = False
        self._waiting: list[tuple[bool, int, Event]] = []
        self._numbers = count()

    @contextmanager
    def turn(self, *, urgent: bool = False) -> Iterator[None]:
        """Wait for the turn, and have it while inside."""
        turn = Event()
        with self._guard:
            if self._held:
                heappush(self._waiting, (not urgent, next(self._numbers), turn))
            else:
                self._held = True
                turn.set()
        turn.wait()
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    heappop(self._waiting)[2].set()
                else:
                    self._held = False

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)
