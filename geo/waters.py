"""The parts of the Caspian that count to the countries on its shore."""

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.enums import TransformDirection
from shapely.geometry.base import BaseGeometry

from geo.ellipsoid import Floats

OFFSHORE_KM = 150
"""How far from the coast the sea counts to a country."""

# The Caspian lies within 350 km of this meridian: lengths are true to two in a thousand.
_FLAT = "+proj=tmerc +lon_0=51 +k=0.9995 +ellps=WGS84"
_SHORE_M = 2e3
_GAP_DEGREES = 0.03


def coastal_waters(
    sea: BaseGeometry, countries: Mapping[str, BaseGeometry], others: Iterable[BaseGeometry]
) -> dict[str, BaseGeometry]:
    """Return by country what of the sea is nearest to its coast and at most OFFSHORE_KM from it.

    `others` are the neighbours' outlines; nearest is among `countries` only.
    """
    # The sea is widened a little, to close the gaps between its shore and the countries'.
    water = shapely.difference(
        shapely.buffer(sea, _GAP_DEGREES), shapely.union_all([*countries.values(), *others])
    )
    flat = _flattened(water)
    shore, owner = _shores(flat, countries)
    points = np.asarray(shapely.points(shore), dtype=object)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=flat, ordered=True)
    )
    waters = {}
    for at, code in enumerate(countries):
        own = owner == at
        if own.any():
            reach = shapely.union_all(shapely.buffer(points[own], OFFSHORE_KM * 1e3))
            zone = shapely.intersection(shapely.union_all(cells[own]), reach)
            waters[code] = _unflattened(shapely.intersection(flat, zone))
    return waters


def _shores(
    flat_sea: BaseGeometry, countries: Mapping[str, BaseGeometry]
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return positions a kilometre apart along the coasts, and the country of each."""
    shapely.prepare(flat_sea)
    shores = []
    for outline in countries.values():
        every = shapely.get_coordinates(shapely.segmentize(_flattened(outline), 1e3))
        near = shapely.dwithin(shapely.points(every), flat_sea, _SHORE_M)
        shores.append(np.round(every[near]))
    owner = np.repeat(np.arange(len(shores)), [len(shore) for shore in shores])
    positions, first = np.unique(np.concatenate(shores), axis=0, return_index=True)
    return positions, owner[first]


@cache
def _projection() -> Transformer:
    return Transformer.from_crs("OGC:CRS84", _FLAT, always_xy=True)


def _flattened(geometry: BaseGeometry) -> BaseGeometry:
    dense = shapely.segmentize(geometry, 0.05)
    return shapely.transform(dense, lambda xy: _moved(xy, TransformDirection.FORWARD))


def _unflattened(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry, lambda xy: _moved(xy, TransformDirection.INVERSE))


def _moved(positions: Floats, direction: TransformDirection) -> Floats:
    x, y = positions.T
    return np.column_stack(_projection().transform(x, y, direction=direction))
