"""Runs of pieces found by their boxes in longitude and latitude, across the antimeridian too."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.elements import Indices, Objects
from geo.ellipsoid import SMALLEST_RADIUS, Floats
from geo.pieces import Pieces, length


@dataclass(frozen=True, slots=True)
class RunTree:
    """Runs of the right geometries, for searches around those of the left ones."""

    pieces: Pieces
    runs: Indices
    boxes: Objects
    tree: shapely.STRtree

    @classmethod
    def of(cls, pieces: Pieces) -> "RunTree":
        """Return the tree of all runs."""
        boxes: Objects = np.asarray(shapely.box(*pieces.low.T, *pieces.high.T), dtype=object)
        return cls(pieces, np.arange(len(pieces.owner)), boxes, shapely.STRtree(boxes))

    def only(self, chosen: NDArray[np.bool_]) -> "RunTree":
        """Return the tree of some of its runs."""
        boxes = self.boxes[chosen]
        return RunTree(self.pieces, self.runs[chosen], boxes, shapely.STRtree(boxes))

    def near(self, left: Pieces, runs: Indices, reach: Floats) -> tuple[Indices, Indices]:
        """Return the pairs of runs whose spheres are at most `reach` (metres, per run) apart."""
        low, high = left.low[runs], left.high[runs]
        turn, move = _degrees(np.abs([low[:, 1], high[:, 1]]).max(axis=0), reach)
        low, high = low - np.stack((turn, move), axis=1), high + np.stack((turn, move), axis=1)
        at = np.arange(len(runs))
        # What reaches beyond a side of the map is looked for at the other side too.
        west, east = np.flatnonzero(low[:, 0] < -180), np.flatnonzero(high[:, 0] > 180)
        at = np.concatenate((at, west, east))
        shift = np.repeat((0.0, 360.0, -360.0), (len(runs), len(west), len(east)))
        boxes = shapely.box(low[at, 0] + shift, low[at, 1], high[at, 0] + shift, high[at, 1])
        of, found = self.tree.query(boxes)
        i, j = at[of], self.runs[found]
        right = self.pieces
        apart = length(left.centre[runs[i]] - right.centre[j])
        near = apart <= reach[i] + left.radius[runs[i]] + right.radius[j]
        i, j, shifted = runs[i[near]], j[near], len(west) or len(east)
        return _unique(i, j, len(right.owner)) if shifted else (i, j)


def _degrees(lat: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """Return how many degrees of longitude and latitude lie within reach (a chord) of a latitude.

    Reckoned on the sphere of the smallest radius: there arcs are the longest for their chord, and
    the angle is the widest for an arc.
    """
    angle = 2 * np.arcsin(np.minimum(reach / (2 * SMALLEST_RADIUS), 1))
    move = np.degrees(angle)
    over_pole = lat + move >= 90
    spread = np.sin(np.minimum(angle, np.pi / 2)) / np.cos(np.radians(np.where(over_pole, 0, lat)))
    turn = np.where(over_pole, 360.0, np.degrees(np.arcsin(np.minimum(spread, 1))))
    return turn, move


def _unique(i: Indices, j: Indices, width: int) -> tuple[Indices, Indices]:
    key = np.unique(i * width + j)
    return key // width, key % width
