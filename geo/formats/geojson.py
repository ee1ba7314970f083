"""GeoJSON (RFC 7946): one FeatureCollection, a feature a line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, cast

import orjson

from geo.errors import BadFile
from geo.formats.base import Column, Format, RawFeature
from geo.geometry import TYPES

# RFC 7946 has no crs member; GDAL and QGIS still write one, which is right when it says lon/lat.
_LONLAT = ("crs84", "epsg::4326", "epsg:4326", "epsg/0/4326", "wgs84", "wgs 84")

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
    for block in blocks(texts):
        yield (separator + ",\n".join(block)).encode()
        separator = ",\n"
    yield b"\n]}\n"


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Return the rows of a FeatureCollection, or the one row of a single Feature.

    Raises:
        BadFile: it is broken, truncated, not GeoJSON, or not in longitude and latitude.
    """
    return _rows(load(content(file)))


def _rows(value: Mapping[str, Any]) -> Iterator[RawFeature]:
    kind = value["type"]
    features = [value] if kind == "Feature" else value.get("features")
    if not isinstance(features, list):
        raise BadFile("The FeatureCollection has no list called features; export it again.")
    return (feature_row(row, feature) for row, feature in enumerate(features, start=1))


def content(file: BinaryIO | bytes) -> bytes:
    """Return a file's bytes without a byte order mark; refuse what is another kind of file."""
    data = file if isinstance(file, bytes) else file.read()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadFile("The file is UTF-16 text; save it as UTF-8.")
    data = data.removeprefix(b"\xef\xbb\xbf")
    start = data[:64].lstrip()
    for magic, kind in OTHER_KINDS:
        if start.startswith(magic):
            raise BadFile(f"The file is not GeoJSON but {kind}; export it as GeoJSON first.")
    if not start and not data.strip():
        raise BadFile("The file is empty.")
    return data


def load(data: bytes) -> Mapping[str, Any]:
    """Return the GeoJSON object of a text, checked to be a feature or a collection in lon/lat."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _broken(data, error) from None
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


def feature_row(row: int, value: Any) -> RawFeature:
    """Return one feature as a row; its fault says why it is none."""
    if not isinstance(value, dict) or value.get("type") != "Feature":
        return RawFeature(row, fault='This is not a Feature: "type" must be "Feature".')
    properties = value.get("properties", ...)
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        return RawFeature(row, fault="The feature has no properties; it needs at least a name.")
    geometry = value.get("geometry")
    if geometry is not None and not isinstance(geometry, dict):
        fault = "The geometry must be a GeoJSON geometry or null."
        return RawFeature(row, properties=properties, fault=fault)
    ref = value.get("id")
    if isinstance(ref, bool) or not isinstance(ref, str | int | float | None):
        fault = "The id must be a text or a number."
        return RawFeature(row, geometry=geometry, properties=properties, fault=fault)
    return RawFeature(row, _ref(ref), geometry, properties)


def blocks(texts: Iterable[str], size: int = 512) -> Iterator[list[str]]:
    """Yield the texts in lists, so that a file is written in few pieces."""
    source = iter(texts)
    while block := list(islice(source, size)):
        yield block


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


def _broken(data: bytes, error: orjson.JSONDecodeError) -> BadFile:
    if data.lstrip()[:1] not in (b"{", b"["):
        return BadFile("The file is not GeoJSON: it does not begin with {.")
    where = f"line {error.lineno}, column {error.colno}"
    if "UTF-8" in str(error) or "utf-8" in str(error):
        return BadFile("The file is not UTF-8 text; save it with that encoding.")
    if error.pos >= len(data.decode("utf-8", "replace").rstrip()):
        return BadFile(f"The file breaks off at {where}; it was cut short, fetch it again.")
    return BadFile(
        f"The file is broken at {where} ({error.msg}); mend it there or export it again."
    )


FORMAT = Format("geojson", "GeoJSON", "application/geo+json", "geojson", write, read)
