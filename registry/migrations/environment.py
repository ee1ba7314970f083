"""What both migration branches share: the connection is handed in, one transaction for all steps."""

from typing import Any

from alembic import context
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql.base import ischema_names as postgres_names
from sqlalchemy.dialects.sqlite.base import ischema_names as sqlite_names

from registry.database.store import version_table
from registry.database.types import _GeopackageGeometry, _GpkgDateTime, _PostgisGeometry

# Reflection must know a geometry column; otherwise SQLite's reads as NUMERIC and a copy of the
# table would rewrite it so.
sqlite_names["GEOMETRY"] = _GeopackageGeometry
sqlite_names["DATETIME"] = _GpkgDateTime
postgres_names["geometry"] = _PostgisGeometry
_FOREIGN_TABLES = ("gpkg_", "rtree_", "sqlite_", "spatial_ref_sys", "alembic_version")


def run(metadata: MetaData) -> None:
    """Run the migrations of one branch on the connection that the store handed over."""
    branch: str = context.config.attributes["branch"]
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=version_table(branch),
        include_name=lambda name, kind, _parents: (
            not (kind == "table" and (name or "").startswith(_FOREIGN_TABLES))
        ),
        include_object=_ours(metadata),
        compare_type=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _ours(metadata: MetaData) -> Any:
    """Tables of the other branch, which may share the database, are not ours to compare."""

    def ours(_object: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
        return not (kind == "table" and reflected and name not in metadata.tables)

    return ours
