"""GeoParquet 1.1: columns as they are, lists as lists, the place as WKB."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import islice
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyproj
import shapely

from geo.errors import BadFile, UnwritableFile
from geo.formats import gdal, parquet_pages
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import ID, Batch, about, batches
from geo.formats.table import MOST_COLUMNS

PLACE = "geometry"
LONGEST_FOOTER = 16 << 20
_ROWS_AT_ONCE, _BYTES_AT_ONCE = 5_000, 8 << 20
_WIDEST = 64  # bytes of a value that is no text: a decimal, a UUID
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
        _check_footer(path)
        try:
            texts = _check(path, pq.read_metadata(path))
            # Values that repeat are held once: a few bytes can say a long one without end.
            with pq.ParquetFile(path, read_dictionary=texts, memory_map=True) as source:
                place, to_degrees = _place(source.schema_arrow)
                row = 0
                for batch in source.iter_batches(batch_size=_ROWS_AT_ONCE):
                    for part in _parts(batch):
                        yield from _rows(part, place, to_degrees, row)
                        row += part.num_rows
        except BadFile:
            raise
        except (
            *(pa.ArrowException, OSError, ValueError, NotImplementedError),
            *(TypeError, LookupError, OverflowError),  # of columns that are not what they say
        ) as error:
            raise BadFile("The Parquet file is broken or cut short; export it again.") from error


def _check_footer(path: Path) -> None:
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        file.seek(max(size - 8, 0))
        footer = int.from_bytes(file.read(4), "little")
    if footer > LONGEST_FOOTER:
        raise BadFile(
            f"What the Parquet file says of itself has {footer / 1e6:,.0f} MB; at most "
            f"{LONGEST_FOOTER / 1e6:,.0f} MB are read. Write it with more rows a group."
        )


def _check(path: Path, metadata: Any) -> list[str]:
    """Refuse what would take more memory than the file is worth; gives the columns of texts."""
    if metadata.num_columns > MOST_COLUMNS:
        raise BadFile(
            f"The file has {metadata.num_columns:,} columns; at most {MOST_COLUMNS} are read."
        )
    columns = [metadata.schema.column(at) for at in range(metadata.num_columns)]
    for column in columns:
        if column.physical_type == "FIXED_LEN_BYTE_ARRAY" and column.length > _WIDEST:
            raise BadFile(f"Column {column.name[:40]!r} is no text and no number; leave it out.")
    parquet_pages.check(path, metadata)
    return [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]


def _parts(batch: Any) -> Iterator[Any]:
    """Cut a batch where its rows are long: as values of Python they take more room."""
    step = max(1, int(batch.num_rows * _BYTES_AT_ONCE / max(batch.nbytes, 1)))
    return (batch.slice(at, step) for at in range(0, batch.num_rows, step))


def _values(array: Any) -> list[Any]:
    """Return a column as plain values; equal texts are one object."""
    import pyarrow as pa  # noqa: PLC0415  # an extra, and slow to import
    from pyarrow import compute  # noqa: PLC0415

    if pa.types.is_dictionary(array.type):
        known = array.dictionary.to_pylist()
        return [None if at is None else known[at] for at in array.indices.to_pylist()]
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        entries = iter(_values(array.flatten()))
        lengths = compute.list_value_length(array).to_pylist()
        return [None if n is None else list(islice(entries, n)) for n in lengths]
    if pa.types.is_nested(array.type):  # no property of ours; its name is told
        return [None] * len(array)
    plain: list[Any] = array.to_pylist()
    return plain


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
    said = {name: _values(batch.column(name)) for name in batch.schema.names}
    size = batch.nbytes // max(batch.num_rows, 1) + 8 * batch.num_columns
    places = said.pop(place) if place else [None] * batch.num_rows
    readable = [None if _is_too_deep(each) else each for each in places]
    geometries, faults = gdal.decoded(readable)
    geometries = gdal.in_degrees(geometries, to_degrees)
    for at in range(batch.num_rows):
        row = {name: values[at] for name, values in said.items()}
        deep = _is_too_deep(places[at])
        fault = "Collections are nested too deep; flatten them." if deep else faults[at]
        yield gdal.as_row(before + at + 1, geometries[at], _plain(row), fault, size)


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
