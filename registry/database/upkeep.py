"""What triggers keep in step with the records, whoever writes them: how many projects there are of
each kind, and a stamp that changes with every change.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, UniqueConstraint
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.geopackage import fill_rtree

KINDS = ("publication", "country_set", "sector", "status", "location_precision")
STAMPED = ("project", "deposit", "corridor", "agreement", "cross_reference")
STAMP = "stamp"
MANY = 1_000
"""From so many new rows on it may pay to build indexes anew."""


# Random, not counted: no stamp comes twice, though a change is undone or a backup restored.
_TOKENS = {"sqlite": "hex(randomblob(8))", "postgresql": "gen_random_uuid()::text"}

_COLUMNS = ", ".join(KINDS)
_COUNT = f"INSERT INTO project_tally ({_COLUMNS}, n) "
_ADD = f"ON CONFLICT ({_COLUMNS}) DO UPDATE SET n = project_tally.n + excluded.n"

_SQLITE_ONE = "{count}VALUES ({values}, {sign}1) {add};"
_SQLITE_EVENTS = {
    "insert": ("AFTER INSERT ON project", "", ("NEW",)),
    "delete": ("AFTER DELETE ON project", "", ("OLD",)),
    "update": (
        f"AFTER UPDATE OF {_COLUMNS} ON project",
        "WHEN " + " OR ".join(f"NEW.{name} != OLD.{name}" for name in KINDS),
        ("OLD", "NEW"),
    ),
}
# A statement's rows are counted together: what it takes away and what it brings.
_POSTGRES_PARTS = {
    "insert": ("REFERENCING NEW TABLE AS brought", "SELECT 1 AS d, b.* FROM brought b"),
    "delete": ("REFERENCING OLD TABLE AS taken", "SELECT -1 AS d, t.* FROM taken t"),
    "update": (
        "REFERENCING OLD TABLE AS taken NEW TABLE AS brought",
        "SELECT 1 AS d, b.* FROM brought b UNION ALL SELECT -1, t.* FROM taken t",
    ),
}


class ProjectTally(Base):
    """How many projects there are of one kind, kept by triggers."""

    __tablename__ = "project_tally"
    __table_args__ = (
        UniqueConstraint(*KINDS, name="uq_project_tally_kinds"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str]
    country_set: Mapped[str]
    sector: Mapped[str]
    status: Mapped[str]
    location_precision: Mapped[str]
    n: Mapped[int]


def install_upkeep(connection: Connection) -> None:
    """Count the projects there are, set the stamp, and keep both in step from now on."""
    connection.exec_driver_sql(
        f"{_COUNT}SELECT {_COLUMNS}, count(*) FROM project GROUP BY {_COLUMNS}"
    )
    sqlite = connection.dialect.name == "sqlite"
    (_tally_sqlite if sqlite else _tally_postgres)(connection)
    token = _TOKENS[connection.dialect.name]
    connection.exec_driver_sql(
        f"INSERT INTO registry_fact (key, value) VALUES ('{STAMP}', {token})"
    )
    change = _change(connection)
    for table in STAMPED:
        (_stamp_sqlite if sqlite else _stamp_postgres)(connection, table, change)


@contextmanager
def at_once(connection: Connection, table: str) -> Iterator[None]:
    """Keep counts, stamp and R-tree for all rows that the block adds to a table and its pairs, not
    row by row.

    In a GeoPackage the triggers stand aside meanwhile, within the transaction: nobody else writes
    until it ends. PostgreSQL's triggers work so anyway.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    rtree = f"rtree_{table}_geometry"
    names = [f"{table}_stamp_insert", "cross_reference_stamp_insert", f"{rtree}_insert"]
    names += ["project_tally_insert"] if table == "project" else []
    triggers = _made(connection, "trigger", f"name IN ({', '.join(map(repr, names))})")
    last = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").scalar_one()
    with _aside(connection, "TRIGGER", triggers):
        yield
    connection.exec_driver_sql(_change(connection))
    if f"{rtree}_insert" in triggers:
        fill_rtree(connection, table, after=last)
    if table == "project":
        connection.exec_driver_sql(
            f"{_COUNT}SELECT {_COLUMNS}, count(*) FROM project WHERE id > {last} "
            f"GROUP BY {_COLUMNS} {_ADD}"
        )


