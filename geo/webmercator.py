"""The tiles of WebMercatorQuad (OGC 17-083r4, annex D.1): which part of the world each is, and
geometry on its grid.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bbox import BBox
from geo.elements import Geometries, as_array
from geo.ellipsoid import Floats
from geo.errors import BadTile

EXTENT = 4096
"""Steps of the grid along the side of a tile, as is usual for vector tiles."""

DEEPEST = 24
"""The last zoom; a tile there is two metres wide."""

HALF_SIDE_M = math.pi * 6378137.0
"""From the middle of the map to its edge, in the metres of EPSG:3857."""

NORTHMOST = math.degrees(math.atan(math.sinh(math.pi)))
"""Latitude of the upper edge, where the map is a square."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile by zoom, row (from the north) and column (from the west); raises BadTile."""

    zoom: int
    row: int
    col: int

    def __post_init__(self) -> None:
        """Refuse what lies outside the matrix."""
        if not 0 <= self.zoom <= DEEPEST:
            raise BadTile(f"There are zooms from 0 to {DEEPEST}; got {self.zoom}.")
        for name, number in (("row", self.row), ("column", self.col)):
            if not 0 <= number < self._across:
                raise BadTile(
                    f"Zoom {self.zoom} has {name}s from 0 to {self._across - 1:,}; got {number}."
                )

    @property
    def _across(self) -> int:
        """How many tiles there are along a side at this zoom."""
        return int(2**self.zoom)

    def box(self, margin: int = 0) -> BBox:
        """Return the box of the tile in degrees, wider by a margin in steps of the grid."""
        share = margin / EXTENT
        west, east = (
            min(180.0, max(-180.0, 360 * place / self._across - 180))
            for place in (self.col - share, self.col + 1 + share)
        )
        south, north = (
            _latitude(1 - 2 * min(1.0, max(0.0, place / self._across)))
            for place in (self.row + 1 + share, self.row - share)
        )
        return BBox(west, south, east, north)

    def on_grid(self, geometries: Geometries) -> NDArray[np.object_]:
        """Return geometries in steps of the grid: x to the east, y to the south, not rounded."""

        def placed(degrees: NDArray[Any]) -> NDArray[Any]:
            return np.column_stack(self.steps(degrees[:, 0], degrees[:, 1]))

        return np.asarray(shapely.transform(as_array(geometries), placed))

    def steps(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return x and y of positions in steps of the grid."""
        latitude = np.radians(np.clip(lat, -NORTHMOST, NORTHMOST))
        x = (lon + 180) / 360 * self._across - self.col
        y = (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * self._across - self.row
        return x * EXTENT, y * EXTENT


def _latitude(height: float) -> float:
    """The latitude at a height above the equator, from -1 to 1."""
    return math.degrees(math.atan(math.sinh(math.pi * height)))
