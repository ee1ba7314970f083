"""Features to and from the files that GDAL writes and reads, a batch at a time.

pyogrio and what it brings take a second to import, so it is imported where it is used.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import drivers
from geo.errors import BadFile
from geo.formats.base import Column, RawFeature
from geo.formats.flat import ID, Batch, batches
from geo.formats.table import MOST_COLUMNS

CHUNK = 1 << 20
READ_AT_ONCE, CELLS_AT_ONCE, BYTES_AT_ONCE = 50_000, 2_500_000, 32 << 20
"""Features, their cells and their bytes in the file that are read at once."""

_WGS84 = pyproj.CRS("OGC:CRS84")
BROKEN = "The file cannot be read as {}: it is broken or cut short; export it again."


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder of its own to files that GDAL needs by name; it is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="qadam-") as made:
        yield Path(made)


def chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def keep(file: BinaryIO | bytes, path: Path, magic: tuple[bytes, ...], title: str) -> None:
    """Copy an upload to a path of ours; raises BadFile where it does not begin as it must."""
    with path.open("wb") as copy:
        if isinstance(file, bytes):
            copy.write(file)
        else:
            shutil.copyfileobj(file, copy, CHUNK)
    with path.open("rb") as copy:
        begin = copy.read(max(map(len, magic)))
    if not begin:
        raise BadFile("The file is empty.")
    if not begin.startswith(magic):
        raise BadFile(f"The file's ending says {title}, but it holds something else; rename it.")


def write(
    path: Path,
    driver: str,
    layer: str,
    texts: Iterable[str],
    columns: Sequence[Column],
    **options: Any,
) -> None:
    """Write stored feature texts to one layer of a file, in constant memory."""
    for at, batch in enumerate(batches(texts, columns)):
        names = [ID, *(column.name for column in columns)]
        append(path, driver, layer, batch, columns, names, is_first=at == 0, **options)


def append(
    path: Path,
    driver: str,
    layer: str,
    batch: Batch,
    columns: Sequence[Column],
    names: Sequence[str],
    *,
    is_first: bool,
    geometry_type: str | None = "Unknown",
    **options: Any,
) -> None:
    """Add a batch to a layer, which is made first; `names` are those of the id and the columns.

    Without a type of geometry it is a table without places.
    """
    import pyogrio.raw  # noqa: PLC0415  # slow to import

    arrays = [
        _array(column, values)
        for column, values in zip(
            (Column(ID, "text", ID), *columns), (batch.refs, *batch.values), strict=True
        )
    ]
    pyogrio.raw.write(
        path,
        None if geometry_type is None else shapely.to_wkb(batch.geometries, flavor="iso"),
        [values for values, _ in arrays],
        np.array(names, dtype=object),
        field_mask=[mask for _, mask in arrays],
        layer=layer,
        driver=driver,
        geometry_type=geometry_type,
        crs="EPSG:4326",
        encoding="UTF-8",
        append=not is_first,
        **(options if is_first else {}),
    )


def _array(column: Column, values: list[Any]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Return a column's values as an array and, where the type knows no null, which are null."""
    if column.kind == "number":
        return np.array(values, dtype=np.float64), None
    if column.kind in ("integer", "boolean"):
        is_null = np.array([value is None for value in values], dtype=bool)
        dtype = np.int64 if column.kind == "integer" else np.bool_
        return np.array([value or 0 for value in values]).astype(dtype), is_null
    texts = [value if value is None else str(value) for value in values]
    return np.array(texts, dtype=object), None


def read(path: Path, driver: str, title: str, layer: str | None = None) -> Iterator[RawFeature]:
    """Yield the rows of a file's one layer, in longitude and latitude.

    Raises:
        BadFile: it is broken, has several layers, or does not say where its coordinates lie.
    """
    import pyogrio  # noqa: PLC0415  # slow to import

    if found := drivers.foreign(pyogrio.list_drivers()):
        raise BadFile(f"GDAL would also read {', '.join(found)} here, so no file is handed to it.")
    try:
        layer = layer or _only_layer(pyogrio.list_layers(path))
        info = pyogrio.read_info(path, layer=layer, force_total_bounds=False)
        if info["driver"] != driver:
            raise BadFile(BROKEN.format(title))
        has_places = info["geometry_type"] is not None
        to_degrees = reprojection(info["crs"]) if has_places else None
        if len(info["fields"]) > MOST_COLUMNS:
            raise BadFile(
                f"The file has {len(info['fields']):,} columns; at most {MOST_COLUMNS} are read."
            )
        at_once = _at_once(path, info)
        for skip in range(0, max(info["features"], 1), at_once):
            row = None
            for row in _rows(path, layer, skip, at_once, info, to_degrees):
                yield row
            if row is None:  # there are fewer than the file says
                return
    except (RuntimeError, ValueError) as error:  # pyogrio's own; bytes that are no text
        raise BadFile(BROKEN.format(title)) from error


