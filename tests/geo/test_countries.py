"""Which country and province a geometry lies in, on the real outlines."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point, box
from shapely.geometry.base import BaseGeometry

from geo.countries import (
    ADMIN1,
    COUNTRIES,
    WATERS,
    Admin1,
    Country,
    admin1_name,
    locate,
    locate_many,
    outside_sentence,
    waters_text,
)
from geo.layers import DATA
from geo.measure import area_km2, length_km, nearest


def test_many_at_once_lie_where_each_lies_alone() -> None:
    shapes = [
        Point(69.24, 41.31),
        LineString([(69.24, 41.31), (76.95, 43.25)]),
        box(68, 40, 71, 42),
        Point(51.0, 43.5),  # at sea
        Point(0, 0),
        MultiPoint([(69.24, 41.31), (69.25, 41.31), (0, 0)]),
        COUNTRIES[0].outline.boundary.interpolate(3),
        Point(),
    ]
    assert locate_many(shapes) == [locate(shape) for shape in shapes]


def test_the_five_countries_and_their_provinces_are_there() -> None:
    assert {country.code for country in COUNTRIES} == {"KZ", "KG", "TJ", "TM", "UZ"}
    assert {unit.country for unit in ADMIN1} == {country.code for country in COUNTRIES}
    assert len({unit.key for unit in ADMIN1}) == len(ADMIN1)
    rows: tuple[Country | Admin1, ...] = (*COUNTRIES, *ADMIN1)
    for row in rows:
        assert row.name
        assert row.outline.is_valid


def test_the_stored_waters_are_those_computed_from_the_outlines() -> None:
    fresh = shapely.from_geojson(waters_text())
    stored = shapely.from_geojson((DATA / WATERS).read_bytes())
    assert shapely.hausdorff_distance(fresh, stored) < 1e-6


def test_a_code_is_used_where_the_outline_is_todays_unit_and_else_its_own_key() -> None:
    for unit in ADMIN1:
        assert unit.id == (unit.code or unit.key)
        assert admin1_name(unit.id) == admin1_name(unit.key) == unit.name
    assert admin1_name("nowhere") == "nowhere"


@pytest.mark.parametrize("country", COUNTRIES, ids=lambda country: country.code)
def test_a_capital_lies_in_its_country(country: Country) -> None:
    place = locate(Point(country.capital_lon, country.capital_lat))
    assert dict(place.shares) == {country.code: 1.0}
    assert place.touches
    assert not place.offshore
    assert place.outside_share == place.outside_km == 0
    assert len(place.admin1) == 1


@pytest.mark.parametrize(
    ("lon", "lat", "country", "admin1"),
    [
        (76.9, 43.25, "KZ", "KZ-75"),  # Almaty
        (61.0, 56.0, "KZ", None),  # north of Kazakhstan, in Russia
        (72.78, 40.53, "KG", "kgz-osh"),
        (68.78, 38.56, "TJ", "TJ-DU"),
        (63.58, 39.09, "TM", "TM-L"),  # Turkmenabat
        (59.6, 42.46, "UZ", "UZ-QR"),  # Nukus
    ],
)
def test_known_places_lie_where_they_lie(
    lon: float, lat: float, country: str, admin1: str | None
) -> None:
    place = locate(Point(lon, lat))
    assert place.nearest_country == country
    assert place.admin1 == ((admin1,) if admin1 else ())
    assert place.touches == (admin1 is not None)


@pytest.mark.parametrize(
    ("name", "lon", "lat", "country"),
    [
        ("Kashagan", 51.4, 46.1, "KZ"),
        ("Kalamkas-More", 50.6, 45.4, "KZ"),
        ("Cheleken shelf", 52.6, 39.6, "TM"),
        ("Azeri-Chirag-Gunashli", 51.3, 40.1, "TM"),
        ("Baku Archipelago", 49.6, 39.7, None),
    ],
)
def test_the_caspian_near_a_coast_counts_to_the_country(
    name: str, lon: float, lat: float, country: str | None
) -> None:
    place = locate(Point(lon, lat))
    assert place.offshore == (country is not None)
    assert dict(place.shares) == ({country: 1.0} if country else {})
    assert place.admin1 == ()
    if country is None:
        assert place.outside_km > 150


@settings(max_examples=60)
@given(st.floats(47, 54.5), st.floats(37, 47))
def test_waters_end_150_km_from_the_coast(lon: float, lat: float) -> None:
    place = locate(Point(lon, lat))
    km = min(nearest(Point(lon, lat), row.outline).distance_m / 1000 for row in COUNTRIES)
    if place.offshore:
        assert km < 150.5
    elif not place.touches:
        assert place.outside_km == pytest.approx(km)


def test_a_line_is_shared_by_length() -> None:
    line = LineString([(60, 42), (70, 50)])
    place = locate(line)
    inside = {
        row.code: length_km(shapely.intersection(line, row.outline)) / length_km(line)
        for row in COUNTRIES
    }
    for code, share in place.shares.items():
        assert share == pytest.approx(inside[code], abs=1e-3)
    assert sum(place.shares.values()) == pytest.approx(1)
    assert list(place.shares) == sorted(place.shares, key=lambda code: -place.shares[code])


def test_a_polygon_is_shared_by_area_and_what_lies_beyond_is_told() -> None:
    shape = box(78, 42, 84, 46)  # Kazakhstan, Kyrgyzstan and China
    place = locate(shape)
    areas = {row.code: area_km2(shapely.intersection(shape, row.outline)) for row in COUNTRIES}
    total = sum(areas.values())
    assert place.outside_share == pytest.approx(1 - total / area_km2(shape), abs=1e-6)
    for code, share in place.shares.items():
        assert share == pytest.approx(areas[code] / total, abs=2e-3)
    assert set(place.shares) == {"KZ", "KG"}


def test_points_are_shared_by_count() -> None:
    place = locate(MultiPoint([(69.24, 41.31), (64.4, 39.8), (71.43, 51.13), (20, 20)]))
    assert dict(place.shares) == pytest.approx({"UZ": 2 / 3, "KZ": 1 / 3})
    assert place.outside_share == pytest.approx(0.25)


@settings(max_examples=80)
@given(st.floats(45, 88), st.floats(34, 57), st.floats(0.01, 3), st.sampled_from(["box", "line"]))
def test_shares_sum_to_one(lon: float, lat: float, size: float, kind: str) -> None:
    shape = (
        box(lon, lat, lon + size, lat + size)
        if kind == "box"
        else LineString([(lon, lat), (lon + size, lat + size)])
    )
    place = locate(shape)
    assert 0 <= place.outside_share <= 1
    assert place.touches == bool(place.shares)
    if place.touches:
        assert sum(place.shares.values()) == pytest.approx(1)
        assert min(place.shares.values()) > 0
    else:
        assert place.outside_share == 1
        assert place.outside_km > 1


def test_a_ring_that_crosses_itself_is_located_too() -> None:
    assert locate(shapely.Polygon([(60, 42), (70, 50), (70, 42), (60, 50)])).touches


def test_what_touches_only_the_border_still_touches() -> None:
    x, y = COUNTRIES[0].outline.geoms[0].exterior.coords[0]  # type: ignore[attr-defined]
    assert locate(Point(x, y)).touches


def test_a_stones_throw_outside_the_drawn_border_counts_as_inside() -> None:
    border = shapely.get_coordinates(COUNTRIES[1].outline)[0]
    place = locate(Point(border + 0.004))
    assert place.touches


def test_many_are_located_like_each() -> None:
    rng = np.random.default_rng(5)
    shapes: list[BaseGeometry | None] = [
        Point(spot) for spot in rng.uniform((46, 35), (88, 56), (60, 2))
    ]
    shapes += [LineString([(60, 42), (70, 50)]), box(78, 42, 84, 46), None, Point()]
    assert locate_many(shapes)[:-2] == [locate(shape) for shape in shapes[:-2] if shape is not None]
    assert not locate_many(shapes)[-1].touches
    assert locate_many([]) == []


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        (Point(41.31, 69.24), "look swapped: the other way round this place lies in Uzbekistan"),
        (Point(139.7, 35.7), r"lies 4,4\d\d km outside Kazakhstan"),
        (Point(80.4, 44.2), r"lies 3\.\d km outside Kazakhstan"),
        (box(0, 0, 1, 1), "km outside Turkmenistan"),
    ],
)
def test_a_place_outside_is_told_how_far_and_from_which(shape: BaseGeometry, hint: str) -> None:
    place = locate(shape)
    assert not place.touches
    with pytest.raises(AssertionError, match=hint):
        raise AssertionError(outside_sentence(shape, place))
