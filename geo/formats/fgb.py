"""FlatGeobuf: one layer, fast to read in parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from geo.formats import gdal, gpkg
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import about_text

DRIVER = "FlatGeobuf"
# The signature; the fourth byte is the version, the eighth the patch level.
_MAGIC = b"fgb\x03fgb"


def write(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a FlatGeobuf; GDAL cannot append to one, so a GeoPackage is streamed into it."""
    import pyogrio  # noqa: PLC0415  # slow to import

    layer = str(head.get("name") or "features")
    with gdal.folder() as folder:
        between, path = folder / "features.gpkg", folder / "features.fgb"
        gdal.write(between, gpkg.DRIVER, layer, texts, columns, **gpkg.OPTIONS)
        with pyogrio.open_arrow(between, use_pyarrow=False) as (meta, stream):
            pyogrio.write_arrow(
                stream,
                path,
                layer=layer,
                driver=DRIVER,
                geometry_name=meta["geometry_name"],
                geometry_type="Unknown",
                crs=meta["crs"],
                # An index holds no record without a place, and would put the others out of order.
                layer_options={
                    "SPATIAL_INDEX": "NO",
                    "TITLE": str(head.get("title") or layer),
                    "DESCRIPTION": about_text(head),
                },
            )
        between.unlink()
        yield from gdal.chunks(path)


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the rows; raises BadFile."""
    with gdal.folder() as folder:
        path = folder / "features.fgb"
        gdal.keep(file, path, (_MAGIC,), "FlatGeobuf")
        yield from gdal.read(path, DRIVER, "a FlatGeobuf")


FORMAT = Format("fgb", "FlatGeobuf", "application/octet-stream", "fgb", write, read)
