"""When the next backup or drill of a store begins."""

from datetime import datetime, timedelta

# What takes long is done less often: it never takes more than a tenth of the time.
_SHARE = 10


def next_start(start: datetime, end: datetime, every: timedelta) -> datetime:
    """After a run from ``start`` to ``end``: ``every`` later, or later still where a run takes long."""
    return max(start + every, end + (end - start) * (_SHARE - 1))
