"""Shapefile, zipped: a layer for each type of geometry, and what its tables cannot hold.

A layer holds one type, a table names of ten characters, texts of 254 bytes and numbers of fifteen
decimals. So the zip also carries the full names and, in a CSV file, every value that was cut.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadFile, BadGeometry
from geo.formats import gdal, zips
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import ID, Batch, about_text, batches, plain_cell, safe_cell
from geo.geometry import DECIMALS, read_text

DRIVER = "ESRI Shapefile"
LONGEST_TEXT = 254
NAMES, WHOLE, ABOUT = "_names.txt", "_whole.csv", "_about.txt"
MOST_BESIDE, MOST_LINES = 128 << 20, 2_000_000
"""Bytes and lines of the texts beside the layers that are read: a zip of a few kB may hold more."""

_WIDEST_NUMBER, _NUMBER_DECIMALS = 24, 15
_GEOMETRY = "geometry"
# The end of a layer's name, by the type of its geometries; "none" is a table without places.
_LAYERS = {
    "Point": "point",
    "MultiPoint": "multipoint",
    "LineString": "line",
    "MultiLineString": "multiline",
    "Polygon": "polygon",
    "MultiPolygon": "multipolygon",
}
_NO_PLACE = "none"
_PARTS: Mapping[str, Callable[[Any], BaseGeometry]] = {
    "multiline": shapely.MultiLineString,
    "multipolygon": shapely.MultiPolygon,
}
_NEEDED = {
    ".dbf": "the table of its properties",
    ".shx": "the index of its geometries",
    ".prj": "the system of its coordinates: nobody can tell where they lie",
}


def write(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a zip of layers, their full names, the values that were cut, and the head."""
    name = str(head.get("name") or "features")
    with gdal.folder() as folder:
        layers = folder / "layers"
        layers.mkdir()
        with (layers / f"{name}{WHOLE}").open("w", encoding="utf-8-sig", newline="") as file:
            whole = csv.writer(file)
            whole.writerow([ID, "property", "value"])
            for batch in batches(texts, columns):
                whole.writerows(_append(layers, name, batch, columns))
        names = "".join(f"{column.short} = {column.name}\n" for column in columns)
        (layers / f"{name}{NAMES}").write_text(names, "utf-8")
        (layers / f"{name}{ABOUT}").write_text(about_text(head) + "\n", "utf-8")
        path = folder / "layers.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(layers.iterdir()):
                archive.write(part, part.name)
                part.unlink()
        yield from gdal.chunks(path)


def _append(
    folder: Path, name: str, batch: Batch, columns: Sequence[Column]
) -> list[tuple[str, str, str]]:
    """Add a batch to the layers; gives id, property and value of all that does not fit there."""
    batch, cut = _fitted(batch, columns)
    kinds = [None if place is None else place.geom_type for place in batch.geometries]
    layers = np.array([_LAYERS.get(kind or "", _NO_PLACE) for kind in kinds])
    for layer in dict.fromkeys(layers.tolist()) or (_NO_PLACE,):
        chosen = np.flatnonzero(layers == layer)
        part = Batch(
            [batch.refs[at] for at in chosen],
            batch.geometries[chosen],
            [[values[at] for at in chosen] for values in batch.values],
        )
        path = folder / f"{name}_{layer}.{'dbf' if layer == _NO_PLACE else 'shp'}"
        kind = next((kind for kind, end in _LAYERS.items() if end == layer), None)
        gdal.append(
            path,
            DRIVER,
            path.stem,
            part,
            columns,
            [ID, *(column.short for column in columns)],
            is_first=not path.exists(),
            geometry_type=kind,
        )
    return cut


def _fitted(batch: Batch, columns: Sequence[Column]) -> tuple[Batch, list[tuple[str, str, str]]]:
    cut = []
    for at in np.flatnonzero(shapely.get_type_id(batch.geometries) == 7):  # a collection
        text = shapely.to_wkt(batch.geometries[at], rounding_precision=DECIMALS)
        cut.append((batch.refs[at], _GEOMETRY, text))
    values = []
    for column, said in zip(columns, batch.values, strict=True):
        fitted = [_fit(value) for value in said]
        cut += [
            (ref, column.name, safe_cell(value) if isinstance(value, str) else repr(value))
            for ref, value, fit in zip(batch.refs, said, fitted, strict=True)
            if value is not None and fit != value
        ]
        values.append(fitted)
    return replace(batch, values=values), cut


def _fit(value: Any) -> Any:
    """Return a value as a Shapefile's table keeps it."""
    if isinstance(value, float):
        written = f"{value:.{_NUMBER_DECIMALS}f}"
        return float(written) if len(written) <= _WIDEST_NUMBER else None
    if not isinstance(value, str):
        return value
    text = value.strip()
    if len(text.encode()) <= LONGEST_TEXT:
        return text
    end = "…"
    return text.encode()[: LONGEST_TEXT - len(end.encode())].decode("utf-8", "ignore") + end


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the files beside the layers say: full names, and the values that were cut."""

    names: dict[str, str]
    values: dict[str, dict[str, str]]


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the rows of a zipped Shapefile, layer by layer.

    Raises:
        BadFile: the zip is not what it should be, or a file of the shapefile is missing.
    """
    with zips.opened(file) as archive, gdal.folder() as folder:
        stems = _stems(archive)
        whole = _read_whole(archive)
        row = 0
        for number, (stem, files) in enumerate(stems.items()):
            path = _unpacked(archive, files, folder / f"layer{number}")
            kind = stem.rpartition("_")[2]
            for raw in gdal.read(path, DRIVER, "a Shapefile", path.stem):
                row += 1
                yield _restored(replace(raw, row=row), kind, whole)


