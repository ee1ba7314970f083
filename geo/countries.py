"""The five countries and their provinces: who they are, and which of them a geometry lies in.

Outlines are drawn at about 1:10,000,000: good for shares, not for a border to the metre.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import Any, TypeVar

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.elements import Geometries, Indices, Objects, as_array
from geo.ellipsoid import Floats
from geo.geometry import read_geojson
from geo.layers import DATA
from geo.measure import areas_km2, lengths_km
from geo.nearest import k_nearest
from geo.waters import coastal_waters

OUTLINE_KM = 1.0
"""What the outlines cannot tell: so close to a country a geometry counts as touching it."""

SLIVER = 0.001
"""A share below this is a matter of how the outlines are drawn, and is left out."""


WATERS = "waters.geojson"
"""The coastal waters, computed once because that takes half a second; see `waters_text`."""

MOSTLY = 0.5
"""The share at sea from which a geometry is called offshore."""


@dataclass(frozen=True, slots=True)
class Country:
    """One of the five; `code` is ISO 3166-1 alpha-2."""

    code: str
    iso3: str
    name: str
    name_native: str
    name_ru: str
    name_ja: str
    official_name: str
    capital: str
    capital_lon: float
    capital_lat: float
    outline: BaseGeometry = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Admin1:
    """A province as its outline shows it; `code` (ISO 3166-2) only where it is today's unit."""

    key: str
    code: str | None
    name: str
    country: str
    alt_names: tuple[str, ...]
    name_native: str
    name_ru: str
    name_ja: str
    outline: BaseGeometry = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """What is published: the code, else the outline's own key."""
        return self.code or self.key


@dataclass(frozen=True, slots=True)
class Location:
    """Where a geometry lies.

    `shares` are of what lies in the five countries and sum to 1: by length for lines, by area for
    polygons, by count for points. `admin1` are published ids, the largest part first.
    """

    shares: Mapping[str, float]
    outside_share: float
    admin1: tuple[str, ...]
    offshore: bool
    touches: bool
    nearest_country: str
    outside_km: float


def _features(file: str) -> list[tuple[dict[str, Any], BaseGeometry]]:
    collection = orjson.loads((DATA / file).read_bytes())
    return [(row["properties"], read_geojson(row["geometry"])) for row in collection["features"]]


