"""The nearest points of geometries that are known to be near, as runs of pieces.

Bounds from spheres leave few pairs of pieces; on those the nearest point is found on the true
edge. Distances here are chords through the earth: they never exceed the geodesic, and order pairs
as it does to a centimetre at 100 km and half a metre at 300 km.

The nearest points of two edges that do not cross include an end of one of them, since in longitude
and latitude, where both are straight, the metric changes with latitude alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.elements import Indices
from geo.ellipsoid import Floats, earth_centred, meridional, prime_vertical
from geo.pieces import Pieces, dot, length

SLACK_M = 0.01
"""What rounding may cost; bounds are widened by it."""

STEPS = 3
"""Gauss-Newton steps; each leaves a twentieth of the error at 300 km, less when nearer."""


@dataclass(frozen=True, slots=True)
class RunPairs:
    """Pairs of runs, sorted so that those of the same two geometries are neighbours (a group)."""

    i: Indices  # runs of the left pieces
    j: Indices  # runs of the right pieces
    group: Indices  # ascending from 0
    left: Indices  # per group, the geometry
    right: Indices
    lower: Floats  # per pair of runs, metres
    upper: Floats  # per group, metres

    def keep(self, wanted: NDArray[np.bool_]) -> "RunPairs":
        """Return the wanted pairs of runs, with groups numbered anew."""
        group = self.group[wanted]
        is_new = _is_new(group)
        groups = group[is_new]
        return RunPairs(
            self.i[wanted],
            self.j[wanted],
            np.cumsum(is_new) - 1,
            self.left[groups],
            self.right[groups],
            self.lower[wanted],
            self.upper[groups],
        )


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of geometries by their indices, their nearest points in degrees, the chord."""

    left: Indices
    right: Indices
    chord: Floats
    left_point: Floats
    right_point: Floats

    @classmethod
    def joined(cls, parts: "Iterable[Near]") -> "Near":
        """Return the pairs of all parts, one after the other."""
        none = np.empty(0, dtype=np.intp)
        parts = [cls(none, none, np.empty(0), np.empty((0, 2)), np.empty((0, 2))), *parts]
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in cls.__slots__))

    def take(self, at: Indices | NDArray[np.bool_]) -> "Near":
        """Return the pairs at these places."""
        return Near(*(getattr(self, name)[at] for name in self.__slots__))


def ordering_slack(chord: Floats) -> Floats:
    """Return by how many metres two chords may differ in the order of their geodesics.

    An arc is longer than its chord by c^3 / 24 R^2, and R^2 differs by 1.3 % with direction.
    """
    return SLACK_M + 1.5e-17 * chord**3


def run_pairs(left: Pieces, right: Pieces, i: Indices, j: Indices) -> RunPairs:
    """Return pairs of runs with bounds of their distance."""
    key = left.owner[i] * (right.owner[-1] + 1 if len(right.owner) else 1) + right.owner[j]
    order = np.argsort(key, kind="stable")
    i, j, key = i[order], j[order], key[order]
    kept = _by_spheres(left, right, i, j, np.flatnonzero(_is_new(key)))
    i, j, is_new = i[kept], j[kept], _is_new(key[kept])
    first = np.flatnonzero(is_new)
    lower, upper = _bounds(left, right, i, j)
    if len(first):
        upper = np.minimum.reduceat(upper, first)
    return RunPairs(
        i, j, np.cumsum(is_new) - 1, left.owner[i[first]], right.owner[j[first]], lower, upper
    )


def _by_spheres(
    left: Pieces, right: Pieces, i: Indices, j: Indices, first: Indices
) -> NDArray[np.bool_]:
    """Return which pairs of runs are worth a closer look, of several for the same geometries."""
    if len(first) == len(i):
        return np.ones(len(i), dtype=bool)
    apart, reach = length(left.centre[i] - right.centre[j]), left.radius[i] + right.radius[j]
    upper = np.minimum.reduceat(apart + reach, first)
    sizes = np.diff(np.append(first, len(i)))
    return np.asarray(apart - reach <= np.repeat(upper, sizes) + SLACK_M)


def closest(left: Pieces, right: Pieces, pairs: RunPairs) -> Near:
    """Return the nearest points of each group of run pairs that may be within its upper bound."""
    size = len(pairs.left)
    found = Near(
        pairs.left, pairs.right, np.full(size, np.inf), np.zeros((size, 2)), np.zeros((size, 2))
    )
    worth = pairs.lower <= pairs.upper[pairs.group] + SLACK_M
    is_points = (left.radius[pairs.i] == 0) & (right.radius[pairs.j] == 0)
    _of_points(found, left, right, pairs, np.flatnonzero(worth & is_points))
    _of_edges(found, left, right, pairs, np.flatnonzero(worth & ~is_points))
    return found.take(np.isfinite(found.chord))


