"""What both migration branches share: a connection handed in, one transaction."""

from alembic import context
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql.base import ischema_names as postgres_names
from sqlalchemy.dialects.sqlite.base import ischema_names as sqlite_names

from registry.database.store import version_table
from registry.database.types import GeopackageDateTime, GeopackageGeometry, PostgisGeometry

# Reflection must know a geometry column; otherwise SQLite's reads as NUMERIC and a copy of the
# table would rewrite it so.
sqlite_names["GEOMETRY"] = GeopackageGeometry
sqlite_names["DATETIME"] = GeopackageDateTime
postgres_names["geometry"] = PostgisGeometry


def run(metadata: MetaData) -> None:
    """Run the migrations of one branch on the connection that the store handed over."""
    branch: str = context.config.attributes["branch"]
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=version_table(branch),
        include_name=lambda name, kind, _parents: is_ours(name, kind, metadata),
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def is_ours(name: str | None, kind: str, metadata: MetaData) -> bool:
    """Whether a reflected thing is to be compared: GeoPackage's tables and another branch's are
    not.
    """
    return kind != "table" or name in metadata.tables
