"""Vector tiles are what another program reads in them."""

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.mvt import Layer, encode, on_whole_steps

AREA = shapely.box(0, 0, 100, 100).difference(shapely.box(20, 20, 40, 40))


def decoded(body: bytes) -> dict[str, Any]:
    layers: dict[str, Any] = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return layers


def shapes(body: bytes, name: str = "x") -> list[BaseGeometry]:
    return [shape(feature["geometry"]) for feature in decoded(body)[name]["features"]]


@pytest.mark.parametrize(
    "wkt",
    [
        "POINT (5 -6)",
        "MULTIPOINT (1 2, 3 4, 3 4, 4096 0)",
        "LINESTRING (0 0, 100 50, 100 50, -64 4160)",
        "MULTILINESTRING ((0 0, 1 1), (5 5, 6 7, 8 9))",
        "POLYGON ((0 0, 10 0, 10 10, 0 0))",
        AREA.wkt,
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 0)), ((20 20, 30 20, 30 30, 20 20)))",
    ],
)
def test_each_type_is_read_as_it_was(wkt: str) -> None:
    geometry = shapely.from_wkt(wkt)
    [found] = shapes(encode([Layer("x", [shapely.orient_polygons(geometry)], [{}])]))
    assert shapely.equals(found, geometry)


def test_a_mixed_collection_is_a_feature_of_each_type() -> None:
    mixed = shapely.from_wkt(
        "GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (0 0, 5 5), POINT (3 4)))"
    )
    layer = decoded(encode([Layer("x", [mixed], [{"name": "both"}])]))["x"]
    kinds = [feature["geometry"]["type"] for feature in layer["features"]]
    assert kinds == ["MultiPoint", "LineString"]
    assert {feature["properties"]["name"] for feature in layer["features"]} == {"both"}


def test_properties_keep_their_types_and_what_is_unknown_is_left_out() -> None:
    said = {
        "text": "Зарафшон 電力",
        "whole": -7,
        "large": 2**40,
        "part": 0.1,
        "yes": True,
        "no": None,
    }
    again = said | {"whole": 1, "yes": 1, "part": 1.0}
    layer = decoded(encode([Layer("x", [shapely.Point(0, 0)] * 2, [said, again])]))["x"]
    first, second = (feature["properties"] for feature in layer["features"])
    assert first == {name: value for name, value in said.items() if value is not None}
    assert [type(second[name]) for name in ("whole", "yes", "part")] == [int, int, float]
    assert (layer["version"], layer["extent"]) == (2, 4096)


def test_empty_layers_and_tiles_have_no_bytes() -> None:
    assert encode([Layer("x", [], [])]) == b""
    one = Layer("one", [shapely.Point(1, 1)], [{}])
    assert list(decoded(encode([Layer("none", [], []), one]))) == ["one"]


def test_what_lies_outside_is_cut_and_what_is_tiny_is_a_point() -> None:
    given = [
        shapely.Point(5000, 5),
        shapely.box(-1000, -1000, 5000, 10),
        shapely.box(7.1, 7.1, 7.2, 7.2),
        shapely.LineString([(9.1, 9.1), (9.2, 9.2)]),
        shapely.Point(1.6, 2.4),
    ]
    found = on_whole_steps(given)
    assert found[0] is None
    assert found[1].bounds == (-64, -64, 4160, 10)
    assert [each.wkt for each in found[2:]] == ["POINT (7 7)", "POINT (9 9)", "POINT (2 2)"]


@given(
    st.lists(
        st.tuples(st.integers(-500, 5000), st.integers(-500, 5000), st.floats(0.05, 900)),
        min_size=1,
        max_size=8,
    )
)
def test_whole_steps_are_whole_valid_and_read_back(circles: list[tuple[int, int, float]]) -> None:
    areas = [shapely.Point(x, y).buffer(size, quad_segs=3) for x, y, size in circles]
    found = [
        each for each in on_whole_steps([*areas, shapely.union_all(areas)]) if each is not None
    ]
    read = shapes(encode([Layer("x", found, [{}] * len(found))])) if found else []
    assert len(read) == len(found)
    for was, now in zip(found, read, strict=True):
        assert was.is_valid
        assert shapely.equals(was, now)
        places = shapely.get_coordinates(now)
        assert np.array_equal(places, np.round(places))