def _at_once(path: Path, info: Mapping[str, Any]) -> int:
    """Return how many rows take little memory, by their cells and, on average, their bytes."""
    of_file = sum(part.stat().st_size for part in path.parent.glob(f"{path.stem}.*"))
    by_bytes = BYTES_AT_ONCE * max(int(info["features"]), 1) // max(of_file, 1)
    return max(1, min(READ_AT_ONCE, CELLS_AT_ONCE // max(len(info["fields"]), 1), by_bytes))


def _only_layer(layers: NDArray[np.object_]) -> str:
    names = [str(name) for name, _ in layers]
    if not names:
        raise BadFile("The file holds no layer; export it again.")
    if len(names) > 1:
        raise BadFile(
            f"The file has {len(names)} layers ({', '.join(names)[:80]}); save the one you mean as "
            "a file of its own."
        )
    return names[0]


def reprojection(crs: str | None) -> pyproj.Transformer | None:
    """Return what turns coordinates of this system to longitude and latitude; None where they are.

    Raises:
        BadFile: the file does not say its system, or says one that nobody knows.
    """
    if not crs:
        raise BadFile(
            "The file does not say which coordinates it holds; set its reference system (in QGIS: "
            "Export, CRS WGS 84) and save it again."
        )
    try:
        said = pyproj.CRS(crs)
        if said.equals(_WGS84, ignore_axis_order=True):
            return None
        return pyproj.Transformer.from_crs(said, _WGS84, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise BadFile(
            f"The file's reference system {crs[:60]!r} is not known; save it as WGS 84, EPSG:4326."
        ) from error


def in_degrees(
    geometries: NDArray[np.object_], to_degrees: pyproj.Transformer | None
) -> NDArray[np.object_]:
    """Return geometries in longitude and latitude."""
    if to_degrees is None:
        return geometries

    def moved(positions: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_degrees.transform(*positions.T))

    return shapely.transform(geometries, moved)


def _rows(
    path: Path,
    layer: str,
    skip: int,
    at_once: int,
    info: Mapping[str, Any],
    to_degrees: pyproj.Transformer | None,
) -> Iterator[RawFeature]:
    import pyogrio.raw  # noqa: PLC0415  # slow to import

    meta, _, places, values = pyogrio.raw.read(
        path,
        layer=layer,
        skip_features=skip,
        max_features=at_once,
        force_2d=True,
        datetime_as_string=True,
    )
    names = [str(name) for name in meta["fields"]]
    read_values = [
        _values(array, kind, subkind)
        for array, kind, subkind in zip(
            values, info["ogr_types"], info["ogr_subtypes"], strict=True
        )
    ]
    count = len(values[0]) if values else len(places)
    geometries, faults = decoded(places if places is not None else [None] * count)
    geometries = in_degrees(geometries, to_degrees)
    said = zip(*read_values, strict=True) if read_values else iter([()] * count)
    for at, (geometry, fault, row) in enumerate(zip(geometries, faults, said, strict=True)):
        size = 8 * len(names)
        yield as_row(skip + at + 1, geometry, dict(zip(names, row, strict=True)), fault, size)


def as_row(
    row: int,
    geometry: BaseGeometry | None,
    said: dict[str, Any],
    fault: str | None = None,
    size: int = 0,
) -> RawFeature:
    """Return a row of columns as a feature; the column `id` is its id."""
    ref = said.pop(ID, None)
    return RawFeature(row, None if ref in (None, "") else str(ref), geometry, said, fault, size)


def decoded(
    places: Sequence[bytes | None] | NDArray[np.object_],
) -> tuple[NDArray[np.object_], list[str | None]]:
    """Return geometries of WKB, and what is wrong with those that cannot be read."""
    array = np.array(places, dtype=object)
    geometries = shapely.from_wkb(array, on_invalid="ignore")
    is_broken = shapely.is_missing(geometries) & np.array([one is not None for one in array], bool)
    fault = "The geometry cannot be read; draw it anew or take it out."
    return geometries, [fault if broken else None for broken in is_broken]


def _values(array: NDArray[Any], kind: str, subkind: str) -> list[Any]:
    """Return a column as plain values: None for null, whole numbers and yes or no as they were."""
    listed: list[Any] = array.tolist()
    if kind in ("OFTInteger", "OFTInteger64"):
        cast = bool if subkind == "OFSTBoolean" else int
        return [None if value is None or value != value else cast(value) for value in listed]  # noqa: PLR0124  # NaN
    if kind == "OFTReal":
        return [None if value is None or value != value else value for value in listed]  # noqa: PLR0124  # NaN
    return [list(value) if isinstance(value, np.ndarray) else _text(value) for value in listed]


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
