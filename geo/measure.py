"""Length, area and distance on the WGS 84 ellipsoid, never in degrees.

Edges are straight in longitude and latitude (RFC 7946, section 3.1.1), so the integrals run along
those lines rather than along geodesics between the corners.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.elements import Geometries, Indices, edges_of, rings_of, simple_parts
from geo.ellipsoid import E2, A, Floats, meridional, prime_vertical
from geo.errors import BadGeometry
from geo.nearest import pairs_within

# Gauss-Legendre on [0, 1]: six points integrate an edge of several degrees to a millimetre.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2
_E = np.sqrt(E2)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest points of two geometries: metres, longitude and latitude, bearing from a to b."""

    distance_m: float
    on_a: tuple[float, float]
    on_b: tuple[float, float]
    bearing_deg: float


def nearest(a: BaseGeometry, b: BaseGeometry) -> Nearest:
    """Return how far apart two geometries are, and where; 0 m when they touch or overlap.

    >>> from shapely import Point
    >>> round(nearest(Point(69.24, 41.31), Point(71.43, 51.13)).distance_m / 1000)
    1104
    """
    pairs = pairs_within([a], [b], np.inf)
    if not len(pairs):
        raise BadGeometry("There is no distance to or from an empty geometry.")
    (ax, ay), (bx, by) = pairs.left_point[0].tolist(), pairs.right_point[0].tolist()
    return Nearest(float(pairs.distance_m[0]), (ax, ay), (bx, by), float(pairs.bearing_deg[0]))


def length_km(geometry: BaseGeometry) -> float:
    """Return the length of the lines in kilometres; 0 for points and polygons."""
    return float(lengths_km([geometry])[0])


def area_km2(geometry: BaseGeometry) -> float:
    """Return the area of the polygons in square kilometres; 0 for points and lines."""
    return float(areas_km2([geometry])[0])


def lengths_km(geometries: Geometries) -> Floats:
    """Return the length of the lines of each geometry in kilometres."""
    parts, owner = simple_parts(geometries)
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    start, step, line = edges_of(parts[is_line])
    phi = np.radians(start[:, 1:] + step[:, 1:] * _NODES)
    step = np.radians(step)
    speed = np.hypot(meridional(phi) * step[:, 1:], prime_vertical(phi) * np.cos(phi) * step[:, :1])
    return _summed(speed @ _WEIGHTS / 1e3, owner[is_line][line], len(geometries))


def areas_km2(geometries: Geometries) -> Floats:
    """Return the area of the polygons of each geometry in square kilometres; holes left out."""
    parts, owner = simple_parts(geometries)
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, polygon = rings_of(parts[is_polygon])
    start, step, ring = edges_of(rings)
    phi = np.radians(start[:, 1:] + step[:, 1:] * _NODES)
    strips = _area_to(phi) @ _WEIGHTS * np.radians(step[:, 0]) / 1e6
    sizes = np.abs(_summed(strips, ring, len(rings)))
    is_hole = np.diff(polygon, prepend=-1) == 0
    return _summed(np.where(is_hole, -sizes, sizes), owner[is_polygon][polygon], len(geometries))


def _area_to(phi: Floats) -> Floats:
    """Return square metres between the equator and a latitude, for one radian of longitude."""
    sine = np.sin(phi)
    strip = sine / (1 - E2 * sine**2) + np.arctanh(_E * sine) / _E
    return np.asarray(A**2 * (1 - E2) / 2 * strip)


def _summed(values: Floats, owner: Indices, count: int) -> Floats:
    return np.bincount(owner, weights=values, minlength=count).astype(np.float64)
