"""GeoJSON (RFC 7946): one FeatureCollection, a feature a line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any, BinaryIO, cast

import orjson

from geo.errors import BadFile, EmptyFile
from geo.formats.base import Column, Format, RawFeature
from geo.formats.cutting import LONGEST_FEATURE, Cutter, TooLong
from geo.geometry import TYPES
from geo.parts import in_parts

# RFC 7946 has no crs member; GDAL and QGIS still write one, which is right when it says lon/lat.
_LONLAT = ("crs84", "epsg::4326", "epsg:4326", "epsg/0/4326", "wgs84", "wgs 84")

_CHUNK = 1 << 20
WRITTEN = 512
"""So many features are written as one piece."""

OTHER_KINDS = (
    (b"<", "an XML file (KML, GML or the like)"),
    (b"PK\x03\x04", "a zip file (shapefile, spreadsheet or KMZ)"),
    (b"SQLite format 3", "a GeoPackage or another database"),
    (b"fgb\x03", "a FlatGeobuf"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip file"),
)


def write(
    texts: Iterable[str], head: Mapping[str, Any], _columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a FeatureCollection: the head's members, then the features, a block at a time."""
    members = {"type": "FeatureCollection"} | {
        name: value for name, value in head.items() if name not in ("type", "features")
    }
    yield orjson.dumps(members)[:-1] + b',"features":['
    separator = "\n"
    for block in in_parts(texts, WRITTEN):
        yield (separator + ",\n".join(block)).encode()
        separator = ",\n"
    yield b"\n]}\n"


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the rows of a FeatureCollection, or the one row of a single Feature, as they are read.

    Raises:
        BadFile: it is broken, truncated, not GeoJSON, or not in longitude and latitude; what is
            wrong behind the features is told after them.
    """
    cutter, row = Cutter(), 0
    try:
        for text in cutter.features(chunks(file)):
            if not row:
                _check_head(cutter)
            members = _members(text, cutter, is_first=not row)
            for row, member in enumerate(members, start=row + 1):  # noqa: B020  # it goes on
                yield feature_row(row, member, len(text) // len(members))
    except TooLong:
        raise _too_long(cutter, row + 1) from None
    yield from _around(cutter, row)


def chunks(file: BinaryIO | bytes) -> Iterator[bytes]:
    """Yield a text in pieces, without a byte order mark; refuse what is another kind of file."""
    source = BytesIO(file) if isinstance(file, bytes) else file
    start = source.read(_CHUNK)
    while start and not start.strip():  # a name or a bracket tells what it is
        start = source.read(_CHUNK)
    yield content(start)
    while chunk := source.read(_CHUNK):
        yield chunk


def content(data: bytes) -> bytes:
    """Return a text's beginning without a byte order mark; refuse what is another kind of file."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadFile("The file is UTF-16 text; save it as UTF-8.")
    data = data.removeprefix(b"\xef\xbb\xbf")
    start = data[:64].lstrip()
    for magic, kind in OTHER_KINDS:
        if start.startswith(magic):
            raise BadFile(f"The file is not GeoJSON but {kind}; export it as GeoJSON first.")
    if not start and not data.strip():
        raise EmptyFile("The file is empty.")
    return data


def _check_head(cutter: Cutter) -> None:
    """Refuse another reference system before its features are read, where it is told there."""
    with suppress(orjson.JSONDecodeError):
        _check_crs(orjson.loads(cutter.frame + b"]}").get("crs"))


def _members(text: bytes, cutter: Cutter, *, is_first: bool) -> list[Any]:
    """Return what was cut out of the list of features: a Feature, and before it what is none."""
    told = text if is_first else _without_comma(text)
    try:
        if not is_first and told is text:
            raise orjson.JSONDecodeError("a comma is missing", " ", 1)
        return cast(list[Any], orjson.loads(b"[" + told + b"]"))
    except orjson.JSONDecodeError as error:
        line, column = cutter.began
        raise _broken(text, error, line, column - 1) from None  # for the bracket


def _without_comma(text: bytes) -> bytes:
    """Return a text without the comma that it may begin with; the same text where it has none."""
    return text.replace(b",", b" ", 1) if text.lstrip().startswith(b",") else text


def _around(cutter: Cutter, rows: int) -> Iterator[RawFeature]:
    """Yield the rows that are no text of their own, and check what stands around the others."""
    if (told := _without_comma(cutter.rest)).strip():
        try:
            orjson.loads(told)
        except orjson.JSONDecodeError as error:
            raise _broken(cutter.rest, error, cutter.line, cutter.column) from None
    value = _load(cutter)
    members = [value] if value["type"] == "Feature" else value.get("features")
    if not isinstance(members, list):
        raise BadFile("The FeatureCollection has no list called features; export it again.")
    for row, member in enumerate(members, start=rows + 1):
        yield feature_row(row, member, len(cutter.frame))


