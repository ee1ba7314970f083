"""Intricate geometries take another way to the same pairs, in memory that their number bounds."""

import tracemalloc

import numpy as np
import pytest
import shapely

from geo import intricate
from geo.nearest import Pairs, pairs_within


def _zigzag(west: float, south: float, corners: int) -> shapely.LineString:
    east = np.linspace(west, west + 0.1, corners)
    return shapely.LineString(np.c_[east, south + 0.05 * (np.arange(corners) % 2)])


@pytest.mark.parametrize("radius_m", [20_000.0, 90_000.0, np.inf])
def test_intricate_geometries_are_paired_like_others(
    radius_m: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    spots = [shapely.Point(at) for at in rng.uniform((66, 39), (70, 43), (60, 2))]
    lines = [_zigzag(west, south, 300) for west, south in rng.uniform((67, 40), (69, 42), (12, 2))]
    left, right = [*spots[:30], *lines[:6]], [*lines[4:], *spots[20:], shapely.Point()]
    monkeypatch.setattr(intricate, "INTRICATE", 1_000_000)
    plain = pairs_within(left, right, radius_m)
    monkeypatch.setattr(intricate, "INTRICATE", 5)
    found = pairs_within(left, right, radius_m)
    assert len(plain) > 30
    for name in Pairs.__slots__:
        np.testing.assert_allclose(getattr(found, name), getattr(plain, name), atol=1e-6)


def test_lines_over_each_other_take_little_memory() -> None:
    lines = [_zigzag(69, 41, 1_200)] * 40
    tracemalloc.start()
    try:
        found = pairs_within(lines, lines, 20_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == 1_600
    assert peak < 100e6
