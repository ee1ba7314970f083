"""Coordinate reference systems that features are given and asked in: one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from geo.bbox import BBox
from geo.elements import Geometries, as_array
from geo.errors import BadBBox, BadCrs
from geo.geometry import DECIMALS

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_METRE_DECIMALS = 3
# Nothing on Earth is so far from an origin; more would overflow when it is rounded.
_FARTHEST = 1e12
# How many parts an edge of a box in metres is cut into: it is no straight line in degrees.
_EDGE_PARTS = 32
_FOLDED_M = 1.0
# Farther than any position on Earth in any of the systems.
_FARTHEST_M = 5e7
_SHORT_M = 1.0


@dataclass(frozen=True, slots=True)
class Crs:
    """A reference system: its address, its EPSG code (None: CRS84), whether latitude comes first.

    `metric` ones count metres, the others degrees.
    """

    uri: str
    title: str
    epsg: int | None = None
    lat_first: bool = False
    metric: bool = True

    @property
    def decimals(self) -> int:
        """How many decimals are published: a centimetre or a millimetre, never finer."""
        return _METRE_DECIMALS if self.metric else DECIMALS


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "WGS 84, longitude first", metric=False)
CRSS: tuple[Crs, ...] = (
    CRS84,
    Crs(f"{_EPSG}4326", "WGS 84, latitude first", 4326, lat_first=True, metric=False),
    Crs(f"{_EPSG}3857", "Web Mercator", 3857),
    *(
        Crs(f"{_EPSG}{epsg}", f"WGS 84 / UTM zone {epsg - 32600}N", epsg)
        for epsg in range(32638, 32646)
    ),
)
_BY_NAME = {crs.uri: crs for crs in CRSS} | {
    name: crs
    for crs in CRSS
    for name in (
        (f"[EPSG:{crs.epsg}]", f"EPSG:{crs.epsg}", f"urn:ogc:def:crs:EPSG::{crs.epsg}")
        if crs.epsg
        else ("[OGC:CRS84]", "OGC:CRS84", "CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84")
    )
}


def read_crs(text: str) -> Crs:
    """Return the system of an address, URN or short name such as EPSG:32642.

    Raises:
        BadCrs: it is none that the registry knows; the sentence lists them.
    """
    found = _BY_NAME.get(text.strip().strip("<>").replace("https://", "http://", 1))
    if found is None:
        known = ", ".join(f"EPSG:{crs.epsg}" if crs.epsg else "OGC:CRS84" for crs in CRSS)
        raise BadCrs(f"{text[:80]!r} is no reference system of the registry; there are {known}.")
    return found


def from_lonlat(geometries: Geometries, crs: Crs) -> NDArray[np.object_]:
    """Return geometries of longitude and latitude in another system, in its own axis order.

    Raises:
        BadCrs: a position cannot be shown there.
    """
    return _moved(geometries, _transformer(crs), crs, crs.decimals)


def to_lonlat(geometry: BaseGeometry, crs: Crs) -> BaseGeometry:
    """Return a geometry of another system, in its own axis order, in longitude and latitude.

    Raises:
        BadCrs: a position has no longitude and latitude.

    >>> to_lonlat(shapely.Point(41.3, 69.2), read_crs("EPSG:4326")).wkt
    'POINT (69.2 41.3)'
    """
    return cast(BaseGeometry, _moved([geometry], _transformer(crs, back=True), crs, DECIMALS)[0])


def lonlat_box(numbers: Sequence[float], crs: Crs) -> BBox:
    """Return a box given in another system, four numbers in its axis order, in degrees.

    A box in metres keeps its exact outline. Raises:
        BadBBox: it is upside down, or lies where the system does not reach.
    """
    first, second, third, fourth = numbers
    if crs.lat_first:
        return BBox(second, first, fourth, third)
    if not crs.metric:
        return BBox(first, second, third, fourth)
    if not all(abs(number) <= _FARTHEST_M for number in numbers):  # nor what is no number
        raise BadBBox(f"bbox takes metres up to {_FARTHEST_M:,.0f} in {crs.title}.")
    if first > third or second > fourth:
        raise BadBBox("bbox: the first corner must lie below and left of the second.")
    edge = max(third - first, fourth - second) / _EDGE_PARTS
    corners = [(x, y) for x in (first, third) for y in (second, fourth)]
    # Of no width it is a line or a point.
    is_flat = first == third or second == fourth
    shape = (
        shapely.MultiPoint(corners).convex_hull
        if is_flat
        else shapely.box(first, second, third, fourth)
    )
    try:
        if edge < _SHORT_M:
            outline = to_lonlat(shapely.MultiPoint(corners), crs).convex_hull
        else:
            outline = _outline(shapely.segmentize(shape, edge), crs)
    except BadCrs as error:
        raise BadBBox(f"bbox: {error}") from None
    west, south, east, north = outline.bounds
    return BBox(west, south, east, north, outline)


def _outline(shape: BaseGeometry, crs: Crs) -> BaseGeometry:
    outline = to_lonlat(shape, crs)
    # Far beyond its zone a projection folds: the way back ends elsewhere.
    apart = from_lonlat([outline], crs)[0].hausdorff_distance(shape)
    if apart > _FOLDED_M or not shapely.is_valid(outline):
        raise BadCrs(f"the box is too large for {crs.title}.")
    return outline


def _moved(
    geometries: Geometries, transformer: Transformer, crs: Crs, decimals: int
) -> NDArray[np.object_]:
    def move(positions: NDArray[Any]) -> NDArray[Any]:
        columns = transformer.transform(positions[:, 0], positions[:, 1])
        moved = np.column_stack(columns)
        if not (np.abs(moved) < _FARTHEST).all():  # NaN is no nearer
            raise BadCrs(f"A position lies where {crs.title} does not reach.")
        # Adding zero turns -0.0, which would be printed so, into 0.0.
        return np.asarray(np.round(moved, decimals) + 0.0)

    return shapely.transform(as_array(geometries), move)


@cache
def _transformer(crs: Crs, back: bool = False) -> Transformer:
    """The way from CRS84 or back, made once; both ends keep the axis order of their authority."""
    lonlat, other = CRS("OGC:CRS84"), CRS(f"EPSG:{crs.epsg}" if crs.epsg else "OGC:CRS84")
    return Transformer.from_crs(other, lonlat) if back else Transformer.from_crs(lonlat, other)
