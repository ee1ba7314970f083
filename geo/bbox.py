"""A bounding box in degrees, also across the antimeridian."""

from dataclasses import dataclass
from math import asin, cos, degrees, isfinite, pi, radians, sin

from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.ellipsoid import SMALLEST_RADIUS
from geo.errors import BadBBox
from geo.numbers import exact_number, plain_number


@dataclass(frozen=True, slots=True)
class BBox:
    """West, south, east, north in degrees; west > east means across the antimeridian.

    A box of another reference system keeps its exact `outline` in degrees.
    """

    west: float
    south: float
    east: float
    north: float
    outline: BaseGeometry | None = None

    def __post_init__(self) -> None:
        """Refuse what no map can show."""
        for name, value, limit in zip(
            ("west", "south", "east", "north"), self.numbers, (180, 90, 180, 90), strict=True
        ):
            if not isfinite(value) or abs(value) > limit:
                raise BadBBox(
                    f"bbox: {name} is {value:g}, but must lie between -{limit} and {limit}; "
                    "the order is west,south,east,north."
                )
        if self.south > self.north:
            raise BadBBox(
                f"bbox: south ({self.south:g}) is above north ({self.north:g}); "
                "the order is west,south,east,north."
            )

    @classmethod
    def parse(cls, text: str) -> "BBox":
        """Read "west,south,east,north"; of six numbers the two heights are dropped."""
        return cls(*read_numbers(text))

    @classmethod
    def around(cls, lon: float, lat: float, km: float) -> "BBox":
        """Return a box that holds everything within `km` (geodesic) of a position."""
        # On the sphere of the smallest radius distances are too short, so the circle too wide.
        reach = km * 1000 / SMALLEST_RADIUS
        south, north = lat - degrees(reach), lat + degrees(reach)
        if south <= -90 or north >= 90 or reach >= pi / 2:
            return cls(-180, max(south, -90), 180, min(north, 90))
        half = degrees(asin(min(1.0, sin(reach) / cos(radians(lat)))))
        if half >= 180:
            return cls(-180, south, 180, north)
        return cls(_wrapped(lon - half), south, _wrapped(lon + half), north)

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return self.west, self.south, self.east, self.north

    def parts(self) -> tuple["BBox", ...]:
        """Return the box itself, or its two halves when it lies across the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return (
            BBox(self.west, self.south, 180, self.north),
            BBox(-180, self.south, self.east, self.north),
        )

    def polygon(self) -> Polygon | MultiPolygon:
        """Return the box as a geometry; two polygons when it lies across the antimeridian."""
        polygons = [box(*part.numbers) for part in self.parts()]
        return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)

    def __str__(self) -> str:
        """Print it the way `parse` reads it: the very same box."""
        return ",".join(map(exact_number, self.numbers))


def read_numbers(text: str) -> tuple[float, float, float, float]:
    """Return the four numbers of a box in the order given; of six the two heights are dropped."""
    try:
        numbers = [plain_number(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:  # OGC API - Features, requirement 24: heights may be given
        del numbers[5], numbers[2]
    if len(numbers) != 4:
        raise BadBBox(f"bbox takes four numbers, west,south,east,north; got {text[:80]!r}.")
    first, second, third, fourth = numbers
    return first, second, third, fourth


def _wrapped(lon: float) -> float:
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180
