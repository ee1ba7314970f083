"""Lengths and areas against pyproj on densified geometries; distance of two."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.ellipsoid import GEOD
from geo.errors import BadGeometry
from geo.measure import area_km2, areas_km2, length_km, lengths_km, nearest

LON, LAT = st.floats(-170, 170), st.floats(-80, 80)


@given(LON, LAT, LON, LAT)
def test_length_is_that_of_the_line_straight_in_degrees(
    a: float, b: float, c: float, d: float
) -> None:
    line = shapely.LineString([(a, b), (a + (c - a) / 20 + 1e-7, b + (d - b) / 20)])
    expected = GEOD.geometry_length(shapely.segmentize(line, 0.02)) / 1000
    assert length_km(line) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.floats(-170, 160), st.floats(-80, 75), st.floats(0.01, 5), st.floats(0.01, 5))
def test_area_is_that_of_edges_straight_in_degrees(
    lon: float, lat: float, width: float, height: float
) -> None:
    corners = [(lon, lat), (lon + width, lat + height / 3), (lon + width / 2, lat + height)]
    shape = shapely.Polygon(corners)
    dense = shapely.segmentize(shape, max(width, height) / 400)
    expected = abs(GEOD.geometry_area_perimeter(dense)[0]) / 1e6
    assert area_km2(shape) == pytest.approx(expected, rel=1e-4)


def test_the_whole_earth_has_its_known_area() -> None:
    assert area_km2(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_621.7, rel=1e-6)


def test_holes_are_left_out_whichever_way_they_turn() -> None:
    outer, inner = shapely.box(0, 0, 2, 2), shapely.box(0.5, 0.5, 1, 1)
    for hole in (inner.exterior.coords, inner.exterior.coords[::-1]):
        shape = shapely.Polygon(outer.exterior.coords, [hole])
        assert area_km2(shape) == pytest.approx(area_km2(outer) - area_km2(inner))


def test_collections_are_summed_and_the_wrong_dimension_is_nothing() -> None:
    line, area, point = (
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.box(0, 0, 1, 1),
        shapely.Point(0, 0),
    )
    both = shapely.GeometryCollection([line, shapely.MultiPolygon([area]), point])
    shapes = [line, area, point, both, None, shapely.Point()]
    assert lengths_km(shapes) == pytest.approx([length_km(line), 0, 0, length_km(line), 0, 0])
    assert areas_km2(shapes) == pytest.approx([0, area_km2(area), 0, area_km2(area), 0, 0])
    assert length_km(both) == length_km(line)


def test_the_foot_on_a_parallel_is_due_north() -> None:
    found = nearest(shapely.Point(68, 41), shapely.LineString([(67, 41.3), (70, 41.3)]))
    assert found.on_b == pytest.approx((68, 41.3), abs=1e-6)
    assert found.distance_m == pytest.approx(GEOD.inv(68, 41, 68, 41.3)[2])
    assert found.bearing_deg % 360 == pytest.approx(0, abs=1e-3)


def test_what_touches_is_zero_metres_apart() -> None:
    found = nearest(shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2))
    assert (found.distance_m, found.on_a, found.bearing_deg) == (0, (1, 1), 0)
    assert found.on_a == found.on_b


def test_far_points_are_measured_too() -> None:
    found = nearest(shapely.Point(69.24, 41.31), shapely.Point(-69.24, -41.31))
    assert found.distance_m == pytest.approx(GEOD.inv(69.24, 41.31, -69.24, -41.31)[2])


def test_nothing_has_no_distance() -> None:
    with pytest.raises(BadGeometry):
        nearest(shapely.Point(0, 0), shapely.Polygon())
