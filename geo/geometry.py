"""Text to geometry and back: GeoJSON, WKT and coordinates; what may be stored, and what is wrong.

Coordinates are WGS 84 degrees, longitude first.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coordinates import read_positions
from geo.earth import is_beyond, out_of_range
from geo.elements import as_array
from geo.errors import BadGeometry

DECIMALS = 7
"""About a centimetre; RFC 7946 section 11.2 asks not to write more than is known."""

MAX_DEPTH = 16
"""How deep geometry collections may be nested."""

_TOO_DEEP = f"Collections are nested deeper than {MAX_DEPTH}; flatten them."

TYPES = (
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)

LONGEST_TEXT = 4_000_000
"""Characters of WKT or GeoJSON that are read; an outline of 100,000 corners has half of that."""

LONGEST_LIST = 20_000
"""Characters of coordinates in words and numbers that are read."""

# On text in which every run of white space is one blank: it cannot backtrack far.
_WKT = re.compile(
    r"(?:SRID ?= ?(\d{1,9}) ?; ?)?[A-Z]{5,20} ?(?:ZM?|M)? ?(?:\(|EMPTY)", re.IGNORECASE
)

# The first word of WKT, with an SRID and blanks before it, stands within so many characters.
_HEAD = 200

# GEOS prints some doubles longer than need be: 0.8372502000000001 for what is 0.8372502.
_LONG = re.compile(r"-?\d+\.\d{8,}(?:[eE][-+]?\d+)?")

# A point, a line, a polygon: what has no parts, and is stored as it is.
_PLAIN = (0, 1, 3)

# What GEOS says when it cannot read, and what a planner can do about it.
_UNREADABLE = (
    ("do not form a closed", "a ring is not closed; end it with the position it begins with."),
    ("must contain 0 or >1", "a line needs at least two positions."),
    ("Invalid number of points in LinearRing", "a ring needs at least four positions."),
    ("Expected two or three", "a position needs two numbers, longitude and latitude."),
    ("type must be number", "a position needs two numbers, longitude and latitude."),
    ("type must be array", "the lists of positions are nested wrongly for this type."),
    ("'coordinates' not found", "it has no coordinates."),
    ("'geometries' not found", "it has no geometries."),
)

# What GEOS says of an invalid geometry; {place} is where.
_INVALID = (
    ("Ring Self-int", "The ring touches itself at {place}; move one of its corners there."),
    (
        "Self-int",
        "The ring crosses itself at {place}; redraw it so that its edges do not cross.",
    ),
    ("Too few", "The line or ring at {place} has too few different positions; add some."),
    ("Hole lies outside", "The hole at {place} lies outside its polygon; move or remove it."),
    ("Holes are nested", "The hole at {place} lies inside another hole; remove one of them."),
    ("Interior is disc", "A hole cuts the polygon in two at {place}; draw two polygons instead."),
    ("Nested shells", "The polygon at {place} lies inside another one; remove one of them."),
    ("Duplicate Rings", "The same ring is there twice, at {place}; remove one."),
)


def read_geojson(value: Mapping[str, Any]) -> BaseGeometry:
    """Return the geometry of a GeoJSON geometry object of any simple-feature type.

    Raises:
        BadGeometry: it is no geometry object, or its coordinates are not positions.
    """
    return _sound(read_geojsons([value])[0])


def read_geojsons(values: Sequence[Mapping[str, Any]]) -> list[BaseGeometry | BadGeometry]:
    """Return the geometry of each GeoJSON geometry object, or what is wrong with it."""
    texts = [_geojson_of(value) for value in values]
    good = [text for text in texts if isinstance(text, bytes)]
    shapes = iter(shapely.from_geojson(np.array(good, dtype=object), on_invalid="ignore"))
    read: list[Any] = [text if isinstance(text, BadGeometry) else next(shapes) for text in texts]
    for at, shape in enumerate(read):
        if shape is None:
            read[at] = _unreadable(values[at])
    return read


def read_text(text: str) -> BaseGeometry:
    """Return the geometry of coordinates, WKT, EWKT or GeoJSON, whichever the text is.

    >>> read_text("68.1, 41.2").wkt
    'POINT (68.1 41.2)'
    """
    text = text.strip().lstrip("\ufeff").strip()
    if not text:
        raise BadGeometry("No place is given; write longitude and latitude, as in 68.1, 41.2.")
    if len(text) > LONGEST_TEXT:
        raise BadGeometry(
            f"The place has {len(text):,} characters; at most {LONGEST_TEXT:,} are read. "
            "Simplify it."
        )
    if text.startswith("{"):
        return read_geojson(_one_geometry(_loads(text)))
    if text.startswith("<"):
        raise BadGeometry("This looks like KML or GML; paste coordinates, WKT or GeoJSON instead.")
    if match := _WKT.match(" ".join(text[:_HEAD].split())):
        return _read_wkt(text, match[1])
    if len(text) > LONGEST_LIST:
        raise BadGeometry(
            f"The list of coordinates has {len(text):,} characters; at most {LONGEST_LIST:,} are "
            "read. Give it as GeoJSON or WKT."
        )
    return _from_positions(read_positions(text))


def check(geometry: BaseGeometry | None) -> BaseGeometry:
    """Return the geometry as it is stored: 2-D, seven decimals, valid, right-hand rule, in range.

    Raises:
        BadGeometry: it cannot be stored; the sentence names the place and what to do.
    """
    return _sound(check_many([geometry])[0])


def check_many(geometries: Sequence[BaseGeometry | None]) -> list[BaseGeometry | BadGeometry]:
    """Return each geometry as it is stored, or what is wrong with it."""
    checked: list[Any] = list(geometries)
    given = as_array(checked)
    is_plain = np.isin(shapely.get_type_id(given), _PLAIN) & ~shapely.is_empty(given)
    for one in np.flatnonzero(~is_plain).tolist():
        checked[one] = _whole(checked[one])
    at = [at for at, whole in enumerate(checked) if not isinstance(whole, BadGeometry)]
    flat = shapely.force_2d(as_array([checked[one] for one in at]))
    positions, owner = shapely.get_coordinates(flat, return_index=True)
    for one in np.unique(owner[is_beyond(positions)]).tolist():
        checked[at[one]] = out_of_range(positions[owner == one])
        flat[one] = None
    rounded = _rounded(flat)
    for one in np.flatnonzero(~shapely.is_valid(rounded) & ~shapely.is_missing(rounded)).tolist():
        checked[at[one]] = BadGeometry(_fault(shapely.is_valid_reason(rounded[one])))
        rounded[one] = None
    for one, shape in zip(at, shapely.orient_polygons(rounded, exterior_cw=False), strict=True):
        if shape is not None:
            checked[one] = shape
    return checked


def geojson_text(geometry: BaseGeometry) -> str:
    """Return compact RFC 7946 text with at most seven decimals."""
    return geojson_texts([geometry])[0]


def geojson_texts(geometries: Sequence[BaseGeometry | None] | NDArray[np.object_]) -> list[str]:
    """Return the text of each geometry; "null" where there is none."""
    return printed(_rounded(np.asarray(geometries, dtype=object)))


def printed(geometries: NDArray[np.object_]) -> list[str]:
    """Return the text of each geometry with its coordinates as they are; "null" for none."""
    texts = shapely.to_geojson(geometries)
    return [
        "null" if text is None else _LONG.sub(lambda n: repr(float(n[0])), text) for text in texts
    ]


def _sound(geometry: BaseGeometry | BadGeometry) -> BaseGeometry:
    if isinstance(geometry, BadGeometry):
        raise geometry
    return geometry


def _geojson_of(value: Mapping[str, Any]) -> bytes | BadGeometry:
    """Return the text that GEOS reads of an object that has the types of a geometry."""
    try:
        _check_types(value)
        return orjson.dumps(value)
    except BadGeometry as error:
        return error
    except (TypeError, ValueError) as error:
        return BadGeometry(f"The {value['type']} cannot be read: {_meaning(str(error))}")


def _unreadable(value: Mapping[str, Any]) -> BadGeometry:
    complaint = ""
    try:
        shapely.from_geojson(orjson.dumps(value))
    except shapely.errors.GEOSException as error:
        complaint = str(error)
    return BadGeometry(f"The {value['type']} cannot be read: {_meaning(complaint)}")


def _whole(geometry: BaseGeometry | None) -> BaseGeometry | BadGeometry:
    """Return a geometry whose parts may be checked further."""
    if geometry is None or geometry.is_empty:
        return BadGeometry("The geometry is empty; draw it, or say that the place is unlocated.")
    try:
        _check_parts(geometry)
    except BadGeometry as error:
        return error
    return shapely.LineString(geometry) if isinstance(geometry, shapely.LinearRing) else geometry


def _check_parts(geometry: BaseGeometry, depth: int = 0) -> None:
    """Refuse empty parts, which no map can draw, and collections in collections in collections."""
    if depth > MAX_DEPTH:
        raise BadGeometry(_TOO_DEEP)
    for part in getattr(geometry, "geoms", ()):
        if part.is_empty:
            raise BadGeometry("A part of the geometry is empty; take it out.")
        _check_parts(part, depth + 1)


def _check_types(value: object, depth: int = 0) -> None:
    if not isinstance(value, Mapping):
        raise BadGeometry("A GeoJSON geometry is an object with a type and coordinates.")
    kind = value.get("type")
    if kind not in TYPES:
        raise BadGeometry(
            f"A geometry's type is one of {', '.join(TYPES)}; got {str(kind)[:40]!r}."
        )
    if kind == "GeometryCollection":
        if depth >= MAX_DEPTH:
            raise BadGeometry(_TOO_DEEP)
        members = value.get("geometries")
        if not isinstance(members, list | tuple):
            raise BadGeometry("A GeometryCollection needs a list called geometries.")
        for member in members:
            _check_types(member, depth + 1)


def _meaning(complaint: str) -> str:
    for start, meaning in _UNREADABLE:
        if start in complaint:
            return meaning
    return "its coordinates are not lists of longitude and latitude."


def _loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadGeometry(
            f"The GeoJSON breaks off or is misspelt at line {error.lineno}, column {error.colno}."
        ) from None


def _one_geometry(value: Any) -> Mapping[str, Any]:
    if value.get("type") == "FeatureCollection":
        features = value.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise BadGeometry(
                "A record has one geometry; give one feature here, and import files with many."
            )
        value = features[0]
    if isinstance(value, Mapping) and value.get("type") == "Feature":
        value = value.get("geometry")
        if value is None:
            raise BadGeometry("The feature has no geometry.")
    return cast(Mapping[str, Any], value)


def _read_wkt(text: str, srid: str | None) -> BaseGeometry:
    if srid not in (None, "4326"):
        raise BadGeometry(f"SRID {srid} is not understood; give WGS 84 longitude and latitude.")
    # GEOS descends into brackets by recursion and would run out of stack.
    if _depth(text) > MAX_DEPTH + 3:
        raise BadGeometry(_TOO_DEEP)
    try:
        return shapely.from_wkt(text.rsplit(";", 1)[-1])
    except NotImplementedError:
        raise BadGeometry("Curves cannot be stored; draw them as lines of short edges.") from None
    except shapely.errors.GEOSException as error:
        complaint = str(error)
    if any(start in complaint for start, _ in _UNREADABLE):
        raise BadGeometry(f"The WKT cannot be read: {_meaning(complaint)}")
    raise BadGeometry(
        "The WKT cannot be read; it looks like POINT (68.1 41.2) or "
        "POLYGON ((68 41, 69 41, 69 42, 68 41))."
    )


def _depth(text: str) -> int:
    """Return how deep brackets are nested."""
    steps = np.frombuffer(text.encode(), dtype=np.uint8)
    depth = np.cumsum((steps == ord("(")).astype(np.int64) - (steps == ord(")")))
    return int(depth.max(initial=0))


def _from_positions(positions: Sequence[tuple[float, float]]) -> BaseGeometry:
    if len(positions) == 1:
        return shapely.Point(positions[0])
    if len(positions) >= 4 and positions[0] == positions[-1]:
        return shapely.Polygon(positions)
    return shapely.LineString(positions)


def _fault(reason: str) -> str:
    what, _, place = reason.partition("[")
    place = _place(place.rstrip("]"))
    for start, sentence in _INVALID:
        if what.startswith(start):
            return sentence.format(place=place)
    return f"The geometry is not valid at {place} ({what.lower()}); redraw it there."


def _place(text: str) -> str:
    return ", ".join(f"{float(number):.4f}" for number in text.split())


def _rounded(geometry: Any) -> Any:
    # Adding zero turns -0.0, which would be printed so, into 0.0.
    return shapely.transform(geometry, lambda xy: np.round(xy, DECIMALS) + 0.0)
