"""Many geometries against many: all pairs within a distance, the k nearest of each.

Any mix of points, lines, polygons and collections. Distances are geodesics on WGS 84 between the
nearest points; edges are straight in longitude and latitude; touching or overlapping is 0.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.closest import SLACK_M, Near, RunPairs, closest, ordering_slack, run_pairs
from geo.elements import Geometries, Indices, Objects, as_array
from geo.ellipsoid import A, Floats, earth_centred, inverse
from geo.intricate import apart, intricate
from geo.pieces import Pieces, cut, length
from geo.runs import RunTree

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

BLOCK = 4096
"""How many runs of the left side are searched at once: the arrays fit the processor's cache."""

MEASURED = 16_384
"""How many geodesics are measured at once."""

SEARCHED = 100_000
"""How many points are searched at once: new memory for more costs more than the search."""

Part = TypeVar("Part")


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
    pieces_a, tree, touching = _prepared(a, b)
    pieces_b, reach = tree.pieces, min(float(radius_m), 2 * A)
    is_left, is_right = intricate(pieces_a, len(a)), intricate(pieces_b, len(b))
    simple = tree.only(~is_right[pieces_b.owner]) if is_right.any() else tree

    def block(begin: int, end: int) -> Near:
        runs = _runs(pieces_a, begin, end)
        runs = runs[~is_left[pieces_a.owner[runs]]]
        near = simple.near(pieces_a, runs, np.full(len(runs), reach))
        found = run_pairs(pieces_a, pieces_b, *near)
        found = found.keep(_is_apart(found, _of_left(touching, begin, end), len(b)))
        return closest(pieces_a, pieces_b, found)

    others = apart(pieces_a, pieces_b, is_left, is_right, touching, reach)
    near = Near.joined([touching, *_in_blocks(block, _splits(pieces_a)), *others])
    pairs = _measured(near)
    return _sorted(pairs.take(pairs.distance_m <= radius_m))


def k_nearest(left: Geometries, right: Geometries, k: int, radius_m: float) -> Pairs:
    """Return for each of `left` its `k` nearest of `right` that are at most `radius_m` away."""
    a, b = as_array(left), as_array(right)
    is_point_a, is_point_b = _is_point(a), _is_point(b)
    near = _k_points(a, b, np.flatnonzero(is_point_a), np.flatnonzero(is_point_b), k, radius_m)
    if not (is_point_a.all() and is_point_b.all()):
        near = _k_others(a, b, is_point_a, is_point_b, k, radius_m, near)
    pairs = _sorted(_measured(near))
    return pairs.take((pairs.distance_m <= radius_m) & (_rank(pairs.left) < k))


def _k_points(
    a: Objects, b: Objects, at_a: Indices, at_b: Indices, k: int, radius_m: float
) -> Near:
    """Return the k nearest points of each point, and all that are as near to a slack."""
    if k < 1 or not len(at_a) or not len(at_b):
        return Near.joined([])
    tree = _tree(earth_centred(*shapely.get_coordinates(b[at_b]).T))
    parts = np.array_split(at_a, np.arange(SEARCHED, len(at_a), SEARCHED))
    return Near.joined([_k_of_part(a, b, part, at_b, tree, k, radius_m) for part in parts])


def _k_of_part(
    a: Objects, b: Objects, at_a: Indices, at_b: Indices, tree: "cKDTree", k: int, radius_m: float
) -> Near:
    xy_a, xy_b = shapely.get_coordinates(a[at_a]), shapely.get_coordinates(b[at_b])
    places_a, places_b = earth_centred(*xy_a.T), tree.data
    count = min(k + 1, len(at_b))
    limit = min(radius_m, 2 * A) + SLACK_M
    chord, column = _query(places_a, tree, range(1, count + 1), limit)
    bound = chord[:, min(k, count) - 1]
    bound = bound + ordering_slack(bound)
    is_crowded = np.isfinite(bound) & (chord[:, -1] <= bound) & (count > k)
    i, at = np.nonzero(np.isfinite(chord) & ~is_crowded[:, None] & (chord <= bound[:, None]))
    j, chord = column[i, at], chord[i, at]
    if is_crowded.any():
        more_i, more_j = _equally_near(places_a, places_b, is_crowded, bound, k)
        i, j = np.concatenate((i, more_i)), np.concatenate((j, more_j))
        chord = np.concatenate((chord, length(places_a[more_i] - places_b[more_j])))
    near = Near(at_a[i], at_b[j], chord, xy_a[i], xy_b[j])
    return near.take(np.argsort(near.left, kind="stable")) if is_crowded.any() else near


def _tree(places: Floats) -> "cKDTree":
    from scipy.spatial import cKDTree  # noqa: PLC0415  # slow; few search

    return cKDTree(places, balanced_tree=False, compact_nodes=False)