def _too_long(cutter: Cutter, row: int) -> BadFile:
    """Say where a feature is broken, so that its end is not found, or that it is too long."""
    text = _without_comma(cutter.rest)
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if text.strip() and error.pos < len(text.decode("utf-8", "replace")) - 1:
            return _broken(text, error, cutter.line, cutter.column)
    what = f"Feature {row:,}" if text.strip() else "What stands around the features"
    return BadFile(
        f"{what} has more than {LONGEST_FEATURE >> 20} MB, which is more than is read; simplify "
        "it, or look whether a bracket or a quote is missing there.",
        row,
    )


def _load(cutter: Cutter) -> Mapping[str, Any]:
    """Return the GeoJSON object around the features, checked to be a feature or a collection."""
    text = bytes(cutter.frame)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _broken_around(text, error, cutter) from None
    kind = value.get("type") if isinstance(value, dict) else None
    if kind in TYPES:
        raise BadFile(
            f"The file holds a bare {kind}; a record needs properties too: wrap it in a Feature."
        )
    if kind not in ("FeatureCollection", "Feature"):
        raise BadFile(
            "The file is JSON but not GeoJSON: it is no FeatureCollection and no Feature."
        )
    _check_crs(value.get("crs"))
    return cast(dict[str, Any], value)


def feature_row(row: int, value: Any, size: int) -> RawFeature:
    """Return one feature as a row; its fault says why it is none."""
    if not isinstance(value, dict) or value.get("type") != "Feature":
        return RawFeature(row, fault='This is not a Feature: "type" must be "Feature".', size=size)
    properties = value.get("properties", ...)
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        return RawFeature(
            row, fault="The feature has no properties; it needs at least a name.", size=size
        )
    geometry = value.get("geometry")
    if geometry is not None and not isinstance(geometry, dict):
        fault = "The geometry must be a GeoJSON geometry or null."
        return RawFeature(row, properties=properties, fault=fault, size=size)
    ref = value.get("id")
    if isinstance(ref, bool) or not isinstance(ref, str | int | float | None):
        fault = "The id must be a text or a number."
        return RawFeature(row, None, geometry, properties, fault, size)
    return RawFeature(row, _ref(ref), geometry, properties, size=size)


def _ref(value: str | float | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else str(value)


def _check_crs(crs: Any) -> None:
    if crs is None:
        return
    said = crs.get("properties") if isinstance(crs, dict) else None
    name = str(said.get("name", crs) if isinstance(said, dict) else crs)
    if not name.lower().endswith(_LONLAT):
        raise BadFile(f"The file is in {name[:80]}; reproject it to WGS 84, EPSG:4326.")


def _broken_around(text: bytes, error: orjson.JSONDecodeError, cutter: Cutter) -> BadFile:
    """Say what is wrong before the features, or behind them: there the file's end is known."""
    behind = text.decode("utf-8", "replace")[error.pos :]
    if len(text) - len(behind.encode()) < cutter.head or not cutter.head:
        return _broken(text, error, 1, 1)
    lines = behind.count("\n")
    column = error.colno if lines else cutter.column - len(behind)
    return _said(error.msg, cutter.line - lines, column, is_end=not behind.strip())


def _broken(text: bytes, error: orjson.JSONDecodeError, line: int, column: int) -> BadFile:
    """Say what is wrong with a text that begins at that line and column of the file."""
    if (line, column) == (1, 1) and text.lstrip()[:1] not in (b"{", b"["):
        return BadFile("The file is not GeoJSON: it does not begin with {.")
    at = error.colno if error.lineno > 1 else column + error.colno - 1
    is_end = error.pos >= len(text.decode("utf-8", "replace").rstrip())
    return _said(error.msg, line + error.lineno - 1, at, is_end=is_end)


def _said(complaint: str, line: int, column: int, *, is_end: bool) -> BadFile:
    if "utf-8" in complaint.lower():
        return BadFile("The file is not UTF-8 text; save it with that encoding.")
    where = f"line {line:,}, column {column:,}"
    if is_end:
        return BadFile(f"The file breaks off at {where}; it was cut short, fetch it again.")
    return BadFile(
        f"The file is broken at {where} ({complaint}); mend it there or export it again."
    )


FORMAT = Format("geojson", "GeoJSON", "application/geo+json", "geojson", write, read)
