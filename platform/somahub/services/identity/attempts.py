"""Failed sign-ins, and how long an account's next one has to wait.

The count is kept by name whether or not there is such an account, so that waiting tells nobody which names exist.
"""

import hashlib
from collections.abc import Callable

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from somahub.services.identity.connections import writing
from somahub.services.identity.tables import ATTEMPTS

_FREE = 5  # failures that cost nothing but their time
_FIRST = 15  # seconds; doubled by each further failure
_LONGEST = 900
_FORGOTTEN = 3600  # seconds after the last failure


class Attempts:
    """Count failures by name."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    def wait(self, name: str) -> int:
        """Seconds until a name may try again; 0: now."""
        query = select(ATTEMPTS.c.failures, ATTEMPTS.c.last).where(ATTEMPTS.c.name_hash == _hashed(name))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or row.failures < _FREE or self._clock() - row.last > _FORGOTTEN:
            return 0
        # The exponent is bounded, since the failures are not.
        pause = min(_LONGEST, _FIRST * 2 ** min(row.failures - _FREE, 10))
        return max(0, int(row.last + pause - self._clock()))

    def failed(self, name: str) -> None:
        """Count one failure; those of an hour ago are forgotten."""
        now = int(self._clock())
        build = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        new = build(ATTEMPTS).values(name_hash=_hashed(name), failures=1, last=now)
        counted = new.on_conflict_do_update(
            index_elements=[ATTEMPTS.c.name_hash], set_={"failures": ATTEMPTS.c.failures + 1, "last": now}
        )
        with writing(self._engine) as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.last < now - _FORGOTTEN))
            connection.execute(counted)

    def forget(self, name: str) -> None:
        """Start anew after a success."""
        with writing(self._engine) as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.name_hash == _hashed(name)))


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