def _query(
    places: Floats, tree: "cKDTree", ranks: Sequence[int], limit: float
) -> tuple[Floats, Indices]:
    """Return chords to, and indices of, the neighbours of these ranks; inf where there is none."""
    # Neighbours asked for one after the other find the same part of the tree in the cache.
    order = np.lexsort((places[:, 2], *np.floor(places[:, :2].T / 20e3)))
    found = tree.query(places[order], k=ranks, distance_upper_bound=limit, workers=-1)
    chord, at = np.empty((len(places), len(ranks))), np.empty((len(places), len(ranks)), np.intp)
    chord[order], at[order] = found[0], found[1]
    return chord, at


def _equally_near(
    places_a: Floats, places_b: Floats, chosen: NDArray[np.bool_], bound: Floats, k: int
) -> tuple[Indices, Indices]:
    """Return all pairs of the chosen points within their bounds, but k at most at one place."""
    order = np.lexsort(places_b.T)
    is_new = np.diff(places_b[order], axis=0, prepend=np.nan).any(axis=1)
    kept = order[_rank(np.cumsum(is_new)) < k]
    i = np.flatnonzero(chosen)
    near = _tree(places_b[kept]).query_ball_point(places_a[i], bound[i], workers=-1)
    i = np.repeat(i, [len(found) for found in near])
    return i, kept[np.concatenate(near).astype(np.intp)]


def _k_others(
    a: Objects,
    b: Objects,
    is_point_a: NDArray[np.bool_],
    is_point_b: NDArray[np.bool_],
    k: int,
    radius_m: float,
    points: Near,
) -> Near:
    """Return the k nearest of each, and all that are as near to a slack, given those of points."""
    pieces_a, every, touching = _prepared(a, b)
    pieces_b = every.pieces
    others = every.only(~is_point_b[pieces_b.owner])
    reach = _reach(pieces_a, pieces_b, is_point_a, k, radius_m)

    def block(begin: int, end: int) -> Near:
        runs = _runs(pieces_a, begin, end)
        owner = pieces_a.owner[runs]
        is_point = is_point_a[owner]
        touched = _of_left(touching, begin, end)
        known = Near.joined([_of_left(points, begin, end), touched])
        bound = _kth(known.left - begin, known.chord, k, reach[begin:end])
        of_points = others.near(pieces_a, runs[is_point], bound[owner[is_point] - begin])
        of_others = every.near(pieces_a, runs[~is_point], bound[owner[~is_point] - begin])
        i, j = (np.concatenate(both) for both in zip(of_points, of_others, strict=True))
        found = run_pairs(pieces_a, pieces_b, i, j)
        is_near = found.lower <= bound[found.left - begin][found.group]
        found = found.keep(is_near & _is_apart(found, touched, len(b)))
        owner = np.concatenate((found.left, known.left)) - begin
        bound = _kth(owner, np.concatenate((found.upper, known.chord)), k, bound)
        np.minimum(found.upper, bound[found.left - begin], out=found.upper)
        near = Near.joined([known, closest(pieces_a, pieces_b, found)])
        # Sorted here, where it is in the cache, what is left to sort at the end is little.
        near = near.take(np.lexsort((near.chord, near.left)))
        bound = _lowered(near.left - begin, near.chord, k, bound)
        return near.take(near.chord <= bound[near.left - begin])

    return Near.joined(_in_blocks(block, _splits(pieces_a)))


def _prepared(a: Objects, b: Objects) -> tuple[Pieces, RunTree, Near]:
    """Return the left pieces, the right ones in a tree, and the pairs that share a point."""
    if len(a) + len(b) < BLOCK:  # threads cost more than they save
        return cut(a), RunTree.of(cut(b)), _touching(a, b)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tree = pool.submit(lambda: RunTree.of(cut(b)))
        touching, pieces_a = pool.submit(_touching, a, b), pool.submit(cut, a)
        return pieces_a.result(), tree.result(), touching.result()


def _touching(a: Objects, b: Objects) -> Near:
    """Return the pairs that share a point, sorted; but for two points, whose chord is as good."""
    is_point = np.asarray(shapely.get_type_id(a) <= 0)  # -1 is a missing geometry
    some, points = np.flatnonzero(~is_point), np.flatnonzero(is_point)
    others = np.flatnonzero(shapely.get_type_id(b) > 0)
    i, j = shapely.STRtree(b).query(a[some], predicate="intersects")
    # The other way round, so that the larger shapes are the prepared ones.
    n, m = shapely.STRtree(a[points]).query(b[others], predicate="intersects")
    i, j = np.concatenate((some[i], points[m])), np.concatenate((j, others[n]))
    with np.errstate(invalid="ignore"):  # GEOS has no answer for steps of less than 1e-300
        shared = shapely.shortest_line(a[i], b[j])
    known = np.flatnonzero(~shapely.is_missing(shared))
    known = known[np.argsort(i[known], kind="stable")]
    common = shapely.get_coordinates(shared[known])[::2]
    return Near(i[known], j[known], np.zeros(len(known)), common, common)


