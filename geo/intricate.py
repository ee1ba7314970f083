"""Intricate geometries against many: lines of hundreds of corners, searched piece by piece.

The runs of two such lines that lie over each other are all near each other, so here each pair of
geometries is bounded by its nearest pieces first: memory stays bounded however they lie.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.closest import SLACK_M, Near, closest, run_pairs
from geo.elements import Indices
from geo.ellipsoid import Floats
from geo.pieces import Pieces, length
from geo.runs import RunTree

INTRICATE = 32
"""A geometry with more runs is intricate: about 400 corners."""

PIECES, FOUND = 50_000, 500_000
"""How many pieces are searched for at once, and how many pairs of them are looked at at once."""


def intricate(pieces: Pieces, count: int) -> NDArray[np.bool_]:
    """Return which of so many geometries are intricate."""
    return np.asarray(np.bincount(pieces.owner, minlength=count) > INTRICATE)


def apart(
    left: Pieces, right: Pieces, is_left: NDArray[np.bool_], is_right: NDArray[np.bool_],
    touching: Near, reach: float,
) -> Iterator[Near]:  # fmt: skip
    """Yield the pairs within reach, one of them intricate, that are not known to touch."""
    if not (is_left.any() or is_right.any()):
        return
    left, right = _single(left), _single(right)
    for i, j in _facing(left, right, is_left, touching.left, touching.right, reach):
        yield closest(left, right, run_pairs(left, right, i, j))
    for j, i in _facing(right, left, is_right, touching.right, touching.left, reach):
        simple = ~is_left[left.owner[i]]
        yield closest(left, right, run_pairs(left, right, i[simple], j[simple]))


def _facing(
    ones: Pieces, others: Pieces, chosen: NDArray[np.bool_], one: Indices, other: Indices,
    reach: float,
) -> Iterator[tuple[Indices, Indices]]:  # fmt: skip
    """Yield pieces of the chosen and of others that may be nearest; pairs one, other touch."""
    whole, tree = _whole(ones), RunTree.of(_whole(others))
    for at in np.flatnonzero(chosen[whole.owner]):
        _, near = tree.near(whole, np.array([at]), np.array([reach]))
        near = np.sort(tree.pieces.owner[near])
        near = near[~np.isin(near, other[one == whole.owner[at]])]
        mine = _of(ones, whole.owner[at : at + 1])
        sizes = np.cumsum(np.subtract(*np.searchsorted(others.owner, (near + 1, near))))
        for part in np.split(near, np.flatnonzero(np.diff(sizes // PIECES)) + 1):
            theirs = _of(others, part)
            if len(theirs):
                yield _nearest(ones, mine, others, theirs, reach)


def _nearest(
    ones: Pieces, mine: Indices, others: Pieces, theirs: Indices, reach: float
) -> tuple[Indices, Indices]:
    """Return the pieces that may hold the nearest points of the one and of each of the others."""
    from scipy.spatial import cKDTree  # noqa: PLC0415  # slow; few search

    tree = cKDTree(ones.middle[mine])
    metres, at = tree.query(others.middle[theirs], workers=-1)
    half = others.half[theirs]
    first = np.flatnonzero(np.diff(others.owner[theirs], prepend=-1))
    bound = np.minimum.reduceat(metres + half + ones.half[mine[at]], first)
    bound = np.repeat(np.minimum(bound, reach), np.diff(np.append(first, len(theirs)))) + SLACK_M
    widest = bound + half + ones.half[mine].max()
    may = np.flatnonzero(metres <= widest)
    places, widest = others.middle[theirs[may]], widest[may]
    count = np.cumsum(tree.query_ball_point(places, widest, workers=-1, return_length=True))
    kept = [np.empty((2, 0), dtype=np.intp)]
    for part in np.split(np.arange(len(may)), np.flatnonzero(np.diff(count // FOUND)) + 1):
        found = tree.query_ball_point(places[part], widest[part], workers=-1)
        of = np.repeat(may[part], [len(each) for each in found])
        i, j = mine[np.concatenate([*found, []]).astype(np.intp)], theirs[of]
        least = length(ones.middle[i] - others.middle[j]) - ones.half[i] - others.half[j]
        kept.append(np.stack((i, j))[:, least <= bound[of]])
    i, j = np.concatenate(kept, axis=1)
    return i, j


def _of(pieces: Pieces, owners: Indices) -> Indices:
    """Return the runs of geometries, which ascend."""
    begin, end = np.searchsorted(pieces.owner, owners), np.searchsorted(pieces.owner, owners + 1)
    return np.concatenate([*map(np.arange, begin, end), np.empty(0, dtype=np.intp)])


def _single(pieces: Pieces) -> Pieces:
    """Return the same with each piece a run of its own."""
    end = pieces.start + pieces.step
    return replace(
        pieces,
        first=np.arange(len(pieces.start) + 1),
        owner=np.repeat(pieces.owner, pieces.sizes),
        centre=pieces.middle,
        radius=pieces.half,
        low=np.minimum(pieces.start, end),
        high=np.maximum(pieces.start, end),
    )


def _whole(pieces: Pieces) -> Pieces:
    """Return the same with each geometry one run."""
    first = np.flatnonzero(np.diff(pieces.owner, prepend=-1))
    if not len(first):
        return pieces
    sizes = np.diff(np.append(first, len(pieces.owner)))
    centre: Floats = np.add.reduceat(pieces.centre, first) / sizes[:, None]
    reach = length(pieces.centre - np.repeat(centre, sizes, axis=0)) + pieces.radius
    return replace(
        pieces,
        first=pieces.first[np.append(first, len(pieces.owner))],
        owner=pieces.owner[first],
        centre=centre,
        radius=np.maximum.reduceat(reach, first),
        low=np.minimum.reduceat(pieces.low, first),
        high=np.maximum.reduceat(pieces.high, first),
    )
