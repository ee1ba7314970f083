"""The WGS 84 ellipsoid: geodesics, earth-centred coordinates, radii of curvature."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

Floats = NDArray[np.float64]

GEOD = Geod(ellps="WGS84")
A: float = GEOD.a
B: float = GEOD.b
E2: float = GEOD.es
SMALLEST_RADIUS = A * (1 - E2)
"""Metres; the least radius of curvature: a sphere of it makes every distance too short."""


def earth_centred(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Return x, y, z in metres (last axis 3) of positions in degrees."""
    lam, phi = np.radians(lon), np.radians(lat)
    n = prime_vertical(phi)
    ring = n * np.cos(phi)
    return np.stack((ring * np.cos(lam), ring * np.sin(lam), n * (1 - E2) * np.sin(phi)), axis=-1)


def prime_vertical(phi: Floats) -> Floats:
    """Return N, the east-west radius of curvature in metres, at a latitude in radians."""
    return np.asarray(A / np.sqrt(1 - E2 * np.sin(phi) ** 2))


def meridional(phi: Floats) -> Floats:
    """Return M, the north-south radius of curvature in metres, at a latitude in radians."""
    return np.asarray(A * (1 - E2) / (1 - E2 * np.sin(phi) ** 2) ** 1.5)


def inverse(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike
) -> tuple[Floats, Floats]:
    """Return geodesic distances in metres and bearings in degrees, 0 to 360 from north."""
    forward, _, metres = GEOD.inv(lon1, lat1, lon2, lat2)
    distance = np.asarray(metres, dtype=np.float64)
    bearing = np.where(distance > 0, np.asarray(forward) % 360, 0.0)
    return distance, np.asarray(bearing)
