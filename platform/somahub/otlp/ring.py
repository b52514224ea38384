"""The newest records, each found again by its trace."""

from collections import deque
from typing import NamedTuple

# What a record costs beside its own bytes, at most, as measured: a trace of one record, with a queue of its own.
_OVERHEAD = 1000


class Kept(NamedTuple):
    """A record as it came, with who sent it; it is decoded when it is asked for."""

    trace_id: bytes
    service: str
    scope: str
    raw: bytes


class Ring:
    """Records by trace id; the oldest go as soon as all take more than ``most`` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self.dropped = 0
        self._all: deque[Kept] = deque()
        self._by_trace: dict[bytes, deque[Kept]] = {}

    def add(self, one: Kept) -> None:
        """Keep one more."""
        self._all.append(one)
        self._by_trace.setdefault(one.trace_id, deque()).append(one)
        self.size += len(one.raw) + _OVERHEAD
        while self.size > self.most:
            self._drop()

    def of(self, trace_id: bytes) -> list[Kept]:
        """All that is kept of a trace, in the order in which it came."""
        return list(self._by_trace.get(trace_id, ()))

    def _drop(self) -> None:
        oldest = self._all.popleft()
        # The oldest of all is the oldest of its trace.
        same = self._by_trace[oldest.trace_id]
        same.popleft()
        if not same:
            del self._by_trace[oldest.trace_id]
        self.size -= len(oldest.raw) + _OVERHEAD
        self.dropped += 1
