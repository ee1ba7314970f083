"""Coordinates in other reference systems."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import CRS84, CRSS, Crs, from_lonlat, lonlat_box, read_crs, to_lonlat
from geo.errors import BadBBox, BadCrs

TASHKENT = shapely.Point(69.24, 41.30)


@pytest.mark.parametrize("crs", CRSS, ids=lambda crs: crs.title)
@given(lon=st.floats(46, 88), lat=st.floats(35, 56))
def test_there_and_back_is_the_same_place(crs: Crs, lon: float, lat: float) -> None:
    there = from_lonlat([shapely.Point(lon, lat)], crs)[0]
    assert shapely.distance(to_lonlat(there, crs), shapely.Point(lon, lat)) < 2e-7


def test_each_system_counts_its_axes_in_the_order_of_its_authority() -> None:
    places = {
        "OGC:CRS84": (69.24, 41.30),
        "EPSG:4326": (41.30, 69.24),
        # By the formulas of the projections, worked out apart from PROJ.
        "EPSG:3857": (
            6378137 * math.radians(69.24),
            6378137 * math.log(math.tan(math.pi / 4 + math.radians(41.30) / 2)),
        ),
    }
    for name, expected in places.items():
        point = from_lonlat([TASHKENT], read_crs(name))[0]
        assert (point.x, point.y) == pytest.approx(expected, abs=0.001), name


def test_on_its_middle_meridian_a_utm_zone_has_500_km_east() -> None:
    for zone, crs in zip(range(38, 46), CRSS[3:], strict=True):
        point = from_lonlat([shapely.Point(zone * 6 - 183, 41.30)], crs)[0]
        assert point.x == 500_000
        assert point.y == pytest.approx(4_572_000, rel=0.001)


def test_a_system_has_many_names() -> None:
    names = ("EPSG:32642", "[EPSG:32642]", "urn:ogc:def:crs:EPSG::32642", CRSS[7].uri)
    assert {read_crs(name).epsg for name in names} == {32642}
    assert read_crs("<" + CRS84.uri + ">") is CRS84


@pytest.mark.parametrize(
    "text", ["", "EPSG:2154", "4326", "http://evil.example/crs", "x" * 100_000]
)
def test_an_unknown_system_is_told_with_those_there_are(text: str) -> None:
    with pytest.raises(BadCrs, match="EPSG:32645") as told:
        read_crs(text)
    assert len(str(told.value)) < 400


def test_what_a_system_does_not_reach_is_told() -> None:
    with pytest.raises(BadCrs, match="UTM zone 42N"):
        from_lonlat([shapely.Point(159, 0)], read_crs("EPSG:32642"))


def test_a_box_with_latitude_first_is_the_same_box() -> None:
    assert lonlat_box((41, 69, 42, 70), read_crs("EPSG:4326")).numbers == (69, 41, 70, 42)


def test_a_box_in_metres_keeps_its_outline() -> None:
    utm = read_crs("EPSG:32642")
    box = lonlat_box((200_000, 4_400_000, 800_000, 4_900_000), utm)
    assert box.outline is not None
    back = from_lonlat([box.outline], utm)[0]
    assert back.symmetric_difference(
        shapely.box(200_000, 4_400_000, 800_000, 4_900_000)
    ).area == pytest.approx(0, abs=1e6)
    assert box.outline.area < 0.99 * shapely.box(*box.numbers).area


@pytest.mark.parametrize("far", [(5e5, 4.6e6), (5e5, 4.7e6), (5e5 + 1e-9, 4.6e6 + 1e-300)])
def test_a_box_may_have_no_width(far: tuple[float, float]) -> None:
    outline = lonlat_box((5e5, 4.6e6, *far), read_crs("EPSG:32642")).outline
    assert outline is not None
    assert outline.is_valid
    assert outline.distance(shapely.Point(69, 41.5508)) < 0.001


@pytest.mark.parametrize(
    "numbers",
    [
        (800_000, 4_400_000, 200_000, 4_900_000),
        (math.nan, 0, 1, 1),
        (0, 0, math.inf, 1),
        (-1e12, -1e12, 1e12, 1e12),
        (0, 0, 1e308, 1),
        (-12e6, -12e6, 12e6, 12e6),
    ],
)
def test_a_box_that_is_none_is_refused(numbers: tuple[float, ...]) -> None:
    with pytest.raises(BadBBox, match="bbox"):
        lonlat_box(numbers, read_crs("EPSG:32642"))