def _bounds(left: Pieces, right: Pieces, i: Indices, j: Indices) -> tuple[Floats, Floats]:
    """Return for each pair of runs what their distance is not below, and not above."""
    apart = length(left.centre[i] - right.centre[j])
    lower = apart - right.radius[j], apart - left.radius[i]
    upper, nearest = apart, left.first[i]
    is_long, is_long_too = left.radius[i] > 0, right.radius[j] > 0
    # Points need no closer look: their one piece stands at the run's centre.
    long = np.flatnonzero(is_long)
    if len(long):
        a, pair, first = _spread(left, i[long])
        apart = _apart(left, a, right.centre, j[long], pair)
        lower[0][long] = np.minimum.reduceat(apart - left.half[a], first) - right.radius[j[long]]
        least = _first_least(apart, pair, first)
        nearest[long], upper[long] = a[least], apart[least]
    long = np.flatnonzero(is_long_too)
    if len(long):
        b, pair, first = _spread(right, j[long])
        apart = _apart(right, b, left.centre, i[long], pair)
        lower[1][long] = np.minimum.reduceat(apart - right.half[b], first) - left.radius[i[long]]
        upper[long] = np.minimum.reduceat(apart, first)
    long = np.flatnonzero(is_long & is_long_too)
    if len(long):
        b, pair, first = _spread(right, j[long])
        apart = _apart(right, b, left.middle, nearest[long], pair)
        upper[long] = np.minimum.reduceat(apart, first)
    return np.maximum(*lower), upper


def _apart(pieces: Pieces, p: Indices, places: Floats, at: Indices, pair: Indices) -> Floats:
    """Return how far the middles of pieces are from the place of their pair."""
    return length(pieces.middle.take(p, axis=0) - places.take(at.take(pair), axis=0))


def _of_points(found: Near, left: Pieces, right: Pieces, pairs: RunPairs, chosen: Indices) -> None:
    a, b = left.first[pairs.i[chosen]], right.first[pairs.j[chosen]]
    chord = length(left.middle[a] - right.middle[b])
    _keep_least(found, pairs.group[chosen], chord, left.start[a], right.start[b])


def _of_edges(found: Near, left: Pieces, right: Pieces, pairs: RunPairs, chosen: Indices) -> None:
    group, a, b = _piece_pairs(left, right, pairs, chosen)
    onto_right = _projections(left, a, right, b, group)
    onto_left = _projections(right, b, left, a, group)
    bound = np.full(len(pairs.left), np.inf)
    for side in (onto_right, onto_left):
        np.minimum.at(bound, side.group, side.chord + side.sag)
    group, chord, end, foot = _refined(left, right, onto_right, bound)
    _keep_least(found, group, chord, end, foot)
    group, chord, end, foot = _refined(right, left, onto_left, bound)
    _keep_least(found, group, chord, foot, end)