def _stems(archive: zipfile.ZipFile) -> dict[str, dict[str, str]]:
    """Return the layers of a zip: the path without its ending, to the entry of each ending."""
    found: dict[str, dict[str, str]] = {}
    for entry in archive.namelist():
        path = PurePosixPath(entry)
        if not (path.name.startswith(".") or "__MACOSX" in path.parts or entry.endswith("/")):
            found.setdefault(str(path.with_suffix("")), {})[path.suffix.lower()] = entry
    layers = {stem: files for stem, files in found.items() if ".shp" in files}
    layers |= {stem: files for stem, files in found.items() if _is_table(stem, files)}
    if not layers:
        raise BadFile("The zip holds no .shp file; zip the shapefile's own files, all of them.")
    if len({_base(stem) for stem in layers}) > 1:
        names = ", ".join(PurePosixPath(stem).name for stem in layers)
        raise BadFile(
            f"The zip holds {len(layers)} shapefiles ({names[:80]}); zip the one you mean."
        )
    for stem, files in layers.items():
        for ending, what in _NEEDED.items():
            if ".shp" in files and ending not in files:
                name = PurePosixPath(stem).name
                raise BadFile(
                    f"{name}.shp comes without {name}{ending}, {what}; add it to the zip."
                )
    return layers


def _is_table(stem: str, files: Mapping[str, str]) -> bool:
    return ".dbf" in files and ".shp" not in files and stem.endswith(f"_{_NO_PLACE}")


def _base(stem: str) -> str:
    base, _, end = stem.rpartition("_")
    return base if end in {*_LAYERS.values(), _NO_PLACE} else stem


def _unpacked(archive: zipfile.ZipFile, files: Mapping[str, str], stem: Path) -> Path:
    """Unpack the files of a layer under a name of ours; gives the one that GDAL opens."""
    for ending in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        if ending in files:
            zips.unpack(archive, files[ending], stem.with_suffix(ending))
    main = stem.with_suffix(".shp" if ".shp" in files else ".dbf")
    with main.open("rb") as begin:
        if main.suffix == ".shp" and begin.read(4) != b"\x00\x00\x27\x0a":
            raise BadFile(
                f"{PurePosixPath(files['.shp']).name} holds something else; export it again."
            )
    return main


def _read_whole(archive: zipfile.ZipFile) -> _Whole:
    names: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for line in _lines(archive, NAMES):
        if len(pair := line.rstrip("\r\n").split(" = ", 1)) == 2:
            names[pair[0]] = pair[1]
    for row in csv.reader(_lines(archive, WHOLE)):
        if len(row) == 3:
            values.setdefault(row[0], {})[row[1]] = plain_cell(row[2])
    return _Whole(names, values)


def _lines(archive: zipfile.ZipFile, end: str) -> Iterator[str]:
    """Yield the lines of the texts whose names end so; raises BadFile for too many."""
    beside = [entry for entry in archive.infolist() if entry.filename.endswith(end)]
    too_much = BadFile(
        f"The texts …{end} in the zip have more than {MOST_LINES:,} lines or "
        f"{MOST_BESIDE / 1e6:,.0f} MB; split the file."
    )
    if sum(entry.file_size for entry in beside) > MOST_BESIDE:
        raise too_much
    lines = chain.from_iterable(_lines_of(archive, entry.filename) for entry in beside)
    for number, line in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise too_much
        yield line


def _lines_of(archive: zipfile.ZipFile, entry: str) -> Iterator[str]:
    try:
        with archive.open(entry) as packed:
            yield from io.TextIOWrapper(packed, "utf-8-sig", newline="")
    except zips.BROKEN as error:
        name = PurePosixPath(entry).name
        raise BadFile(f"{name} in the zip is broken; take it out or export again.") from error


def _restored(raw: RawFeature, kind: str, whole: _Whole) -> RawFeature:
    """Return a row with its full names, with what was cut, and with its own type of geometry."""
    said = {whole.names.get(name, name): value for name, value in raw.properties.items()}
    full = dict(whole.values.get(raw.ref or "", {}))
    geometry, fault = raw.geometry, raw.fault
    if (text := full.pop(_GEOMETRY, None)) is not None and geometry is None:
        try:
            geometry = read_text(text)
        except BadGeometry as error:
            fault = str(error)
    parts = _PARTS.get(kind)
    if parts and isinstance(geometry, shapely.LineString | shapely.Polygon):
        geometry = parts([geometry])
    said |= {name: text for name, text in full.items() if _was_cut(text, said.get(name))}
    return replace(raw, properties=said, geometry=geometry, fault=fault)


def _was_cut(text: str, kept: Any) -> bool:
    """Whether a table's value is what it could keep of this text; one changed since is not."""
    try:
        return bool(kept == _fit(text) or kept == _fit(float(text)))
    except ValueError:
        return False


FORMAT = Format(
    "shp.zip",
    "Shapefile (zip)",
    "application/zip",
    "shp.zip",
    write,
    read,
    "Its tables hold names of ten characters, texts of 254 bytes and one type of geometry each; "
    "full names and whole texts lie beside them in the zip.",
)
