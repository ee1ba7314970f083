"""Distances by brute force: dense positions along both, pairs of them by Geod, then a zoom."""

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.ellipsoid import GEOD

Positions = NDArray[np.float64]

STRETCH = 0.005
"""Degrees; half a kilometre or less."""

METRES_PER_DEGREE = 112_000
"""Rather more than there are anywhere."""


def dense_distance(a: BaseGeometry, b: BaseGeometry) -> float:
    """Return the least geodesic distance in metres; 0 where they share a point in lon/lat.

    Edges are straight in lon/lat. Of both, stretches of STRETCH are compared by their middles; each
    two that may hold the nearest points are searched by a grid that closes in.
    """
    if shapely.intersects(a, b):
        return 0.0
    start_a, step_a = _stretches(a)
    start_b, step_b = _stretches(b)
    middle_a, middle_b = start_a + step_a / 2, start_b + step_b / 2
    length_a, length_b = _metres(start_a, start_a + step_a), _metres(start_b, start_b + step_b)
    metres = _metres(middle_a[:, None], middle_b[None])
    slack = 0.51 * (length_a[:, None] + length_b)  # half of each, and a little for its bend
    i, j = np.nonzero(metres - slack <= metres.min())
    sa, da, sb, db = start_a[i], step_a[i], start_b[j], step_b[j]
    still = np.zeros_like(da)
    # Along a narrow valley a grid may miss the least; so each end is tried against the other too.
    return _closed_in(
        np.concatenate((sa, sa, sa + da, sa, sa)),
        np.concatenate((da, still, still, da, da)),
        np.concatenate((sb, sb, sb, sb, sb + db)),
        np.concatenate((db, db, db, still, still)),
    )


def _closed_in(
    start_a: Positions, step_a: Positions, start_b: Positions, step_b: Positions
) -> float:
    """Return the least distance of any two stretches, by a grid on each two that closes in."""
    s, t = np.full(len(start_a), 0.5), np.full(len(start_a), 0.5)
    reach = METRES_PER_DEGREE * (np.hypot(*step_a.T) + np.hypot(*step_b.T))
    grid, half = np.linspace(-1, 1, 7), 0.5
    for _ in range(14):
        at_s = np.clip(s[:, None] + half * grid, 0, 1)
        at_t = np.clip(t[:, None] + half * grid, 0, 1)
        on_a = start_a[:, None] + at_s[..., None] * step_a[:, None]
        on_b = start_b[:, None] + at_t[..., None] * step_b[:, None]
        metres = _metres(on_a[:, :, None], on_b[:, None, :]).reshape(len(s), -1)
        best, rows = metres.argmin(axis=1), np.arange(len(s))
        s, t, least = at_s[rows, best // 7], at_t[rows, best % 7], metres[rows, best]
        worth = np.flatnonzero(least - half * reach <= least.min())
        start_a, step_a, start_b, step_b, s, t, reach = (
            values[worth] for values in (start_a, step_a, start_b, step_b, s, t, reach)
        )
        half /= 2
    return float(metres.min())


def _stretches(geometry: BaseGeometry) -> tuple[Positions, Positions]:
    """Return start and step of stretches along all edges; a point has a step of zero."""
    starts, steps = [], []
    for line in _lines(geometry):
        xy = np.array(line.coords)[:, :2]
        if len(xy) == 1:
            starts.append(xy)
            steps.append(np.zeros((1, 2)))
        for start, end in pairwise(xy):
            count = max(1, int(np.ceil(np.hypot(*(end - start)) / STRETCH)))
            starts.append(start + np.arange(count)[:, None] / count * (end - start))
            steps.append(np.repeat((end - start)[None] / count, count, axis=0))
    return np.concatenate(starts), np.concatenate(steps)


def _lines(geometry: BaseGeometry) -> list[BaseGeometry]:
    if hasattr(geometry, "geoms"):
        return [line for part in geometry.geoms for line in _lines(part)]
    if geometry.is_empty:
        return []
    if isinstance(geometry, shapely.Polygon):
        return [geometry.exterior, *geometry.interiors]
    return [geometry]


def _metres(a: Positions, b: Positions) -> NDArray[np.float64]:
    a, b = np.broadcast_arrays(a, b)
    return np.asarray(GEOD.inv(a[..., 0], a[..., 1], b[..., 0], b[..., 1])[2])
