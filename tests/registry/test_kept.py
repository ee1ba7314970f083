"""Sessions that are kept for short reads."""

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry.database.store import Store
from registry.kept import KeptSessions
from registry.models import Project
from registry.statements import Statement, driver_of
from tests.factories import make_project


def test_threads_that_come_and_go_leave_no_connection_behind(store: Store) -> None:
    kept, seen = KeptSessions(store.records), set()

    def read() -> None:
        with kept.reading() as session:
            seen.add(id(session))

    for _ in range(40):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert len(seen) == 1
    assert store.records.pool.checkedout() == 1  # type: ignore[attr-defined]  # of a QueuePool


def test_more_readers_at_once_than_the_pool_holds_do_not_wait(store: Store) -> None:
    kept = KeptSessions(store.records)
    everybody, wrong = threading.Barrier(24, timeout=20), []

    def read() -> None:
        try:
            with kept.reading(), store.reading() as session:
                session.scalar(select(func.count()).select_from(Project))
                everybody.wait()
        except Exception as error:  # a thread's own error fails no test
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(24)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_kept_session_sees_what_was_stored_meanwhile(store: Store) -> None:
    kept = KeptSessions(store.records)
    asked = select(func.count()).select_from(Project)
    with kept.reading() as session:
        assert session.scalar(asked) == 0
    with store.writing() as session:
        make_project(session)
    with kept.reading() as session:
        assert session.scalar(asked) == 1


def test_after_a_failure_the_next_reading_succeeds(store: Store) -> None:
    kept = KeptSessions(store.records)
    for _ in range(2):
        with pytest.raises(DBAPIError), kept.reading() as session:
            Statement("SELECT nothing FROM nowhere", {}).run(session)
        with kept.reading() as session:
            assert session.scalar(select(func.count()).select_from(Project)) == 0


def test_only_kept_sessions_have_a_large_cache(embedded: Store) -> None:
    kept = KeptSessions(embedded.records)
    with kept.reading() as session:
        large = _cache(session)
    with pytest.raises(ZeroDivisionError), kept.reading():
        raise ZeroDivisionError
    with embedded.reading() as session:
        assert _cache(session) != large


def _cache(session: Session) -> int:
    found: int = driver_of(session).execute("PRAGMA cache_size").fetchone()[0]
    return found
