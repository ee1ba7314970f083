"""How many geometries may lie within reach of each of others: counted by cells, never too few."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.elements import Indices, Objects

_KM_OF_DEGREE = 110.5  # of latitude, where it is shortest
_FARTHEST_LATITUDE = 85.0


def portions(left: Objects, right: Objects, radius_m: float, most: int) -> Iterator[Indices]:
    """Yield the indices of `left` in portions that make about so many pairs with `right` at most.

    A portion has one at least; where few lie near each other there is a single one.
    """
    crowd = np.cumsum(_counted(left, right, radius_m))
    start = 0
    while start < len(left):
        before = crowd[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(crowd, before + most, side="right")))
        yield np.arange(start, end)
        start = end


def _counted(left: Objects, right: Objects, radius_m: float) -> NDArray[np.int64]:
    """Return how many of `right` lie in the cells around each of `left`."""
    boxes, others = shapely.bounds(left), shapely.bounds(right)
    every = np.concatenate((boxes, others))
    latitude = min(float(np.abs(every[:, 1::2]).max(initial=0)), _FARTHEST_LATITUDE)
    reach = radius_m / 1000 / _KM_OF_DEGREE
    extent = (every[:, 2:] - every[:, :2]).max(axis=0, initial=0)
    step = extent + reach / np.array([np.cos(np.radians(latitude)), 1.0])
    cells = [
        np.floor((each[:, :2] + each[:, 2:]) / 2 / step).astype(np.int64)
        for each in (boxes, others)
    ]
    mine, theirs = (each[:, 0] * 1_000_003 + each[:, 1] for each in cells)
    known, counts = np.unique(theirs, return_counts=True)
    near = np.zeros(len(left), dtype=np.int64)
    for east, north in product((-1, 0, 1), repeat=2):
        wanted = mine + east * 1_000_003 + north
        at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
        near += np.where(known[at] == wanted, counts[at], 0) if len(known) else 0
    return near
