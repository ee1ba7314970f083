"""Opening the two databases of a registry: made where missing, migrated where old, refused where
newer.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry.database.engine import (
    BUSY_TIMEOUT_MS,
    explain,
    geopackage_url,
    make_engine,
    reading,
    writing,
)
from registry.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"
REGISTRY_FILE = "registry.gpkg"
ACCOUNTS_FILE = "accounts.db"


@dataclass(frozen=True, slots=True)
class Store:
    """Where records and accounts are kept; on PostgreSQL both are one database."""

    records: Engine
    accounts: Engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on the records that only reads."""
        with reading(self.records) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session on the records: all of the block is stored, or nothing of it."""
        with writing(self.records) as session, session.begin():
            yield session

    def settle(self) -> None:
        """Bring the journal into the file itself, so that a copy of the file alone is whole.

        What a reader still holds waits for the next time. PostgreSQL needs none of this.
        """
        for engine in (self.records, self.accounts):
            if engine.dialect.name == "sqlite":
                connection = engine.raw_connection()
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
                connection.close()

    def close(self) -> None:
        """Let go of the files; the last one to do so empties the journal."""
        self.records.dispose()
        self.accounts.dispose()


def open_store(folder: Path | None, url: str | None, busy_ms: int = BUSY_TIMEOUT_MS) -> Store:
    """The store of a data folder, or of a database address; makes and migrates what is missing.

    A writer waits `busy_ms` for another one.

    Raises StoreError for a folder that cannot be written, a file that is no registry, or a
    database from a newer version.
    """
    if url:
        # Signing in never waits for an import.
        store = Store(make_engine(url, busy_ms, turn=1), make_engine(url, busy_ms, turn=2))
    elif folder is None:
        raise StoreError("There is neither a data folder nor a database address; give --data DIR.")
    else:
        _check_folder(folder)
        _check_file(folder / REGISTRY_FILE)
        store = Store(
            make_engine(geopackage_url(folder / REGISTRY_FILE), busy_ms),
            make_engine(geopackage_url(folder / ACCOUNTS_FILE), busy_ms),
        )
    try:
        _migrate(store.records, "records")
        _migrate(store.accounts, "accounts")
        store.settle()
    except DBAPIError as error:
        store.close()
        raise explain(error) from error
    except StoreError:
        store.close()
        raise
    return store


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # drafts and accounts lie in it
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise StoreError(
            f"The data folder {folder} cannot be written ({why}); choose another with --data DIR."
        ) from error


def _check_file(path: Path) -> None:
    """Refuse a file of that name that is no GeoPackage, before anything is written to it."""
    if not path.exists() or path.stat().st_size == 0:
        return
    if not os.access(path, os.W_OK):
        raise StoreError(
            f"{path} cannot be written; change its rights, or choose another folder with "
            "--data DIR."
        )
    with path.open("rb") as file:
        if not file.read(16).startswith(b"SQLite format 3"):
            raise StoreError(
                f"{path} is no GeoPackage; move it away or choose another folder with --data DIR."
            )


def _migrate(engine: Engine, branch: str) -> None:
    known = [path.name[:4] for path in sorted((MIGRATIONS / branch / "versions").glob("[0-9]*.py"))]
    with engine.connect() as connection:
        stored = _stored_version(connection, branch)
    if stored == known[-1]:
        return
    if stored is not None and stored not in known:
        raise StoreError(
            "This registry was made by a newer version of Qadam; update Qadam, or open "
            "another data folder. "
            "Nothing was changed."
        )
    from alembic import command  # noqa: PLC0415  # slow to import, and few starts migrate

    config = _config(branch)
    with engine.execution_options(qadam_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _stored_version(connection: Connection, branch: str) -> str | None:
    """The number of the last migration that was applied; each file's name begins with its own."""
    table = version_table(branch)
    if not inspect(connection).has_table(table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {table}")).scalar()


def version_table(branch: str) -> str:
    """Where Alembic keeps the version; records and accounts may share one PostgreSQL database."""
    return f"alembic_version_{branch}"


def _config(branch: str) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / branch))
    config.attributes["branch"] = branch
    return config
