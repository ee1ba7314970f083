"""Sessions for short reads: opened once and used again and again, since to open and to close a
connection takes longer than to read a record.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from registry.database.engine import reading
from registry.statements import driver_of

# 16 MB, so that the upper pages of large indexes are at hand. No map of the file: SQLite gives
# it up whenever somebody else has written, and to make it anew takes longer than to read.
_CACHE = "PRAGMA cache_size = -16384"


class KeptSessions:
    """Reading sessions on a database: as many as have ever read at one moment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Session] = deque()  # its ends may be taken by threads at once
        self._opened: WeakSet[Session] = WeakSet()
        event.listen(engine, "engine_disposed", lambda _engine: self._end())

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session of one's own, in a transaction that sees one state."""
        session = self._begin()
        driver = driver_of(session)
        try:
            yield session
            driver.rollback()
        except BaseException:
            session.invalidate()  # what failed is not used again, nor its cache by others
            raise
        self._idle.append(session)

    def _begin(self) -> Session:
        is_sqlite = self._engine.dialect.name == "sqlite"
        try:
            session = self._idle.pop()
        except IndexError:
            session = reading(self._engine)
            self._opened.add(session)
            if is_sqlite:
                driver_of(session).execute(_CACHE)
        else:
            if is_sqlite:
                driver_of(session).execute("BEGIN")  # PostgreSQL's driver begins by itself
        return session

    def _end(self) -> None:
        """Let go of all connections, which the pool that was disposed of never closes."""
        self._idle.clear()
        for session in list(self._opened):
            session.invalidate()