@contextmanager
def indexed_at_end(connection: Connection, tables: Iterable[str], coming: int) -> Iterator[None]:
    """Build the indexes of a GeoPackage's tables when the block has added its rows, where more rows
    come than are there: sorting all keys at once is several times as fast.
    """
    indexes: dict[str, str] = {}
    if connection.dialect.name == "sqlite" and coming >= MANY:
        for table in tables:
            there = connection.exec_driver_sql(f"SELECT max(id) FROM {table}").scalar() or 0
            if there <= coming:
                indexes |= _made(connection, "index", f"tbl_name = '{table}' AND sql NOT NULL")
    with _aside(connection, "INDEX", indexes):
        yield


def _made(connection: Connection, kind: str, condition: str) -> dict[str, str]:
    asked = f"SELECT name, sql FROM sqlite_master WHERE type = '{kind}' AND {condition}"
    return {row.name: row.sql for row in connection.exec_driver_sql(asked)}


@contextmanager
def _aside(connection: Connection, kind: str, made: Mapping[str, str]) -> Iterator[None]:
    """Take them away, and put them back; after a failed statement the rollback does that."""
    for name in made:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    try:
        yield
    except DBAPIError:
        raise
    except Exception:
        _remake(connection, made)
        raise
    _remake(connection, made)


def _remake(connection: Connection, made: Mapping[str, str]) -> None:
    for sql in made.values():
        connection.exec_driver_sql(sql)


def remove_upkeep(connection: Connection) -> None:
    """Take all of it away again."""
    sqlite = connection.dialect.name == "sqlite"
    for table in STAMPED:
        names = [f"{table}_stamp_{event}" for event in _SQLITE_EVENTS]
        for name in names if sqlite else [f"{table}_stamp"]:
            _drop(connection, name, table)
    for event in _SQLITE_EVENTS:
        _drop(connection, f"project_tally_{event}", "project")
    connection.exec_driver_sql(f"DELETE FROM registry_fact WHERE key = '{STAMP}'")


def _change(connection: Connection) -> str:
    token = _TOKENS[connection.dialect.name]
    return f"UPDATE registry_fact SET value = {token} WHERE key = '{STAMP}';"


def _tally_sqlite(connection: Connection) -> None:
    for event, (when, condition, sides) in _SQLITE_EVENTS.items():
        steps = " ".join(
            _SQLITE_ONE.format(
                count=_COUNT,
                values=", ".join(f"{side}.{name}" for name in KINDS),
                sign="-" if side == "OLD" else "",
                add=_ADD,
            )
            for side in sides
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER project_tally_{event} {when} {condition} BEGIN {steps} END"
        )


def _tally_postgres(connection: Connection) -> None:
    for event, (tables, rows) in _POSTGRES_PARTS.items():
        counted = (
            f"{_COUNT}SELECT {_COLUMNS}, sum(d) FROM ({rows}) AS changed "
            f"GROUP BY {_COLUMNS} HAVING sum(d) != 0 {_ADD};"
        )
        _trigger_postgres(connection, f"project_tally_{event}", event, "project", tables, counted)


def _stamp_sqlite(connection: Connection, table: str, change: str) -> None:
    for event in _SQLITE_EVENTS:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_stamp_{event} AFTER {event} ON {table} BEGIN {change} END"
        )


def _stamp_postgres(connection: Connection, table: str, change: str) -> None:
    events = " OR ".join(_SQLITE_EVENTS)
    _trigger_postgres(connection, f"{table}_stamp", events, table, "", change)


def _trigger_postgres(
    connection: Connection, name: str, event: str, table: str, referencing: str, change: str
) -> None:
    connection.exec_driver_sql(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {change} RETURN NULL; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} AFTER {event} ON {table} {referencing} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def _drop(connection: Connection, name: str, table: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
        connection.exec_driver_sql(f"DROP FUNCTION {name}()")
