"""KML 2.2 (OGC 07-147r2): a Placemark for each feature, its properties as SchemaData."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from defusedxml import DefusedXmlException, ElementTree
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import BadFile, BadGeometry
from geo.formats import markup
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import ID, Batch, about_text, batches
from geo.geometry import MAX_DEPTH

DEEPEST = 64
MOST_ELEMENTS = 250_000
"""Elements that are read from one place to the next."""

_TYPES = {"number": "double", "integer": "int", "boolean": "bool"}
_TRUTH = {True: "true", False: "false"}
# A line break that a reader must not turn into another one.
_ENTITIES = {"\r": "&#13;"}
_UNREAD = ("Model", "Track", "MultiTrack")
_MULTI: Mapping[str, Callable[[Any], BaseGeometry]] = {
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
    "Polygon": shapely.MultiPolygon,
}


def write(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a Document with its schema, then a Placemark for each feature."""
    title = str(head.get("title") or head.get("name") or "Features")
    fields = [(ID, "string"), *((each.name, _TYPES.get(each.kind, "string")) for each in columns)]
    schema = "".join(f"<SimpleField type={_q(kind)} name={_q(name)}/>" for name, kind in fields)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_text(title)}</name><description>{_text(about_text(head))}</description>\n"
        f'<Schema name="properties" id="properties">{schema}</Schema>\n'
    ).encode()
    for batch in batches(texts, columns):
        yield "".join(_placemarks(batch, columns)).encode()
    yield b"</Document></kml>\n"


def _placemarks(batch: Batch, columns: Sequence[Column]) -> Iterator[str]:
    names = [column.name for column in columns]
    named_by = next((at for at, name in enumerate(names) if name in ("name", "title")), None)
    for ref, place, *said in zip(batch.refs, batch.geometries, *batch.values, strict=True):
        label = said[named_by] if named_by is not None else ref
        data = "".join(
            f"<SimpleData name={_q(name)}>{_text(_value(value))}</SimpleData>"
            for name, value in zip([ID, *names], [ref, *said], strict=True)
            if value is not None
        )
        yield (
            f"<Placemark><name>{_text(str(label))}</name><ExtendedData>"
            f'<SchemaData schemaUrl="#properties">{data}</SchemaData></ExtendedData>'
            f"{'' if place is None else _geometry(place)}</Placemark>\n"
        )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _TRUTH[value]
    return repr(value) if isinstance(value, float) else str(value)


def _text(text: str) -> str:
    return escape(text, _ENTITIES)


def _q(text: str) -> str:
    return quoteattr(text)


def _geometry(place: BaseGeometry) -> str:
    kind = place.geom_type
    if kind in ("Point", "LineString"):
        return f"<{kind}>{_coordinates(place)}</{kind}>"
    if isinstance(place, shapely.Polygon):
        rings = [("outer", place.exterior), *(("inner", ring) for ring in place.interiors)]
        return f"<Polygon>{''.join(_ring(*ring) for ring in rings)}</Polygon>"
    parts = "".join(_geometry(part) for part in getattr(place, "geoms", ()))
    return f"<MultiGeometry>{parts}</MultiGeometry>"


def _ring(side: str, ring: BaseGeometry) -> str:
    return f"<{side}BoundaryIs><LinearRing>{_coordinates(ring)}</LinearRing></{side}BoundaryIs>"


