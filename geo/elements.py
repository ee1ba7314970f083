"""Geometries taken apart, many at once: simple parts, lines, edges."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.ellipsoid import Floats

Geometries = Sequence[BaseGeometry | None] | NDArray[Any]
Objects = NDArray[np.object_]
Indices = NDArray[np.intp]

_COLLECTIONS = 4  # type ids from here on hold other geometries


def as_array(geometries: Geometries) -> Objects:
    """Return the geometries as a one-dimensional array of objects."""
    if isinstance(geometries, np.ndarray):
        return geometries
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def simple_parts(geometries: Geometries) -> tuple[Objects, Indices]:
    """Return the points, lines and polygons of all geometries, and whose each is."""
    parts = as_array(geometries)
    owner = np.arange(len(parts))
    while True:
        kept = ~(shapely.is_missing(parts) | shapely.is_empty(parts))
        parts, owner = parts[kept], owner[kept]
        if not (shapely.get_type_id(parts) >= _COLLECTIONS).any():
            return parts, owner
        parts, of = shapely.get_parts(parts, return_index=True)
        owner = owner[of]


def rings_of(polygons: Objects) -> tuple[Objects, Indices]:
    """Return the rings of polygons, the shell of each first, and whose each is."""
    rings, owner = shapely.get_rings(polygons, return_index=True)
    return rings, owner


def edges_of(lines: Objects) -> tuple[Floats, Floats, Indices]:
    """Return starts (n, 2), steps (n, 2) to the ends, in degrees, and the line of each edge."""
    positions, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[:-1] == line[1:]
    return positions[:-1][joined], np.diff(positions, axis=0)[joined], line[:-1][joined]
