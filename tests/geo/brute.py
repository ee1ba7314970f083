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
    metres = _metres(middle_a[:, None], middle_b[None])
    i, j = np.nonzero(metres <= metres.min() + 2 * STRETCH * 112_000)
    kept = np.argsort(metres[i, j])[:2_000]
    i, j = i[kept], j[kept]
    s, t = np.full(len(i), 0.5), np.full(len(i), 0.5)
    grid = np.linspace(-1, 1, 7)
    half = 0.5
    for _ in range(14):
        at_s = np.clip(s[:, None] + half * grid, 0, 1)
        at_t = np.clip(t[:, None] + half * grid, 0, 1)
        on_a = start_a[i][:, None] + at_s[..., None] * step_a[i][:, None]
        on_b = start_b[j][:, None] + at_t[..., None] * step_b[j][:, None]
        metres = _metres(on_a[:, :, None], on_b[:, None, :]).reshape(len(i), -1)
        best = metres.argmin(axis=1)
        rows = np.arange(len(i))
        s, t = at_s[rows, best // 7], at_t[rows, best % 7]
        least = metres[rows, best]
        worth = least <= least.min() + 2 * half * STRETCH * 112_000
        i, j, s, t, half = i[worth], j[worth], s[worth], t[worth], half / 2
    return float(least.min())


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
