"""Triggers that make the history append-only, whoever writes to the database."""

from sqlalchemy import Connection

_TABLE = "revision"
_SENTENCE = "the history of Qadam is append-only"
_SQLITE = (
    "CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
)
_POSTGRES_FUNCTION = (
    "CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{sentence}'; END $$"
)
_POSTGRES_TRIGGER = (
    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
)


def guard_revisions(connection: Connection) -> None:
    """Refuse every change and deletion of a revision from now on."""
    words = {"table": _TABLE, "sentence": _SENTENCE}
    if connection.dialect.name == "sqlite":
        for event in ("update", "delete"):
            connection.exec_driver_sql(_SQLITE.format(event=event, **words))
    else:
        for statement in (_POSTGRES_FUNCTION, _POSTGRES_TRIGGER):
            connection.exec_driver_sql(statement.format(**words))


def release_revisions(connection: Connection) -> None:
    """Take the guard away, to drop the table."""
    if connection.dialect.name == "sqlite":
        for event in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {_TABLE}_no_{event}")
    else:
        connection.exec_driver_sql(f"DROP FUNCTION {_TABLE}_is_append_only() CASCADE")