def _coordinates(place: BaseGeometry) -> str:
    positions = shapely.get_coordinates(place).tolist()
    return f"<coordinates>{' '.join(f'{lon!r},{lat!r}' for lon, lat in positions)}</coordinates>"


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the Placemarks in order; a link to a file elsewhere is a fault and is not followed.

    Raises:
        BadFile: it is no KML, is broken, or defines entities of its own.
    """
    source = BytesIO(file) if isinstance(file, bytes) else file
    try:
        yield from _rows(source)
    except DefusedXmlException:
        raise BadFile(
            "The KML defines entities or a document type of its own, which are not read; save it "
            "anew."
        ) from None
    except markup.TooLong:
        raise BadFile(
            f"A tag, comment or text of the KML has more than {markup.LONGEST >> 20} MB; simplify "
            "what it says."
        ) from None
    except ElementTree.ParseError as error:
        line, column = error.position
        raise BadFile(
            f"The KML is broken at line {line:,}, column {column:,}; export it again."
        ) from None
    except (LookupError, ValueError):  # the parser's own, of the encoding in the first line
        raise BadFile(
            "The KML says that it is in an encoding that is not read; save it as UTF-8."
        ) from None


def _rows(source: BinaryIO) -> Iterator[RawFeature]:
    open_tags: list[Any] = []
    row = within = since = 0
    pieces = markup.Pieces(source)
    for event, element in ElementTree.iterparse(pieces, ("start", "end"), forbid_dtd=True):
        if event == "start":
            if not open_tags and _tag(element) != "kml":
                raise BadFile("The file is XML but not KML; export it as KML.")
            open_tags.append(element)
            within += _tag(element) in _ROWS
            since += 1
            if since > MOST_ELEMENTS:
                raise BadFile(
                    f"The KML has more than {MOST_ELEMENTS:,} elements that say no place of their "
                    "own; save the places alone."
                )
            if len(open_tags) > DEEPEST:
                raise BadFile(f"The KML is nested deeper than {DEEPEST}; save it anew.")
            continue
        open_tags.pop()
        tag = _tag(element)
        if tag in _ROWS:
            row, within, since = row + 1, within - 1, 0
            yield _ROWS[tag](row, element)
        if not within and open_tags:
            open_tags[-1].remove(element)  # what was read takes no more room


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _link(row: int, element: Any) -> RawFeature:
    target = next((each.text for each in element.iter() if _tag(each) == "href"), "") or ""
    return RawFeature(
        row,
        fault=f"This is a link to {target.strip()[:80] or 'another file'}, which is not followed; "
        "save what it shows as a file of its own.",
    )


def _placemark(row: int, element: Any) -> RawFeature:
    said: dict[str, Any] = {}
    shown: dict[str, str] = {}
    geometry, fault = None, None
    for child in element:
        tag = _tag(child)
        if tag == "ExtendedData":
            said |= _extended(child)
        elif tag in ("name", "description"):
            shown[tag] = (child.text or "").strip()
        elif tag in _UNREAD:
            fault = f"A {tag} is no place that can be stored; draw it as a point, line or area."
        elif tag in _READERS:
            try:
                geometry = _read_geometry(child)
            except BadGeometry as error:
                fault = str(error)
    # What the program shows is often one of the properties again, under its own name.
    known = {str(value).strip() for value in said.values()}
    said |= {k: text for k, text in shown.items() if text and k not in said and text not in known}
    ref = said.pop(ID, None)
    size = sum(8 + len(name) + len(text or "") for name, text in said.items())
    return RawFeature(row, ref, geometry, said, fault, size)


def _extended(element: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for each in element.iter():
        name = each.get("name")
        if _tag(each) == "SimpleData" and name:
            said[name] = each.text
        elif _tag(each) == "Data" and name:
            said[name] = next((part.text for part in each if _tag(part) == "value"), None)
    return said


def _read_geometry(element: Any, depth: int = 0) -> BaseGeometry:
    if depth > MAX_DEPTH:
        raise BadGeometry(f"Collections are nested deeper than {MAX_DEPTH}; flatten them.")
    try:
        return _READERS[_tag(element)](element, depth)
    except (shapely.errors.GEOSException, ValueError, IndexError) as error:
        raise BadGeometry(
            f"The {_tag(element)} cannot be read; its coordinates are lon,lat pairs between blanks."
        ) from error


def _positions(element: Any) -> NDArray[np.float64]:
    texts = [each.text or "" for each in element.iter() if _tag(each) == "coordinates"]
    positions = [word.split(",")[:2] for word in " ".join(texts).split()]
    return np.array(positions, dtype=np.float64).reshape(-1, 2)


def _polygon(element: Any, _depth: int) -> BaseGeometry:
    outer, inner = (
        [
            _positions(ring)
            for child in element
            if _tag(child) == side
            for ring in child
            if _tag(ring) == "LinearRing"
        ]
        for side in ("outerBoundaryIs", "innerBoundaryIs")
    )
    if len(outer) != 1:
        raise BadGeometry("A polygon needs one outer boundary.")
    return shapely.Polygon(outer[0], inner)


def _multi(element: Any, depth: int) -> BaseGeometry:
    parts = [_read_geometry(child, depth + 1) for child in element if _tag(child) in _READERS]
    kinds = {part.geom_type for part in parts}
    multi = _MULTI.get(kinds.pop()) if len(kinds) == 1 else None
    return multi(parts) if multi else shapely.GeometryCollection(parts)


_READERS: Mapping[str, Callable[[Any, int], BaseGeometry]] = {
    "Point": lambda element, _depth: shapely.Point(_positions(element)[0]),
    "LineString": lambda element, _depth: shapely.LineString(_positions(element)),
    "LinearRing": lambda element, _depth: shapely.LineString(_positions(element)),
    "Polygon": _polygon,
    "MultiGeometry": _multi,
}

_ROWS: Mapping[str, Callable[[int, Any], RawFeature]] = {
    "Placemark": _placemark,
    "NetworkLink": _link,
}

FORMAT = Format(
    "kml",
    "KML (Google Earth)",
    "application/vnd.google-earth.kml+xml",
    "kml",
    write,
    read,
    "A collection of places of one type comes back as one multi-part place.",
)
