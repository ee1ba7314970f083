"""Statements that are compiled once for each question and run past SQLAlchemy, which takes longer
over a short answer than the database.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


class _Hinted(SQLiteCompiler):
    """Lets `with_hint` name an index; SQLAlchemy writes hints for other databases only."""

    def get_from_hint_text(self, _table: Any, text: str | None) -> str | None:
        """Return the hint as it is."""
        return text


def _sqlite() -> Dialect:
    dialect = sqlite.dialect(paramstyle="named")
    dialect.statement_compiler = _Hinted
    return dialect


def _postgres() -> Dialect:
    from sqlalchemy.dialects.postgresql import psycopg  # noqa: PLC0415  # slow to load

    made: Dialect = psycopg.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
    return made


@cache
def _dialect(name: str) -> Dialect:
    return {"sqlite": _sqlite, "postgresql": _postgres}[name]()


# Where a session keeps the driver's connection, and in which transaction that was.
_DRIVER = "qadam.driver"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with the parameters that belong to it; others are told when it runs."""

    sql: str
    parameters: Mapping[str, Any]

    def run(self, session: Session, **told: Any) -> list[Any]:
        """The rows, in the transaction of the session; raises what the session would."""
        driver = driver_of(session)
        try:
            rows: list[Any] = driver.execute(self.sql, {**self.parameters, **told}).fetchall()
        except session.get_bind().dialect.loaded_dbapi.Error as error:
            raise DBAPIError(self.sql, self.parameters, error) from error
        return rows


def driver_of(session: Session) -> Any:
    """The driver's own connection in the transaction of a session, which it may begin."""
    known, driver = session.info.get(_DRIVER, (None, None))
    if known is None or known is not session.get_transaction():
        driver = session.connection().connection.driver_connection
        session.info[_DRIVER] = session.get_transaction(), driver
    return driver


def dialect_of(session: Session) -> str:
    """The database that a statement is compiled for."""
    return session.get_bind().dialect.name


def compiled(dialect: str, chosen: Select[Any]) -> Statement:
    """A statement for a database; bound values must be texts and numbers."""
    done = chosen.compile(dialect=_dialect(dialect), compile_kwargs={"render_postcompile": True})
    return Statement(str(done), dict(done.params))


_MOST_KEPT = 4_096
_kept: dict[tuple[str, Hashable], Statement] = {}


def kept(session: Session, shape: Hashable, choose: Callable[[str], Select[Any]]) -> Statement:
    """The statement of a shape on a session's database; `choose` hears which, and is asked once."""
    key = dialect_of(session), shape
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        found = _kept[key] = compiled(key[0], choose(key[0]))
    return found


def forget() -> None:
    """Forget the statements that were kept."""
    _kept.clear()
