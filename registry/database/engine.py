"""Engines: what each database needs on connect, and how a transaction begins."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from registry.database.functions import AGGREGATES, SQL_FUNCTIONS
from registry.errors import Busy, StoreError

# How long a command waits for another writer. A server waits less: see Settings.
BUSY_TIMEOUT_MS = 15_000
# synchronous=FULL: a change that was answered with success survives a power cut.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA case_sensitive_like = ON",
)
# What databases say, and what to do about it.
_LOCKED = ("database is locked", "lock timeout")
_ADVICE = (
    ("disk is full", "The disk is full; make room and try again."),
    ("No space left", "The disk of the database is full; make room and try again."),
)


def make_engine(url: str | URL, busy_ms: int = BUSY_TIMEOUT_MS, turn: int = 0) -> Engine:
    """Engine of `sqlite:///file` or `postgresql+psycopg://…`; raises StoreError for any other.

    A writer waits `busy_ms` for another one, then fails; on PostgreSQL for one of the same `turn`.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "QADAM_DATABASE_URL is no database address; use postgresql+psycopg://…"
        ) from error
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise StoreError(f"Qadam stores in a GeoPackage or in PostgreSQL, not in {kind}.")
    # The threads of the server bound the connections; waiting for one would only hold a reader up.
    engine = create_engine(parsed, pool_pre_ping=kind == "postgresql", max_overflow=-1)
    if kind == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, busy_ms))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", partial(_prepare_postgres, busy_ms))
        event.listen(engine, "begin", partial(_begin_postgres, turn))
    return engine


def geopackage_url(path: Path) -> URL:
    """The address of an embedded database file, whatever signs its name has."""
    return URL.create("sqlite", database=str(path))


def reading(engine: Engine) -> Session:
    """A session that sees one consistent state and holds up nobody.

    PostgreSQL would show each statement what was stored meanwhile; a GeoPackage does not.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    return Session(engine, autoflush=False)


def writing(engine: Engine) -> Session:
    """A session that takes the write lock at its first statement.

    In a GeoPackage a reader that starts to write may find its snapshot stale and fail at once;
    beginning as a writer waits its turn instead.
    """
    return Session(engine.execution_options(qadam_writes=True))


def explain(error: DBAPIError) -> StoreError:
    """A sentence for a database that cannot be opened or written."""
    reason = (str(error.orig).splitlines() or ["unknown reason"])[0]
    if any(said in reason for said in _LOCKED):
        return Busy("Others are writing to the registry; nothing was stored, try again soon.")
    for said, advice in _ADVICE:
        if said in reason:
            return StoreError(f"{advice} Nothing was stored.")
    return StoreError(
        f"The database cannot be used ({reason}); check the data folder and its rights."
    )


def _begin_sqlite(connection: Connection) -> None:
    if _writes(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # never waits; past SQLAlchemy, which takes longer over it than SQLite does
        connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]


def _begin_postgres(turn: int, connection: Connection) -> None:
    """Writers wait their turn here too: two changes touch the same counts, in any order."""
    if _writes(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({turn})")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("qadam_writes", False))


def _prepare_postgres(busy_ms: int, connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = {busy_ms}")
    connection.commit()


def _prepare_sqlite(busy_ms: int, connection: sqlite3.Connection, _record: object) -> None:
    # The module's own BEGIN comes late and is never IMMEDIATE: switch it off, _begin_sqlite says
    # it.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {busy_ms}")
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    for name, argument_count, function in SQL_FUNCTIONS:
        connection.create_function(name, argument_count, function, deterministic=True)
    for name, argument_count, aggregate in AGGREGATES:
        connection.create_aggregate(name, argument_count, aggregate)