def _piece_pairs(
    left: Pieces, right: Pieces, pairs: RunPairs, chosen: Indices
) -> tuple[Indices, Indices, Indices]:
    """Return group, left and right piece of every two pieces that may hold the nearest points."""
    i, j, group = pairs.i[chosen], pairs.j[chosen], pairs.group[chosen]
    upper = pairs.upper[group] + SLACK_M
    a, of_a, _ = _near(left, i, right, j, upper)
    b, _, count = _near(right, j, left, i, upper)
    repeats = count[of_a]
    begin = (np.cumsum(count) - count)[of_a]
    a, pair = np.repeat(a, repeats), np.repeat(of_a, repeats)
    within = np.arange(len(a)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    b = b[np.repeat(begin, repeats) + within]
    apart = length(left.middle.take(a, axis=0) - right.middle.take(b, axis=0))
    kept = apart - left.half[a] - right.half[b] <= upper[pair]
    return group[pair[kept]], a[kept], b[kept]


def _near(
    pieces: Pieces, runs: Indices, others: Pieces, other: Indices, upper: Floats
) -> tuple[Indices, Indices, Indices]:
    """Return the pieces near the sphere of the other run, their pair, how many for each pair."""
    piece, pair, _ = _spread(pieces, runs)
    apart = _apart(pieces, piece, others.centre, other, pair)
    kept = apart - pieces.half[piece] <= (others.radius[other] + upper)[pair]
    return piece[kept], pair[kept], np.bincount(pair[kept], minlength=len(runs))


@dataclass(frozen=True, slots=True)
class _Projections:
    """Ends of pieces put on the chords of other pieces: position `at` (0 to 1), chord in metres."""

    group: Indices
    source: Indices  # the piece whose end it is
    is_tail: NDArray[np.bool_]
    piece: Indices
    at: Floats
    chord: Floats
    sag: Floats


def _projections(
    ends: Pieces, e: Indices, onto: Pieces, p: Indices, group: Indices
) -> _Projections:
    is_edge = onto.half[p] > 0
    e, p, group = e[is_edge], p[is_edge], group[is_edge]
    two = np.flatnonzero(ends.half[e] > 0)
    target = np.concatenate((ends.head.take(e, axis=0), ends.tail.take(e[two], axis=0)))
    is_tail = np.arange(len(target)) >= len(e)
    e, p, group = (np.concatenate((values, values[two])) for values in (e, p, group))
    head = onto.head.take(p, axis=0)
    along, to = onto.tail.take(p, axis=0) - head, target - head
    at = np.clip(dot(along, to) / np.maximum(dot(along, along), 1e-12), 0, 1)
    chord = length(to - along * at[:, None])
    return _Projections(group, e, is_tail, p, at, chord, onto.sag[p] + SLACK_M)


def _refined(
    ends: Pieces, onto: Pieces, put: _Projections, bound: Floats
) -> tuple[Indices, Floats, Floats, Floats]:
    """Return group, chord, end and foot of the ends that may be nearest, on the true edge."""
    kept = np.flatnonzero(put.chord - put.sag <= bound[put.group])
    source, is_tail = put.source[kept], put.is_tail[kept, None]
    end = ends.start[source] + np.where(is_tail, ends.step[source], 0)
    target = np.where(is_tail, ends.tail[source], ends.head[source])
    start, step, at = onto.start[put.piece[kept]], onto.step[put.piece[kept]], put.at[kept]
    foot = start + step * at[:, None]
    for _ in range(STEPS):
        position, tangent = _curve(foot, step)
        squared = np.maximum(dot(tangent, tangent), 1e-12)
        at = np.clip(at - dot(position - target, tangent) / squared, 0, 1)
        foot = start + step * at[:, None]
    chord = length(earth_centred(*foot.T) - target)
    return put.group[kept], chord, end, foot


def _curve(position: Floats, step: Floats) -> tuple[Floats, Floats]:
    """Return the place of a position in degrees, and its velocity for a step in degrees."""
    lam, phi = np.radians(position).T
    east, north = np.radians(step).T
    sin_lam, cos_lam, sin_phi, cos_phi = np.sin(lam), np.cos(lam), np.sin(phi), np.cos(phi)
    east, north = east * prime_vertical(phi) * cos_phi, north * meridional(phi)
    tangent = (
        -sin_lam * east - sin_phi * cos_lam * north,
        cos_lam * east - sin_phi * sin_lam * north,
        cos_phi * north,
    )
    return earth_centred(*position.T), np.stack(tangent, axis=-1)


def _keep_least(
    found: Near, group: Indices, chord: Floats, left_point: Floats, right_point: Floats
) -> None:
    order = np.lexsort((chord, group))
    order = order[_is_new(group[order])]
    order = order[chord[order] < found.chord[group[order]]]
    at = group[order]
    found.chord[at] = chord[order]
    found.left_point[at] = left_point[order]
    found.right_point[at] = right_point[order]


def _spread(pieces: Pieces, runs: Indices) -> tuple[Indices, Indices, Indices]:
    """Return the pieces of each run, which run of the list, and where each run's begin."""
    count = pieces.sizes[runs]
    first = np.cumsum(count) - count
    pair = np.repeat(np.arange(len(runs)), count)
    return pieces.first[runs][pair] + np.arange(len(pair)) - first[pair], pair, first


def _first_least(values: Floats, pair: Indices, first: Indices) -> Indices:
    """Return for each pair the place of its least value."""
    least = np.flatnonzero(values == np.minimum.reduceat(values, first)[pair])
    return least[_is_new(pair[least])]


def _is_new(values: Indices) -> NDArray[np.bool_]:
    """Return where a value differs from the one before it."""
    is_new = np.ones(len(values), dtype=bool)
    is_new[1:] = values[1:] != values[:-1]
    return is_new
