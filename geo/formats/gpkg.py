"""GeoPackage 1.3, one layer; what the file holds is said in its metadata."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from geo.errors import BadFile
from geo.formats import gdal
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import about

DRIVER = "GPKG"
# Version 1.4 makes GDAL before 3.8 warn.
OPTIONS = {"dataset_options": {"VERSION": "1.3"}, "layer_options": {"FID": "fid"}}


_VIEWS = "SELECT name FROM sqlite_schema WHERE type = 'view'"
# Of virtual tables SQLite knows the columns by running their modules.
_COMPUTED = (
    "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c "
    "WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND c.hidden IN (2, 3)"
)


def write(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a GeoPackage, made as a file of its own first."""
    with gdal.folder() as folder:
        path, said = folder / "features.gpkg", dict(about(head))
        layer = str(head.get("name") or "features")
        gdal.write(path, DRIVER, layer, texts, columns, dataset_metadata=said, **OPTIONS)
        yield from gdal.chunks(path)


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the rows of the one layer; raises BadFile."""
    with gdal.folder() as folder:
        path = folder / "features.gpkg"
        gdal.keep(file, path, (b"SQLite format 3\0",), "GeoPackage")
        _check(path)
        yield from gdal.read(path, DRIVER, "a GeoPackage")


def _check(path: Path) -> None:
    """Refuse what reading would run: it may never end, or give cells as large as the memory."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as opened:
            opened.execute("PRAGMA trusted_schema = OFF")
            view = opened.execute(_VIEWS).fetchone()
            computed = opened.execute(_COMPUTED).fetchone()
            # A page that several rows claim makes of a small file a large one.
            opened.execute("PRAGMA ignore_check_constraints = ON")
            sound = (view or computed) or opened.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise BadFile(gdal.BROKEN.format("a GeoPackage")) from error
    if not view and not computed and sound != ("ok",):
        raise BadFile(gdal.BROKEN.format("a GeoPackage"))
    if view:
        raise BadFile(
            f"{view[0][:60]} is a query, which is not run; save the layer as a GeoPackage of its "
            "own."
        )
    if computed:
        raise BadFile(
            f"{computed[0][:60]} computes its column {computed[1][:60]}, which is not done here; "
            "save the layer as a GeoPackage of its own."
        )


FORMAT = Format("gpkg", "GeoPackage (QGIS)", "application/geopackage+sqlite3", "gpkg", write, read)
