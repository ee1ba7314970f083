"""Sessions for short reads: each thread keeps one with its connection, since to open and to close
one takes longer than to read a record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from weakref import WeakSet

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from registry.database.engine import reading
from registry.statements import driver_of


class KeptSessions:
    """Reading sessions on a database, one a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._of_thread = engine, local()
        self._opened: WeakSet[Session] = WeakSet()
        event.listen(engine, "engine_disposed", lambda _engine: self._end())

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The session of this thread, in a transaction of its own that sees one state."""
        session: Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = reading(self._engine)
            self._opened.add(session)
            driver = driver_of(session)
        else:
            driver = driver_of(session)
            if self._engine.dialect.name == "sqlite":
                driver.execute("BEGIN")  # PostgreSQL's driver begins by itself
        self._of_thread.session = None
        try:
            yield session
            driver.rollback()
        except BaseException:
            session.close()
            raise
        self._of_thread.session = session

    def _end(self) -> None:
        """Let go of every thread's connection, which the pool that was disposed of never closes."""
        for session in list(self._opened):
            session.invalidate()