def _is_point(geometries: Objects) -> NDArray[np.bool_]:
    is_point = np.asarray((shapely.get_type_id(geometries) == 0) & ~shapely.is_empty(geometries))
    is_point[is_point] = np.isfinite(shapely.get_coordinates(geometries[is_point])).all(axis=1)
    return is_point


def _runs(pieces: Pieces, begin: int, end: int) -> Indices:
    """Return the runs of geometries begin to end."""
    return np.arange(*np.searchsorted(pieces.owner, (begin, end)))


def _of_left(near: Near, begin: int, end: int) -> Near:
    return near.take(np.arange(*np.searchsorted(near.left, (begin, end))))


def _is_apart(found: RunPairs, touching: Near, width: int) -> NDArray[np.bool_]:
    known = np.isin(found.left * width + found.right, touching.left * width + touching.right)
    return np.asarray(~known[found.group])


def _reach(
    left: Pieces, right: Pieces, is_point: NDArray[np.bool_], k: int, radius_m: float
) -> Floats:
    """Return for each left geometry but points a chord within which k of the right lie at least."""
    reach = np.full(len(is_point), min(float(radius_m), 2 * A))
    first = np.flatnonzero(np.diff(left.owner, prepend=-1))
    owner = left.owner[first]
    a, owner = left.first[first][~is_point[owner]], owner[~is_point[owner]]
    # One piece of each right geometry; for the nearest one alone it does no harm to take all.
    b = right.first[:-1][np.flatnonzero(np.diff(right.owner, prepend=-1))]
    places = right.middle if k == 1 else right.middle[b]
    if 0 < k <= len(places) and len(a):
        chord, _ = _query(left.middle[a], _tree(places), [k], min(radius_m, 2 * A))
        reach[owner] = np.minimum(reach[owner], chord[:, 0] + ordering_slack(chord[:, 0]))
    return reach


def _kth(owner: Indices, chord: Floats, k: int, bound: Floats) -> Floats:
    """Return the bound, lowered to the k-th least chord (and a slack) of each owner."""
    at = np.flatnonzero(chord <= bound[owner])
    order = at[np.lexsort((chord[at], owner[at]))]
    return _lowered(owner[order], chord[order], k, bound)


def _lowered(owner: Indices, chord: Floats, k: int, bound: Floats) -> Floats:
    """Return the same for chords that are sorted by owner, then by themselves."""
    last = np.flatnonzero(_rank(owner) == k - 1)
    bound = bound.copy()
    value = chord[last] + ordering_slack(chord[last])
    bound[owner[last]] = np.minimum(bound[owner[last]], value)
    return bound


def _rank(owner: Indices) -> Indices:
    """Return the place of each element among its owner's, which stand together."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return np.arange(len(owner)) - np.repeat(first, np.diff(np.append(first, len(owner))))


def _measured(near: Near) -> Pairs:
    def block(begin: int, end: int) -> tuple[Floats, Floats]:
        return inverse(*near.left_point[begin:end].T, *near.right_point[begin:end].T)

    parts = _in_blocks(block, [*range(0, len(near.left), MEASURED), len(near.left)])
    distance, bearing = (np.concatenate([part[at] for part in parts]) for at in range(2))
    return Pairs(near.left, near.right, distance, near.left_point, near.right_point, bearing)


def _splits(pieces: Pieces) -> list[int]:
    """Return geometries between which there are about BLOCK runs; the first, and the end."""
    last = int(pieces.owner[-1]) + 1 if len(pieces.owner) else 0
    return sorted({0, *map(int, pieces.owner[BLOCK::BLOCK]), last})


def _in_blocks(work: Callable[[int, int], Part], splits: Sequence[int]) -> list[Part]:
    """Return what the work gives from each split to the next."""
    if len(splits) <= 2:
        return [work(splits[0], splits[-1])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, splits[:-1], splits[1:]))


def _sorted(pairs: Pairs) -> Pairs:
    """Sort by left, distance, right; most left geometries have theirs in order already."""
    if (np.diff(pairs.left) < 0).any():
        pairs = pairs.take(np.argsort(pairs.left, kind="stable"))
    left, metres, right = pairs.left, pairs.distance_m, pairs.right
    is_later = (metres[1:] > metres[:-1]) | ((metres[1:] == metres[:-1]) & (right[1:] > right[:-1]))
    wrong = np.zeros(left[-1] + 1 if len(left) else 0, dtype=bool)
    wrong[left[1:][~is_later & (left[1:] == left[:-1])]] = True
    at = np.flatnonzero(wrong[left])
    order = np.arange(len(left))
    order[at] = at[np.lexsort((right[at], metres[at], left[at]))]
    return pairs.take(order)
