"""GeoPackage 1.3, one layer; what the file holds is said in its metadata."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from geo.formats import gdal
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import about

DRIVER = "GPKG"
# Version 1.4 makes GDAL before 3.8 warn.
OPTIONS = {"dataset_options": {"VERSION": "1.3"}, "layer_options": {"FID": "fid"}}


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
        yield from gdal.read(path, DRIVER, "a GeoPackage")


FORMAT = Format("gpkg", "GeoPackage (QGIS)", "application/geopackage+sqlite3", "gpkg", write, read)
