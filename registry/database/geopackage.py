"""The GeoPackage's own tables, R-trees and triggers, made with plain SQLite (GeoPackage 1.3 and
its 1.4 triggers).
"""

import math
from typing import Any

from sqlalchemy import Connection, text

from registry.database.types import box_of

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10300  # 1.3: GDAL before 3.8 warns of 1.4

_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AXIS["Latitude",NORTH],'
    'AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)

_CORE = (
    """CREATE TABLE gpkg_spatial_ref_sys (
    srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
    description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
    identifier TEXT UNIQUE, description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
    table_name TEXT NOT NULL UNIQUE, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT
    NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
)

_SYSTEMS = (
    ("WGS 84", 4326, "EPSG", 4326, _WGS84_WKT, "longitude/latitude on the WGS 84 ellipsoid"),
    ("Undefined cartesian", -1, "NONE", -1, "undefined", "undefined cartesian reference system"),
    ("Undefined geographic", 0, "NONE", 0, "undefined", "undefined geographic reference system"),
)

# The seven triggers of the R-tree extension as of GeoPackage 1.4, annex F.3.
_HAS_BOX = "(NEW.{c} NOT NULL AND NOT ST_IsEmpty(NEW.{c}))"
_HAS_NO_BOX = "(NEW.{c} IS NULL OR ST_IsEmpty(NEW.{c}))"
_HAD_BOX = "(OLD.{c} NOT NULL AND NOT ST_IsEmpty(OLD.{c}))"
_HAD_NO_BOX = "(OLD.{c} IS NULL OR ST_IsEmpty(OLD.{c}))"
_BOX = "ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), ST_MaxY(NEW.{c})"
_INSERT = 'INSERT OR REPLACE INTO "{r}" VALUES (NEW.id, ' + _BOX + ");"
_UPDATE = (
    'UPDATE "{r}" SET minx = ST_MinX(NEW.{c}), maxx = ST_MaxX(NEW.{c}), '
    "miny = ST_MinY(NEW.{c}), maxy = ST_MaxY(NEW.{c}) WHERE id = NEW.id;"
)
_TRIGGERS = (
    ("insert", "AFTER INSERT ON {t}", f"{_HAS_BOX}", _INSERT),
    (
        "update2",
        "AFTER UPDATE OF {c} ON {t}",
        f"OLD.id = NEW.id AND {_HAS_NO_BOX}",
        'DELETE FROM "{r}" WHERE id = OLD.id;',
    ),
    (
        "update4",
        "AFTER UPDATE ON {t}",
        f"OLD.id != NEW.id AND {_HAS_NO_BOX}",
        'DELETE FROM "{r}" WHERE id IN (OLD.id, NEW.id);',
    ),
    (
        "update5",
        "AFTER UPDATE ON {t}",
        f"OLD.id != NEW.id AND {_HAS_BOX}",
        'DELETE FROM "{r}" WHERE id = OLD.id; ' + _INSERT,
    ),
    (
        "update6",
        "AFTER UPDATE OF {c} ON {t}",
        f"OLD.id = NEW.id AND {_HAS_BOX} AND {_HAD_BOX}",
        _UPDATE,
    ),
    (
        "update7",
        "AFTER UPDATE OF {c} ON {t}",
        f"OLD.id = NEW.id AND {_HAS_BOX} AND {_HAD_NO_BOX}",
        _INSERT,
    ),
    ("delete", "AFTER DELETE ON {t}", "OLD.{c} NOT NULL", 'DELETE FROM "{r}" WHERE id = OLD.id;'),
)


def install_core(connection: Connection) -> None:
    """Make an empty SQLite file a GeoPackage; nothing on other databases."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")
    for statement in _CORE:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", list(_SYSTEMS)
    )


def register_features(
    connection: Connection, table: str, title: str, column: str = "geometry"
) -> None:
    """Tell GIS tools of a table with geometry, and give it its R-tree."""
    if connection.dialect.name != "sqlite":
        return
    _register(connection, table, "features", title, 4326)
    connection.execute(
        text("INSERT INTO gpkg_geometry_columns VALUES (:t, :c, 'GEOMETRY', 4326, 0, 0)"),
        {"t": table, "c": column},
    )
    connection.execute(
        text(
            "INSERT INTO gpkg_extensions VALUES (:t, :c, 'gpkg_rtree_index', "
            "'http://www.geopackage.org/spec130/#extension_rtree', 'write-only')"
        ),
        {"t": table, "c": column},
    )
    install_rtree(connection, table, column)


def register_attributes(connection: Connection, table: str, title: str) -> None:
    """Tell GIS tools of a table without geometry (it needs an integer key of its own)."""
    if connection.dialect.name == "sqlite":
        _register(connection, table, "attributes", title, None)


def unregister(connection: Connection, table: str) -> None:
    """Take a table without geometry off the list again."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM gpkg_contents WHERE table_name = :t"), {"t": table})


def unregister_features(connection: Connection, table: str, column: str = "geometry") -> None:
    """Take a table with geometry and its R-tree off the list again."""
    if connection.dialect.name != "sqlite":
        return
    for name in ("gpkg_extensions", "gpkg_geometry_columns"):
        connection.execute(text(f"DELETE FROM {name} WHERE table_name = :t"), {"t": table})
    unregister(connection, table)
    connection.exec_driver_sql(f'DROP TABLE "rtree_{table}_{column}"')


def install_rtree(connection: Connection, table: str, column: str = "geometry") -> None:
    """(Re)make the R-tree of a table and its triggers, and fill it from the rows that are there."""
    if connection.dialect.name != "sqlite":
        return
    rtree = f"rtree_{table}_{column}"
    names = {"t": f'"{table}"', "c": f'"{column}"', "r": rtree}
    connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{rtree}"')
    connection.exec_driver_sql(
        f'CREATE VIRTUAL TABLE "{rtree}" USING rtree(id, minx, maxx, miny, maxy)'
    )
    fill_rtree(connection, table, column)
    for name, event, condition, action in _TRIGGERS:
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{rtree}_{name}"')
        connection.exec_driver_sql(
            f'CREATE TRIGGER "{rtree}_{name}" {event} WHEN {condition} BEGIN {action} END'.format(
                **names
            )
        )


def fill_rtree(
    connection: Connection, table: str, column: str = "geometry", *, after: int = 0
) -> None:
    """Put the boxes of rows into the R-tree: of all, or of those after a key."""
    driver: Any = connection.connection.driver_connection
    rows = driver.execute(
        f'SELECT id, "{column}" FROM "{table}" WHERE id > {after:d} AND "{column}" NOT NULL'
    )
    boxes = ((key, *box_of(blob)) for key, blob in rows)
    driver.executemany(
        f'INSERT INTO "rtree_{table}_{column}" VALUES (?, ?, ?, ?, ?)',
        (box for box in boxes if not math.isnan(box[1])),
    )


def _register(connection: Connection, table: str, kind: str, title: str, srs: int | None) -> None:
    connection.execute(
        text(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES (:table, :kind, :title, :srs)"
        ),
        {"table": table, "kind": kind, "title": title, "srs": srs},
    )
