"""Sessions for short reads: each thread keeps one with its connection, since to open and to close
one takes longer than to read a record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from registry.database.engine import reading
from registry.statements import driver_of


class KeptSessions:
    """Reading sessions on a database, one a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._of_thread = engine, local()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The session of this thread, in a transaction of its own that sees one state."""
        session: Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = reading(self._engine)
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
