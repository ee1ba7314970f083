"""GeoParquet 1.1: columns as they are, lists as lists, the place as WKB."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, BinaryIO

import orjson
import pyproj
import shapely

from geo.errors import BadFile, UnwritableFile
from geo.formats import gdal
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import ID, Batch, about, batches

PLACE = "geometry"
_ROWS_AT_ONCE = 5_000
# Collections in one geometry that are read: GEOS descends into them by recursion.
_MOST_COLLECTIONS = 1_000
_COLLECTION_MARKS = (b"\x07\x00\x00\x00", b"\x00\x00\x00\x07", b"\x07\x00\x00\x20")


def missing() -> str:
    """Return what must be installed before Parquet can be used here."""
    if find_spec("pyarrow"):
        return ""
    return "Parquet needs the package pyarrow; install Qadam with its extra “parquet”."


def write(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    """Return the bytes of a GeoParquet file; raises UnwritableFile where pyarrow is missing."""
    if sentence := missing():
        raise UnwritableFile(sentence)
    return _written(texts, head, columns)


def _written(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    import pyarrow.parquet as pq  # noqa: PLC0415  # an extra, and slow to import

    schema = _schema(columns, head)
    with gdal.folder() as folder:
        path = folder / "features.parquet"
        with pq.ParquetWriter(path, schema, compression="zstd") as file:
            for batch in batches(texts, columns, joined=False):
                file.write_table(_table(batch, schema))
        yield from gdal.chunks(path)


def _schema(columns: Sequence[Column], head: Mapping[str, Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # an extra, and slow to import

    types = {
        "text": pa.string(),
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "list": pa.list_(pa.string()),
    }
    fields = [pa.field(ID, pa.string())]
    fields += [pa.field(column.name, types[column.kind]) for column in columns]
    geo = {
        "version": "1.1.0",
        "primary_column": PLACE,
        "columns": {PLACE: {"encoding": "WKB", "geometry_types": []}},
    }
    said = {"geo": orjson.dumps(geo), "about": orjson.dumps(dict(about(head)))}
    return pa.schema([*fields, pa.field(PLACE, pa.binary())], metadata=said)


def _table(batch: Batch, schema: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # an extra, and slow to import

    values = [
        [
            None if value is None else [None if item is None else str(item) for item in value]
            for value in said
        ]
        if pa.types.is_list(field.type)
        else said
        for field, said in zip(list(schema)[1:-1], batch.values, strict=True)
    ]
    places = shapely.to_wkb(batch.geometries, flavor="iso").tolist()
    arrays = [
        pa.array(said, type=field.type)
        for field, said in zip(schema, [batch.refs, *values, places], strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the rows in longitude and latitude.

    Raises:
        BadFile: it is no Parquet file, its places are not WKB, or pyarrow is missing.
    """
    if sentence := missing():
        raise BadFile(sentence)
    import pyarrow as pa  # noqa: PLC0415  # an extra, and slow to import
    import pyarrow.parquet as pq  # noqa: PLC0415  # an extra, and slow to import

    with gdal.folder() as folder:
        path = folder / "features.parquet"
        gdal.keep(file, path, (b"PAR1",), "a Parquet file")
        try:
            with pq.ParquetFile(path) as source:
                place, to_degrees = _place(source.schema_arrow)
                row = 0
                for batch in source.iter_batches(batch_size=_ROWS_AT_ONCE):
                    yield from _rows(batch, place, to_degrees, row)
                    row += batch.num_rows
        except (
            *(pa.ArrowException, OSError, ValueError),
            *(TypeError, LookupError, OverflowError),  # of columns that are not what they say
        ) as error:
            raise BadFile("The Parquet file is broken or cut short; export it again.") from error


def _place(schema: Any) -> tuple[str | None, pyproj.Transformer | None]:
    """Return which column is the place, and what turns it to longitude and latitude."""
    said = (schema.metadata or {}).get(b"geo")
    if said is None:
        return None, None
    try:
        geo = orjson.loads(said)
        name = geo["primary_column"]
        column = geo["columns"][name]
        encoding = column.get("encoding")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise BadFile("The file's GeoParquet metadata is broken; export it again.") from None
    if encoding != "WKB" or name not in schema.names:
        raise BadFile("The places of the file are not WKB; export it as GeoParquet with WKB.")
    # Left out, the system is longitude and latitude (GeoParquet 1.1, crs); null is not known.
    crs = column.get("crs", "OGC:CRS84")
    text = crs if isinstance(crs, str) else orjson.dumps(crs).decode()
    return name, gdal.reprojection(None if crs is None else text)


def _rows(
    batch: Any, place: str | None, to_degrees: pyproj.Transformer | None, before: int
) -> Iterator[RawFeature]:
    said = {name: batch.column(name).to_pylist() for name in batch.schema.names}
    places = said.pop(place) if place else [None] * batch.num_rows
    readable = [None if _is_too_deep(each) else each for each in places]
    geometries, faults = gdal.decoded(readable)
    geometries = gdal.in_degrees(geometries, to_degrees)
    for at in range(batch.num_rows):
        row = {name: values[at] for name, values in said.items()}
        deep = _is_too_deep(places[at])
        fault = "Collections are nested too deep; flatten them." if deep else faults[at]
        yield gdal.as_row(before + at + 1, geometries[at], _plain(row), fault)


def _is_too_deep(place: bytes | None) -> bool:
    return place is not None and sum(map(place.count, _COLLECTION_MARKS)) > _MOST_COLLECTIONS


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
    }


FORMAT = Format(
    "parquet",
    "GeoParquet",
    "application/vnd.apache.parquet",
    "parquet",
    write,
    read,
    missing=missing,
)
