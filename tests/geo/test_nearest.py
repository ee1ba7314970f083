"""Many against many, held to a brute-force search that shares no code with it."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo import nearest
from geo.ellipsoid import GEOD
from geo.nearest import Pairs, k_nearest, pairs_within
from tests.geo.brute import dense_distance
from tests.geo.shapes import CENTRES, EDGES_OF_THE_WORLD, shapes_near

RADIUS = 50_000.0
TOLERANCE = 0.01
"""Metres; the promise is one metre."""

SETS = CENTRES.flatmap(
    lambda centre: st.tuples(
        st.lists(shapes_near(centre), min_size=1, max_size=4),
        st.lists(shapes_near(centre), min_size=1, max_size=4),
    )
)
ANYWHERE = (CENTRES | EDGES_OF_THE_WORLD).flatmap(
    lambda centre: st.tuples(
        st.lists(shapes_near(centre), min_size=1, max_size=4),
        st.lists(shapes_near(centre), min_size=1, max_size=4),
    )
)
Shapes = list[BaseGeometry]


def distances(pairs: Pairs) -> dict[tuple[int, int], float]:
    keys = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return dict(zip(keys, pairs.distance_m.tolist(), strict=True))


@settings(max_examples=100)
@given(SETS)
def test_pairs_within_a_radius_are_those_of_brute_force(sets: tuple[Shapes, Shapes]) -> None:
    left, right = sets
    found = distances(pairs_within(left, right, RADIUS))
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            expected = dense_distance(a, b)
            if expected < RADIUS - TOLERANCE:
                assert found[i, j] == pytest.approx(expected, abs=TOLERANCE)
            elif expected > RADIUS + TOLERANCE:
                assert (i, j) not in found


@settings(max_examples=50)
@given(SETS, st.integers(1, 3))
def test_the_k_nearest_are_those_of_brute_force(sets: tuple[Shapes, Shapes], k: int) -> None:
    left, right = sets
    found = k_nearest(left, right, k, RADIUS)
    for i, a in enumerate(left):
        every = sorted(dense_distance(a, b) for b in right)
        expected = [metres for metres in every[:k] if metres <= RADIUS - TOLERANCE]
        got = found.distance_m[found.left == i]
        assert got[: len(expected)] == pytest.approx(expected, abs=TOLERANCE)
        assert len(got) <= k


@settings(max_examples=100)
@given(ANYWHERE)
def test_pairs_are_the_same_from_the_other_side(sets: tuple[Shapes, Shapes]) -> None:
    left, right = sets
    there = distances(pairs_within(left, right, RADIUS))
    back = distances(pairs_within(right, left, RADIUS))
    for (i, j), metres in there.items():
        if metres < RADIUS - TOLERANCE:
            assert back[j, i] == pytest.approx(metres, abs=TOLERANCE)
    assert len(there) == len(back)


@settings(max_examples=50)
@given(ANYWHERE, st.randoms(use_true_random=False))
def test_order_changes_nothing(sets: tuple[Shapes, Shapes], random: object) -> None:
    left, right = sets
    turned = distances(pairs_within(left[::-1], right[::-1], RADIUS))
    straight = distances(pairs_within(left, right, RADIUS))
    assert straight == {
        (len(left) - 1 - i, len(right) - 1 - j): metres for (i, j), metres in turned.items()
    }


@settings(max_examples=100)
@given(ANYWHERE)
def test_what_is_said_of_a_pair_agrees_with_itself(sets: tuple[Shapes, Shapes]) -> None:
    left, right = sets
    pairs = pairs_within(left, right, RADIUS)
    a, b = pairs.left_point, pairs.right_point
    assert np.isfinite(a).all()
    assert np.isfinite(b).all()
    bearing, _, metres = GEOD.inv(*a.T, *b.T)
    assert metres == pytest.approx(pairs.distance_m, abs=1e-6)
    assert ((pairs.bearing_deg >= 0) & (pairs.bearing_deg < 360)).all()
    apart = pairs.distance_m > 0.01  # nearer, at a pole, a bearing says nothing
    turned = (np.asarray(bearing) - pairs.bearing_deg + 180)[apart] % 360 - 180
    assert turned == pytest.approx(0, abs=1e-4)
    shapes = np.array(left, dtype=object)[pairs.left]
    assert (shapely.distance(shapes, shapely.points(a)) < 1e-7).all()
    order = np.lexsort((pairs.right, pairs.distance_m, pairs.left))
    assert (order == np.arange(len(pairs))).all()


@settings(max_examples=60)
@given(ANYWHERE, st.integers(1, 4))
def test_the_k_nearest_are_the_first_of_those_within(sets: tuple[Shapes, Shapes], k: int) -> None:
    left, right = sets
    within, first = pairs_within(left, right, RADIUS), k_nearest(left, right, k, RADIUS)
    for i in range(len(left)):
        expected = within.distance_m[within.left == i][:k]
        assert first.distance_m[first.left == i] == pytest.approx(expected, abs=TOLERANCE)


def test_points_among_points_are_exact_and_complete() -> None:
    rng = np.random.default_rng(7)
    a, b = rng.uniform((66, 39), (70, 43), (300, 2)), rng.uniform((66, 39), (70, 43), (400, 2))
    b[:20] = a[:20]
    metres = np.array(
        [GEOD.inv(np.full(400, x), np.full(400, y), b[:, 0], b[:, 1])[2] for x, y in a]
    )
    left, right = [*map(shapely.Point, a)], [*map(shapely.Point, b)]
    pairs = pairs_within(left, right, RADIUS)
    assert len(pairs) == (metres <= RADIUS).sum()
    assert pairs.distance_m == pytest.approx(metres[pairs.left, pairs.right], abs=1e-6)
    first = k_nearest(left, right, 5, RADIUS)
    assert first.distance_m.reshape(-1, 5) == pytest.approx(
        np.sort(metres, axis=1)[:, :5], abs=1e-6
    )


def test_a_radius_may_be_a_whole_number() -> None:
    rng = np.random.default_rng(11)
    places = rng.uniform((67.5, 40.5), (68.5, 41.5), (200, 2))
    shapes = [shapely.Point(place).buffer(0.01, quad_segs=2) for place in places]
    whole, real = k_nearest(shapes, shapes, 5, 50_000), k_nearest(shapes, shapes, 5, 50_000.0)
    assert len(whole) == len(real) == 1_000
    assert len(pairs_within(shapes, shapes, 50_000)) == len(pairs_within(shapes, shapes, 50_000.0))


def test_the_k_nearest_of_many_are_the_first_of_those_within() -> None:
    rng = np.random.default_rng(12)
    left = _mixed(rng, 3_000)
    right = _mixed(rng, 2_000)
    within, first = pairs_within(left, right, 90_000), k_nearest(left, right, 4, 90_000)
    at = np.arange(len(within)) - np.searchsorted(within.left, within.left)
    within = within.take(at < 4)
    assert (within.left == first.left).all()
    assert first.distance_m == pytest.approx(within.distance_m, abs=TOLERANCE)


def _mixed(rng: np.random.Generator, count: int) -> Shapes:
    """Return points, discs and lines strewn over a few thousand kilometres."""
    places = rng.uniform((50, 36), (85, 55), (count, 2))
    kinds = rng.choice(3, count, p=(0.7, 0.2, 0.1))
    return [
        (
            shapely.Point(place),
            shapely.Point(place).buffer(0.05, quad_segs=3),
            shapely.LineString(place + np.cumsum(rng.normal(0, 0.05, (6, 2)), axis=0)),
        )[kind]
        for place, kind in zip(places, kinds, strict=True)
    ]


def test_equally_far_neighbours_are_told_apart_by_index() -> None:
    around = [shapely.Point(68, 41)] * 9
    found = k_nearest([shapely.Point(68.1, 41)], around, 3, RADIUS)
    assert found.right.tolist() == [0, 1, 2]
    assert len(np.unique(found.distance_m)) == 1


def test_a_point_in_a_hole_is_outside() -> None:
    holed = shapely.Polygon(
        shapely.box(68, 41, 69, 42).exterior.coords,
        [shapely.box(68.3, 41.3, 68.7, 41.7).exterior.coords],
    )
    found = pairs_within([shapely.Point(68.5, 41.5), shapely.Point(68.1, 41.1)], [holed], RADIUS)
    assert found.distance_m.tolist()[1] == 0
    assert found.distance_m[0] == pytest.approx(dense_distance(shapely.Point(68.5, 41.5), holed))


def test_neighbours_are_found_across_the_antimeridian_and_the_poles() -> None:
    left = [shapely.Point(179.99, 41), shapely.Point(-180, 5), shapely.Point(0, 90)]
    right = [shapely.Point(-179.99, 41), shapely.box(179.5, 4, 180, 6), shapely.Point(123, 89.9)]
    found = distances(pairs_within(left, right, RADIUS))
    assert found[0, 0] == pytest.approx(GEOD.inv(179.99, 41, -179.99, 41)[2])
    assert found[1, 1] == pytest.approx(0, abs=1e-6)
    assert found[2, 2] == pytest.approx(GEOD.inv(0, 90, 123, 89.9)[2])
    assert len(found) == 3


@pytest.mark.filterwarnings("error")
def test_degenerate_geometries_have_no_neighbours_or_are_points() -> None:
    spot = shapely.Point(68, 41)
    strange = [
        None,
        shapely.Point(),
        shapely.Polygon(),
        shapely.GeometryCollection(),
        shapely.MultiPolygon(),
        shapely.Point(np.nan, np.nan),
        shapely.LineString([(68, 41.1), (68, 41.1)]),
        shapely.GeometryCollection([shapely.Point(), shapely.Point(68, 41.1)]),
        shapely.Polygon([(68, 41.1), (68, 41.1), (68, 41.1), (68, 41.1)]),
    ]
    expected = GEOD.inv(68, 41, 68, 41.1)[2]
    for pairs in (
        pairs_within([spot], strange, RADIUS),
        pairs_within(strange, [spot], RADIUS),
        k_nearest([spot], strange, 9, RADIUS),
        k_nearest(strange, [spot], 9, RADIUS),
    ):
        assert pairs.distance_m == pytest.approx([expected] * 3)
    assert len(pairs_within(strange, strange, RADIUS)) == 9
    assert len(pairs_within([], [spot], RADIUS)) == len(pairs_within([spot], [], RADIUS)) == 0
    assert len(k_nearest([], [spot], 3, RADIUS)) == len(k_nearest([spot], [], 3, RADIUS)) == 0
    assert len(k_nearest([spot], [spot], 0, RADIUS)) == 0


def test_a_long_line_and_a_country_sized_polygon_are_exact() -> None:
    line = shapely.LineString([(55, 40), (80, 50)])
    country = shapely.box(60, 41, 75, 48)
    rng = np.random.default_rng(3)
    spots = [shapely.Point(spot) for spot in rng.uniform((54, 38), (82, 52), (60, 2))]
    for shape in (line, country):
        found = distances(pairs_within([shape], spots, RADIUS))
        for j, spot in enumerate(spots):
            expected = dense_distance(shape, spot)
            if expected <= RADIUS - TOLERANCE:
                assert found[0, j] == pytest.approx(expected, abs=TOLERANCE)
            else:
                assert (0, j) not in found


def test_points_searched_part_by_part_are_found_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    left, right = ([shapely.Point(at) for at in rng.uniform(60, 65, (n, 2))] for n in (500, 300))
    whole = k_nearest(left, right, 4, 100_000)
    monkeypatch.setattr(nearest, "SEARCHED", 7)
    parts = k_nearest(left, right, 4, 100_000)
    assert len(whole) > 1_000
    for name in Pairs.__slots__:
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
