"""Many geometries against many: all pairs within a distance, the k nearest of each.

Any mix of points, lines, polygons and collections. Distances are geodesics on WGS 84 between the
nearest points; edges are straight in longitude and latitude; touching or overlapping is 0.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.closest import SLACK_M, RunPairs, closest, run_pairs
from geo.elements import Geometries, Indices, Objects, as_array
from geo.ellipsoid import A, Floats, inverse
from geo.pieces import Pieces, cut

_RADII = np.array([0.0, 1e3, 4e3, 16e3, 64e3])
"""Metres; runs are searched by classes of size, so that a large one does not widen all searches."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of geometries by their indices, sorted by left, distance, right.

    `left_point` and `right_point` (n, 2) are the nearest points in degrees, longitude first;
    `bearing_deg` goes from the left to the right one, 0 where they touch.
    """

    left: Indices
    right: Indices
    distance_m: Floats
    left_point: Floats
    right_point: Floats
    bearing_deg: Floats

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)

    def take(self, at: Indices | NDArray[np.bool_]) -> "Pairs":
        """Return the pairs at these places."""
        return Pairs(*(getattr(self, name)[at] for name in self.__slots__))


def pairs_within(left: Geometries, right: Geometries, radius_m: float) -> Pairs:
    """Return all pairs at most `radius_m` apart, exact to a centimetre up to 100 km.

    >>> from shapely import Point
    >>> pairs_within([Point(68, 41)], [Point(68, 41.1), Point(68, 43)], 50_000).right.tolist()
    [0]
    """
    a, b = as_array(left), as_array(right)
    touching = _touching(a, b)
    pieces_a, pieces_b = cut(a), cut(b)
    found = run_pairs(pieces_a, pieces_b, *_runs_within(pieces_a, pieces_b, radius_m))
    found = found.keep(_is_new(found, touching, len(b)))
    apart = _measured(pieces_a, pieces_b, found)
    return _sorted(_joined(touching, apart.take(apart.distance_m <= radius_m)))


def k_nearest(left: Geometries, right: Geometries, k: int, radius_m: float) -> Pairs:
    """Return for each of `left` its `k` nearest of `right` that are at most `radius_m` away."""
    a, b = as_array(left), as_array(right)
    touching = _touching(a, b)
    pieces_a, pieces_b = cut(a), cut(b)
    reach = _reach(pieces_a, pieces_b, len(a), k, radius_m)
    found = run_pairs(pieces_a, pieces_b, *_runs_in_reach(pieces_a, pieces_b, reach))
    found = found.keep(_is_new(found, touching, len(b)))
    bound = _kth(
        np.concatenate((found.left, touching.left)),
        np.concatenate((found.upper, touching.distance_m)),
        k,
        reach,
    )
    np.minimum(found.upper, bound[found.left] + SLACK_M, out=found.upper)
    apart = _measured(pieces_a, pieces_b, found)
    pairs = _sorted(_joined(touching, apart.take(apart.distance_m <= radius_m)))
    return pairs.take(_rank(pairs.left) < k)


def _touching(a: Objects, b: Objects) -> Pairs:
    """Return the pairs that share a point, but for two points, whose distance is as good."""
    is_point_a, is_point_b = _is_point(a), _is_point(b)
    some_a, some_b = np.flatnonzero(~is_point_a), np.flatnonzero(~is_point_b)
    points_a = np.flatnonzero(is_point_a)
    tree = shapely.STRtree(b)
    i, j = tree.query(a[some_a], predicate="intersects")
    i = some_a[i]
    # The other way round the larger shapes are the prepared ones.
    n, m = shapely.STRtree(a[points_a]).query(b[some_b], predicate="intersects")
    i, j = np.concatenate((i, points_a[m])), np.concatenate((j, some_b[n]))
    with np.errstate(invalid="ignore"):  # GEOS has no answer for steps of less than 1e-300
        shared = shapely.shortest_line(a[i], b[j])
    known = ~shapely.is_missing(shared)
    i, j, common = i[known], j[known], shapely.get_coordinates(shared[known])[::2]
    zero = np.zeros(len(i))
    return Pairs(i, j, zero, common, common.copy(), zero.copy())


def _is_point(geometries: Objects) -> NDArray[np.bool_]:
    return np.asarray(shapely.get_type_id(geometries) <= 0)  # -1 is a missing geometry


def _runs_within(left: Pieces, right: Pieces, reach: float) -> tuple[Indices, Indices]:
    """Return the pairs of runs whose spheres are at most `reach` metres apart."""
    reach = min(reach, 2 * A) + SLACK_M
    found = []
    right_trees = list(_by_size(right))
    for runs_a, tree_a, widest_a in _by_size(left):
        for runs_b, tree_b, widest_b in right_trees:
            near = tree_a.sparse_distance_matrix(
                tree_b, reach + widest_a + widest_b, output_type="ndarray"
            )
            i, j = runs_a[near["i"]], runs_b[near["j"]]
            kept = near["v"] <= reach + left.radius[i] + right.radius[j]
            found.append((i[kept], j[kept]))
    return _concatenated(found)


def _runs_in_reach(left: Pieces, right: Pieces, reach: Floats) -> tuple[Indices, Indices]:
    """Return the pairs of runs whose spheres are within the reach of the left geometry."""
    radius = left.radius + reach[left.owner] + SLACK_M
    found = []
    for runs, tree, widest in _by_size(right):
        near = tree.query_ball_point(left.centre, radius + widest, workers=-1)
        count = np.fromiter(map(len, near), dtype=np.intp, count=len(near))
        i = np.repeat(np.arange(len(count)), count)
        j = runs[np.concatenate([*near, []]).astype(np.intp)]
        apart = np.linalg.norm(left.centre[i] - right.centre[j], axis=1)
        kept = apart <= radius[i] + right.radius[j]
        found.append((i[kept], j[kept]))
    return _concatenated(found)


def _by_size(pieces: Pieces) -> list[tuple[Indices, cKDTree, float]]:
    """Return runs of like size: which they are, a tree of their centres, their largest radius."""
    size = np.searchsorted(_RADII, pieces.radius)
    groups = (np.flatnonzero(size == kind) for kind in range(len(_RADII) + 1))
    return [
        (runs, cKDTree(pieces.centre[runs]), float(pieces.radius[runs].max()))
        for runs in groups
        if len(runs)
    ]


def _reach(left: Pieces, right: Pieces, size: int, k: int, radius_m: float) -> Floats:
    """Return for each left geometry a distance within which at least k of the right lie."""
    reach = np.full(size, min(radius_m, 2 * A))
    a, b = _one_each(left), _one_each(right)
    if k == 1:
        b = np.arange(len(right.middle))
    if 0 < k <= len(b) and len(a):
        chord, _ = cKDTree(right.middle[b]).query(left.middle[a], k=[k], workers=-1)
        owner = np.unique(left.owner)
        reach[owner] = np.minimum(reach[owner], np.asarray(chord)[:, 0])
    return reach


def _one_each(pieces: Pieces) -> Indices:
    """Return one piece of each geometry."""
    return pieces.first[:-1][np.flatnonzero(np.diff(pieces.owner, prepend=-1))]


def _kth(owner: Indices, value: Floats, k: int, bound: Floats) -> Floats:
    """Return the bound, lowered to the k-th least value of each owner that has so many."""
    order = np.lexsort((value, owner))
    last = order[_rank(owner[order]) == k - 1]
    bound = bound.copy()
    bound[owner[last]] = np.minimum(bound[owner[last]], value[last])
    return bound


def _rank(owner: Indices) -> Indices:
    """Return the place of each element among its owner's, which stand together."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return np.arange(len(owner)) - np.repeat(first, np.diff(np.append(first, len(owner))))


def _is_new(found: RunPairs, touching: Pairs, width: int) -> NDArray[np.bool_]:
    known = np.isin(found.left * width + found.right, touching.left * width + touching.right)
    return np.asarray(~known[found.group])


def _measured(left: Pieces, right: Pieces, pairs: RunPairs) -> Pairs:
    near = closest(left, right, pairs)
    met = np.isfinite(near.chord)
    a, b = near.left_point[met], near.right_point[met]
    distance, bearing = inverse(*a.T, *b.T)
    return Pairs(pairs.left[met], pairs.right[met], distance, a, b, bearing)


def _joined(a: Pairs, b: Pairs) -> Pairs:
    return Pairs(*(np.concatenate((getattr(a, n), getattr(b, n))) for n in a.__slots__))


def _sorted(pairs: Pairs) -> Pairs:
    return pairs.take(np.lexsort((pairs.right, pairs.distance_m, pairs.left)))


def _concatenated(found: list[tuple[Indices, Indices]]) -> tuple[Indices, Indices]:
    none = np.empty(0, dtype=np.intp)
    return (
        np.concatenate([none, *(i for i, _ in found)]),
        np.concatenate([none, *(j for _, j in found)]),
    )
