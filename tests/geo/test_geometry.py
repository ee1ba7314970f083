"""Text to geometry and back; what is refused, and the sentence it gets."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.errors import BadGeometry
from geo.geometry import (
    check,
    check_many,
    geojson_text,
    geojson_texts,
    read_geojson,
    read_geojsons,
    read_text,
)

PLACES = """
68.1, 41.2
68.1 41.2
68.1; 41.2
68.1, 41.2, 350
[68.1, 41.2]
lat: 41.2, lon: 68.1
Latitude 41.2 Longitude 68.1
41.2N 68.1E
41.2° N, 68.1° E
N41.2 E68.1
41,2° с.ш., 68,1° в.д.
41,2N,68,1E
41.2n 68.1e
6.81e1 4.12e+1
41°12'С 68°6'В
41°12'00.0"N68°06'00.0"E
68°06'00"E 41°12'00"N
68°6′ 41°12′
41 12 00 N, 68 06 00 E
41°12' с.ш. 68°6' в.д.
41° 12′ северной широты, 68° 6′ восточной долготы
широта 41.2 долгота 68.1
北緯41度12分00秒 東経68度06分00秒
北緯４１度１２分 東経６８度６分
POINT (68.1 41.2)
point z(68.1 41.2 7)
SRID=4326;POINT(68.1 41.2)
{"type": "Point", "coordinates": [68.1, 41.2]}
{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [68.1, 41.2]}}
""".strip().splitlines()

LINES = """
68 41; 69 42.5
68,41\\n69,42.5
68 41, 69 42.5
68.0,41.0 69.0,42.5
[[68, 41], [69, 42.5]]
LINESTRING (68 41, 69 42.5)
""".strip().splitlines()


@pytest.mark.parametrize("text", PLACES)
def test_a_place_is_read_however_it_is_written(text: str) -> None:
    point = read_text(text)
    assert shapely.get_coordinates(point)[0] == pytest.approx([68.1, 41.2])


@pytest.mark.parametrize("text", LINES)
def test_several_positions_are_a_line(text: str) -> None:
    assert read_text(text.replace("\\n", "\n")).wkt == "LINESTRING (68 41, 69 42.5)"


def test_positions_that_return_to_their_start_are_a_polygon() -> None:
    assert read_text("68 41\n69 41\n69 42\n68 41").geom_type == "Polygon"


def test_south_and_west_are_negative() -> None:
    assert read_text("41°30'S 68°30'W").wkt == "POINT (-68.5 -41.5)"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "No place"),
        ("hello", "'hello' is not a position"),
        ("68.1", "not a position"),
        ("68,1 41,2", "decimals with a point"),
        ("68,1; 41,2", "decimals with a point"),
        ("1 2 3 4 5", "not a position"),
        ("41.2N 42N", "one angle must be north"),
        ("41 70 N 68 0 E", "minutes and seconds"),
        ("<kml></kml>", "KML"),
        ("SRID=3857;POINT(1 2)", "SRID 3857"),
        ("POINT (68", "WKT cannot be read"),
        ("POLYGON((0 0,1 1,1 0))", "ring is not closed"),
        ("CIRCULARSTRING(0 0,1 1,2 0)", "Curves"),
        ('{"type": "Point", "coordinates": [68.1', "line 1, column"),
        ('{"type": "Feature", "geometry": null}', "no geometry"),
        ('{"type": "FeatureCollection", "features": []}', "one geometry"),
        ('{"type": "Circle"}', "type is one of"),
        ("{}", "type is one of"),
        ('{"type": "Point"}', "no coordinates"),
        ('{"type": "Point", "coordinates": ["68", 41]}', "two numbers"),
        ('{"type": "Point", "coordinates": [true, 41]}', "two numbers"),
        ('{"type": "Point", "coordinates": [68]}', "two numbers"),
        ('{"type": "LineString", "coordinates": [[0, 0]]}', "at least two positions"),
        ('{"type": "Polygon", "coordinates": [[[0,0],[1,1],[1,0]]]}', "not closed"),
        ('{"type": "Polygon", "coordinates": {"a": 1}}', "nested wrongly"),
        ('{"type": "GeometryCollection", "geometries": 3}', "list called geometries"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(text: str, hint: str) -> None:
    with pytest.raises(BadGeometry, match=hint):
        read_text(text)


@given(st.text(max_size=60))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    with suppress(BadGeometry):
        read_text(text)


@given(st.text("0123456789.,;-+ NSEW°'\"()[]\nPOINT", max_size=40))
def test_no_text_of_coordinates_does_worse_than_be_refused(text: str) -> None:
    with suppress(BadGeometry):
        check(read_text(text))


@pytest.mark.parametrize(
    ("wkt", "sentence"),
    [
        ("POINT EMPTY", "The geometry is empty"),
        ("POINT (237.2 45)", "Longitude 237.2 is past 180; did you mean -122.8?"),
        ("POINT (68 95)", "Latitude 95 is past 90; are longitude and latitude swapped?"),
        ("POINT (nan 1)", "not a number"),
        ("LINESTRING (1 1, 1 1)", "too few different positions"),
        ("POLYGON ((0 0, 1 0, 0 0, 0 0))", "too few different positions"),
        (
            "POLYGON ((68 41, 69 42, 69 41, 68 42, 68 41))",
            "The ring crosses itself at 68.5000, 41.5000; redraw it so that its edges do not",
        ),
        ("POLYGON ((0 0,1 0,.5 1,1 2,0 2,.5 1,0 0))", "The ring touches itself at 0.5000, 1.0000"),
        ("POLYGON ((0 0,1 0,1 1,0 1,0 0),(5 5,6 5,6 6,5 5))", "The hole at 5.0000, 5.0000 lies"),
        ("MULTIPOLYGON (((0 0,9 0,9 9,0 9,0 0)),((1 1,2 1,2 2,1 1)))", "lies inside another one"),
    ],
)
def test_what_cannot_be_stored_gets_a_sentence(wkt: str, sentence: str) -> None:
    with pytest.raises(BadGeometry, match=re.escape(sentence)):
        check(shapely.from_wkt(wkt))


def test_no_geometry_is_refused() -> None:
    with pytest.raises(BadGeometry, match="empty"):
        check(None)


def test_collections_nested_without_end_are_refused() -> None:
    value: dict[str, object] = {"type": "Point", "coordinates": [0, 0]}
    for _ in range(900):
        value = {"type": "GeometryCollection", "geometries": [value]}
    with pytest.raises(BadGeometry, match="nested deeper"):
        read_geojson(value)


COORDINATE = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(COORDINATE, st.floats(0.001, 1), st.integers(3, 9))
def test_stored_text_is_rfc_7946(at: tuple[float, float], size: float, corners: int) -> None:
    angles = -np.arange(corners) / corners * 2 * np.pi  # clockwise: the wrong way round
    ring = np.clip(
        np.column_stack((at[0] + size * np.cos(angles), at[1] + size * np.sin(angles))),
        (-180, -90),
        (180, 90),
    )
    polygon = shapely.Polygon(ring)
    try:
        stored = check(polygon)
    except BadGeometry:
        return  # clipped to nothing at the edge of the world
    text = geojson_text(stored)
    assert not re.search(r"\.\d{8,}", text)
    assert "-0.0," not in text
    assert " " not in text
    assert shapely.is_ccw(shapely.get_exterior_ring(stored))
    assert check(read_geojson(orjson.loads(text))).equals_exact(stored, 0)
    assert text == geojson_text(check(stored))


def test_heights_are_dropped_and_rings_turned_in_collections_too() -> None:
    stored = check(
        shapely.from_wkt(
            "GEOMETRYCOLLECTION Z (POLYGON Z ((0 0 5,0 1 5,1 1 5,0 0 5)), POINT Z (1 2 3))"
        )
    )
    assert not shapely.has_z(stored)
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_geometry(stored, 0)))


def test_texts_of_many_are_the_texts_of_each() -> None:
    shapes = [shapely.Point(68.123456789, 41), None, shapely.box(0, 0, 1, 1)]
    assert geojson_texts(shapes) == [
        geojson_text(shape) if shape is not None else "null" for shape in shapes
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1,1" + " " * 20_000 + "x",
        "AAAAA" + " " * 19_000 + "x",
        "северн" * 3_000,
        "69 41, " * 2_800,
        "SRID" + " " * 20_000 + "=",
        "1" * 5_000_000,
        "GEOMETRYCOLLECTION(" * 60_000 + "POINT(69 41)" + ")" * 60_000,
        "POLYGON(" + "(" * 5_000 + ")" * 5_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_is_answered_quickly(text: str) -> None:
    started = time.perf_counter()
    with suppress(BadGeometry):
        read_text(text)
    # Each of these once took many seconds, or the process.
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "wkt",
    [
        "GEOMETRYCOLLECTION (POINT EMPTY, POINT (69 41))",
        "MULTIPOLYGON (EMPTY, ((69 41, 70 41, 70 42, 69 41)))",
        "MULTILINESTRING (EMPTY, (69 41, 70 41))",
        "GEOMETRYCOLLECTION (POLYGON EMPTY, POINT (69 41))",
    ],
)
def test_an_empty_part_is_refused(wkt: str) -> None:
    with pytest.raises(BadGeometry, match="part of the geometry is empty"):
        check(read_text(wkt))


def test_collections_are_nested_only_so_deep() -> None:
    nested: BaseGeometry = shapely.Point(69, 41)
    for _ in range(40):
        nested = shapely.GeometryCollection([nested])
    with pytest.raises(BadGeometry, match="flatten"):
        check(nested)


MIXED: list[dict[str, Any]] = [
    {"type": "Point", "coordinates": [69.123456789, 41]},
    {"type": "Point", "coordinates": [69, 91]},
    {"type": "Polygon", "coordinates": [[[69, 41], [70, 42], [70, 41], [69, 42], [69, 41]]]},
    {"type": "Polygon", "coordinates": [[[69, 41], [69, 42], [70, 42], [69, 41]]]},
    {"type": "MultiPoint", "coordinates": [[69, 41], [70, 42]]},
    {"type": "LineString", "coordinates": [[69, 41, 300], [70, 41, 310]]},
    {"type": "LineString", "coordinates": [[69, 41]]},
    {"type": "Point", "coordinates": []},
    {"type": "Point", "coordinates": ["69", 41]},
    {"type": "Circle", "coordinates": [69, 41]},
    {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [69, 41]}]},
]


def test_many_at_once_are_read_and_checked_as_one_by_one() -> None:
    read = read_geojsons(MIXED)
    shapes = [shape for shape in read if isinstance(shape, BaseGeometry)]
    assert list(map(told, check_many(shapes))) == [attempt(check, shape) for shape in shapes]
    assert list(map(told, read)) == [attempt(read_geojson, value) for value in MIXED]
    assert list(map(told, check_many([None, *shapes]))) == [
        attempt(check, shape) for shape in (None, *shapes)
    ]
    assert check_many([]) == []


def attempt(function: Callable[[Any], BaseGeometry], value: Any) -> str:
    """The geometry that a function gives, or the sentence it refuses with, as text."""
    try:
        return told(function(value))
    except BadGeometry as error:
        return told(error)


def told(result: BaseGeometry | BadGeometry) -> str:
    return result.wkt if isinstance(result, BaseGeometry) else str(result)
