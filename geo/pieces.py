"""Geometries cut into short pieces with a sphere around each: what a distance search works on.

A piece is a point, or a stretch of an edge short enough that its middle and half its length bound
it well. Neighbouring pieces form a run; spheres around runs are searched first.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.elements import Geometries, Indices, edges_of, rings_of, simple_parts
from geo.ellipsoid import Floats, earth_centred

MAX_DEGREES = 0.2
"""The longest stretch of an edge, in degrees of latitude: about 22 km."""

MAX_TURN = 2.0
"""The longest stretch in degrees of longitude, for edges near a pole."""

RUN_PIECES, RUN_METRES = 12, 60e3
"""A run ends after so many pieces, or so far."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of many geometries, n of them in m runs; metres, earth-centred, but for degrees.

    Pieces `first[r]` to `first[r + 1]` are run r, which belongs to geometry `owner[r]`.
    """

    start: Floats  # (n, 2) degrees
    step: Floats  # (n, 2) degrees to the end; 0 for a point
    head: Floats  # (n, 3)
    tail: Floats  # (n, 3)
    middle: Floats  # (n, 3) on the edge, which bulges out of the chord from head to tail
    half: Floats  # (n,) nothing of the piece is farther from its middle
    sag: Floats  # (n,) nothing of the piece is farther from its chord
    first: Indices  # (m + 1,)
    owner: Indices  # (m,) ascending
    centre: Floats  # (m, 3)
    radius: Floats  # (m,) nothing of the run is farther from its centre
    low: Floats  # (m, 2) degrees, the corners of the run's box
    high: Floats  # (m, 2)

    @property
    def sizes(self) -> Indices:
        """The number of pieces in each run."""
        return np.diff(self.first)


def cut(geometries: Geometries) -> Pieces:
    """Return the pieces of all geometries; empty ones and those not in numbers have none."""
    start, step, owner, line = _stretches(geometries)
    head = earth_centred(*start.T)
    tail, middle, half, sag = head.copy(), head.copy(), np.zeros(len(head)), np.zeros(len(head))
    edge = np.flatnonzero(step.any(axis=1))
    tail[edge] = earth_centred(*(start[edge] + step[edge]).T)
    middle[edge] = earth_centred(*(start[edge] + step[edge] / 2).T)
    half[edge] = np.maximum(length((head - middle)[edge]), length((tail - middle)[edge]))
    # The edge is close to a circle's arc, whose middle is where it leaves the chord most.
    sag[edge] = 1.01 * length((middle - (head + tail) / 2)[edge])
    first = _run_starts(owner, line, half)
    centre = _mean(middle, first)
    run = np.repeat(np.arange(len(first) - 1), np.diff(first))
    reach = length(middle - centre[run]) + half
    at = first[:-1]
    radius = np.maximum.reduceat(reach, at) if len(at) else reach
    low, high = np.minimum(start, start + step), np.maximum(start, start + step)
    if len(at):
        low, high = np.minimum.reduceat(low, at), np.maximum.reduceat(high, at)
    return Pieces(
        start, step, head, tail, middle, half, sag, first, owner[at], centre, radius, low, high
    )


def _stretches(geometries: Geometries) -> tuple[Floats, Floats, Indices, Indices]:
    """Return start, step, owner and line of every piece, sorted by owner."""
    parts, owner = simple_parts(geometries)
    kind = shapely.get_type_id(parts)
    is_point, is_polygon = kind == shapely.GeometryType.POINT, kind == shapely.GeometryType.POLYGON
    is_line = ~(is_point | is_polygon)
    rings, polygon = rings_of(parts[is_polygon])
    lines = np.concatenate((parts[is_line], rings))
    line_owner = np.concatenate((owner[is_line], owner[is_polygon][polygon]))
    start, step, line = _shortened(*edges_of(lines))
    points = shapely.get_coordinates(parts[is_point])
    start = np.concatenate((points, start))
    step = np.concatenate((np.zeros_like(points), step))
    whose = np.concatenate((owner[is_point], line_owner[line]))
    line = np.concatenate((np.full(len(points), -1), line))
    order = np.flatnonzero(np.isfinite(start + step).all(axis=1))
    order = order[np.argsort(whose[order], kind="stable")]
    return start[order], step[order], whose[order], line[order]


def _shortened(start: Floats, step: Floats, line: Indices) -> tuple[Floats, Floats, Indices]:
    """Cut edges into stretches of at most MAX_DEGREES."""
    lat = np.minimum(np.abs(start[:, 1]), np.abs(start[:, 1] + step[:, 1]))
    turn = np.abs(step[:, 0])
    across = np.hypot(turn * np.cos(np.radians(lat)), step[:, 1])
    wanted = np.ceil(np.fmax(across / MAX_DEGREES, turn / MAX_TURN))
    count = np.where(np.isfinite(wanted), np.maximum(wanted, 1), 1).astype(np.intp)
    edge = np.repeat(np.arange(len(count)), count)
    at = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    step = (step / count[:, None])[edge]
    return np.asarray(start[edge] + step * at[:, None]), step, line[edge]


def _run_starts(owner: Indices, line: Indices, half: Floats) -> Indices:
    """Return where runs begin, and the end: at each new line and at most RUN_PIECES or _METRES."""
    if not len(owner):
        return np.zeros(1, dtype=np.intp)
    is_new = np.ones(len(owner), dtype=bool)
    is_new[1:] = (owner[1:] != owner[:-1]) | (line[1:] != line[:-1])
    is_new |= line < 0
    begin = np.maximum.accumulate(np.where(is_new, np.arange(len(owner)), 0))
    gone = np.cumsum(half) * 2
    gone -= gone[begin]
    block = (np.arange(len(owner)) - begin) // RUN_PIECES + gone // RUN_METRES
    is_new[1:] |= block[1:] != block[:-1]
    return np.append(np.flatnonzero(is_new), len(owner))


def _mean(values: Floats, first: Indices) -> Floats:
    if len(first) == 1:
        return values
    return np.asarray(np.add.reduceat(values, first[:-1]) / np.diff(first)[:, None])


def length(vectors: Floats) -> Floats:
    """Return the length of each row."""
    return np.sqrt(dot(vectors, vectors))


def dot(a: Floats, b: Floats) -> Floats:
    """Return the product of each two rows."""
    return np.asarray(np.einsum("ij,ij->i", a, b))
