"""Rows of a table in bulk: column by column to what the driver takes, not a statement a row."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

import orjson
from sqlalchemy import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from registry.database.types import Geometry, to_geopackages

Columns = Mapping[str, Sequence[Any]]


def add_rows(session: Session, model: Any, columns: Columns, **same: Any) -> None:
    """Insert rows given as columns of one length, and `same` values that all rows have."""
    count = len(next(iter(columns.values())))
    if not count:
        return
    session.flush()
    connection, table = session.connection(), model.__table__
    dialect, types = connection.dialect, table.columns
    bound = [_bound(types[name].type, values, dialect) for name, values in columns.items()]
    for name, value in same.items():
        bound.append(repeat(next(iter(_bound(types[name].type, [value], dialect))), count))
    names = ", ".join(map(dialect.identifier_preparer.quote, (*columns, *same)))
    into = f"INSERT INTO {table.name} ({names})"
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(bound))
        connection.exec_driver_sql(f"{into} VALUES ({marks})", list(zip(*bound, strict=True)))
        return
    # Columns as arrays are one statement, for which PostgreSQL's triggers run once.
    kinds = [types[name].type.compile(dialect) for name in (*columns, *same)]
    # An array of geometries is written unlike any other.
    arrays = ", ".join(f"%s::{'text' if 'geometry' in kind else kind}[]" for kind in kinds)
    values = ", ".join(f"value_{at}::{kind}" for at, kind in enumerate(kinds))
    called = ", ".join(f"value_{at}" for at in range(len(kinds)))
    connection.exec_driver_sql(
        f"{into} SELECT {values} FROM unnest({arrays}) AS said ({called})",
        tuple(map(list, bound)),
    )


_SET = {
    "sqlite": "UPDATE {0} SET {1} = said.value FROM json_each(?) AS said WHERE {0}.id = said.key",
    "postgresql": "UPDATE {0} SET {1} = said.value::bigint "
    "FROM json_each_text(%s::json) AS said WHERE {0}.id = said.key::bigint",
}


def set_whole_numbers(session: Session, model: Any, column: str, values: Mapping[int, int]) -> None:
    """Set a column of many rows by their keys: in one statement, for which PostgreSQL's triggers
    run once.
    """
    if values:
        session.flush()
        connection, table = session.connection(), model.__table__
        said = orjson.dumps(values, option=orjson.OPT_NON_STR_KEYS).decode()
        connection.exec_driver_sql(
            _SET[connection.dialect.name].format(table.name, table.columns[column].name), (said,)
        )


def _bound(kind: TypeEngine[Any], values: Sequence[Any], dialect: Dialect) -> Iterable[Any]:
    """Values as the driver takes them."""
    if isinstance(kind, Geometry) and dialect.name == "sqlite":
        return to_geopackages(values)
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else list(map(process, values))