def _known(row: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    return {part.name: row.get(part.name) or "" for part in fields(kind) if part.name != "outline"}


COUNTRIES: tuple[Country, ...] = tuple(
    Country(**_known(row, Country), outline=outline)
    for row, outline in _features("countries.geojson")
)

ADMIN1: tuple[Admin1, ...] = tuple(
    Admin1(
        **_known(row, Admin1) | {"code": row["code"], "alt_names": tuple(row["alt_names"])},
        outline=outline,
    )
    for row, outline in _features("admin1.geojson")
)

Key = TypeVar("Key")

CODES = tuple(country.code for country in COUNTRIES)
_NAMES = {unit.key: unit.name for unit in ADMIN1} | {unit.id: unit.name for unit in ADMIN1}


def admin1_name(code_or_key: str) -> str:
    """Return the English name of a province; the text itself when no province has it."""
    return _NAMES.get(code_or_key, code_or_key)


def locate(geometry: BaseGeometry) -> Location:
    """Return which of the five countries and their provinces a geometry lies in.

    >>> from shapely import Point
    >>> dict(locate(Point(69.24, 41.31)).shares)
    {'UZ': 1.0}
    """
    return locate_many([geometry])[0]


def locate_many(geometries: Geometries) -> list[Location]:
    """Return the location of each geometry; an empty one lies nowhere and touches nothing."""
    shapes = as_array(geometries)
    dimension, whole = _sizes(shapes)
    zones = _zones()
    zone, shape, size = _overlaps(shapes, dimension, whole, zones.outlines)
    count = np.bincount(shape, minlength=len(shapes))
    is_alone = (count[shape] == 1) & (size == whole[shape])
    hits: dict[int, list[tuple[int, float]]] = {}
    for at, in_zone, part in _listed(shape[~is_alone], zone[~is_alone], size[~is_alone]):
        hits.setdefault(at, []).append((in_zone, part))
    located = {
        at: zones.wholly[in_zone] for at, in_zone in _listed(shape[is_alone], zone[is_alone])
    }
    located |= {at: _inside(hit, float(whole[at]), zones) for at, hit in hits.items()}
    beyond = np.flatnonzero((count == 0) & (whole > 0))
    apart = zip(beyond.tolist(), _nearest_units(shapes[beyond]), strict=True)
    located |= {at: _outside(unit, km) for at, (unit, km) in apart}
    return [located.get(at) or _outside(None, 0.0) for at in range(len(shapes))]


def outside_sentence(geometry: BaseGeometry, location: Location) -> str:
    """Return what to tell somebody whose geometry touches none of the five countries."""
    names = {country.code: country.name for country in COUNTRIES}
    swapped = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    if abs(swapped.bounds[1]) <= 90 and abs(swapped.bounds[3]) <= 90:
        other = locate(swapped)
        if other.touches:
            return (
                "Latitude and longitude look swapped: the other way round this place lies in "
                f"{names[other.nearest_country]}. Longitude comes first."
            )
    km = format(location.outside_km, ",.0f" if location.outside_km >= 10 else ".1f")
    return (
        f"This place lies {km} km outside {names[location.nearest_country]}, the nearest of the "
        "five countries; check the order and the signs of its coordinates, or move it."
    )


@dataclass(frozen=True)
class _Zones:
    """What a geometry is laid over: the provinces, then the waters of the coastal countries."""

    outlines: Objects
    countries: tuple[str, ...]
    units: tuple[str | None, ...]  # published ids; None is at sea

    @cached_property
    def wholly(self) -> tuple[Location, ...]:
        """Return where a geometry is that lies in one outline and nowhere else: most do."""
        return tuple(_inside([(zone, 1.0)], 1.0, self) for zone in range(len(self.outlines)))


def waters_text() -> bytes:
    """Return what the file of coastal waters must hold: they follow from the other outlines."""
    sea = next(shape for row, shape in _features("lakes.geojson") if row["kind"] == "sea")
    neighbours = [shape for _, shape in _features("neighbours.geojson")]
    waters = coastal_waters(sea, {row.code: row.outline for row in COUNTRIES}, neighbours)
    features = [
        {
            "type": "Feature",
            "properties": {"country": code},
            "geometry": shapely.set_precision(shape, 1e-7).__geo_interface__,
        }
        for code, shape in waters.items()
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


@cache
def _zones() -> _Zones:
    waters = {row["country"]: shape for row, shape in _features(WATERS)}
    outlines = np.array([*(unit.outline for unit in ADMIN1), *waters.values()], dtype=object)
    shapely.prepare(outlines)
    return _Zones(
        outlines,
        (*(unit.country for unit in ADMIN1), *waters),
        (*(unit.id for unit in ADMIN1), *(None for _ in waters)),
    )


def _listed(*columns: NDArray[Any]) -> Iterable[Any]:
    return zip(*(column.tolist() for column in columns), strict=True)


def _sizes(shapes: Objects) -> tuple[NDArray[np.int64], Floats]:
    """Return the dimension that each geometry is measured in, and its size."""
    sizes = np.stack([_size(shapes, dimension) for dimension in range(3)])
    dimension = np.where(sizes[2] > 0, 2, np.where(sizes[1] > 0, 1, 0))
    return dimension, np.take_along_axis(sizes, dimension[None], axis=0)[0]


def _size(shapes: Objects, dimension: int) -> Floats:
    if dimension == 0:
        return shapely.get_num_coordinates(shapes).astype(np.float64)
    return (lengths_km, areas_km2)[dimension - 1](shapes)


def _overlaps(
    shapes: Objects, dimension: NDArray[np.int64], whole: Floats, outlines: Objects
) -> tuple[Indices, Indices, Floats]:
    """Return outline, geometry and the size of what they share, for all that meet."""
    outline, shape = shapely.STRtree(shapes).query(outlines, predicate="intersects")
    size = whole[shape].copy()
    is_cut = ~shapely.covers(outlines[outline], shapes[shape])
    for kind in range(3):
        at = np.flatnonzero(is_cut & (dimension[shape] == kind))
        parts = shapely.intersection(outlines[outline[at]], _valid(shapes[shape[at]]))
        size[at] = _size(parts, kind)
    return outline, shape, size


def _valid(shapes: Objects) -> Objects:
    """Mend what is not valid: such a geometry is never stored, but may be asked about."""
    shapes = shapes.copy()
    invalid = ~shapely.is_valid(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid])
    return shapes


def _inside(hits: list[tuple[int, float]], whole: float, zones: _Zones) -> Location:
    met = sum(size for _, size in hits)
    if met <= 0:  # it touches a border only: as much in each
        hits = [(zone, 1.0) for zone, _ in hits]
    parts = _grouped((zones.countries[zone], size) for zone, size in hits)
    units = _grouped((zones.units[zone], size) for zone, size in hits)
    at_sea = units.pop(None, 0.0)
    outside = max(0.0, 1 - met / whole)
    return Location(
        shares=parts,
        outside_share=outside if outside >= SLIVER else 0.0,
        admin1=tuple(unit for unit in units if unit is not None),
        offshore=at_sea >= MOSTLY,
        touches=True,
        nearest_country=next(iter(parts)),
        outside_km=0.0,
    )


def _grouped(sizes: Iterable[tuple[Key, float]]) -> dict[Key, float]:
    """Return the share of each key, largest first, without slivers."""
    total: dict[Key, float] = {}
    for key, size in sizes:
        total[key] = total.get(key, 0.0) + size
    whole = sum(total.values())
    kept = {key: size for key, size in total.items() if size >= SLIVER * whole}
    whole = sum(kept.values())
    ordered = sorted(kept.items(), key=lambda item: (-item[1], str(item[0])))
    return {key: size / whole for key, size in ordered}


def _outside(unit: Admin1 | None, km: float) -> Location:
    if unit is None:
        return Location({}, 0.0, (), False, False, "", 0.0)
    if km <= OUTLINE_KM:
        return Location({unit.country: 1.0}, 0.0, (unit.id,), False, True, unit.country, 0.0)
    return Location({}, 1.0, (), False, False, unit.country, km)


def _nearest_units(shapes: Objects) -> list[tuple[Admin1, float]]:
    """Return the province nearest to each geometry, and how far it is in kilometres."""
    if not len(shapes):
        return []
    pairs = k_nearest(shapes, [unit.outline for unit in ADMIN1], 1, np.inf)
    return [
        (ADMIN1[at], metres / 1e3)
        for at, metres in zip(pairs.right.tolist(), pairs.distance_m.tolist(), strict=True)
    ]
