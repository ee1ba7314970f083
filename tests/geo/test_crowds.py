"""A crowd is never counted as fewer than there are, and none is parted that is no crowd."""

import numpy as np
import pytest
import shapely
from numpy.random import default_rng

from geo.crowds import portions
from geo.elements import Objects, as_array
from geo.nearest import pairs_within


def scattered(count: int, spread: float, seed: int) -> Objects:
    """Points and short lines around Tashkent."""
    dice = default_rng(seed)
    starts = np.array([69.2, 41.3]) + dice.uniform(-spread, spread, (count, 2))
    ends = starts + dice.uniform(-0.05, 0.05, (count, 2))
    return as_array(
        [
            shapely.Point(start) if dice.random() < 0.5 else shapely.LineString([start, end])
            for start, end in zip(starts, ends, strict=True)
        ]
    )


@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0, 5.0])
def test_no_portion_makes_more_pairs_than_it_may(spread: float) -> None:
    left, right = scattered(120, spread, 1), scattered(200, spread, 2)
    parts = list(portions(left, right, 20_000, 1_000))
    assert np.concatenate(parts).tolist() == list(range(120))
    for part in parts:
        assert len(pairs_within(left[part], right, 20_000)) <= 1_000 or len(part) == 1


def test_few_that_lie_apart_are_one_portion() -> None:
    apart = as_array([shapely.Point(50 + at / 20, 40) for at in range(500)])
    assert len(list(portions(apart, apart, 5_000, 5_000))) == 1
    assert list(portions(apart[:0], apart, 5_000, 10)) == []
    assert len(list(portions(apart, apart[:0], 5_000, 10))) == 1
