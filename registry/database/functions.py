"""What SQLite lacks: functions registered on every connection, by name.

PostgreSQL has each of them in its own spelling; `portable` holds both.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from registry.database.types import box_of, from_geopackage, shapes_of, to_geopackage

# Letters whose folded form is another letter than their small one, among those of living
# alphabets: the long s, the final sigma, variants of Greek letters, the micro sign.
FOLDED = {
    letter: letter.casefold()
    for letter in map(chr, range(0x180, 0x400))
    if letter == letter.lower() != letter.casefold() and len(letter.casefold()) == 1
} | {"ſ": "s", "µ": "μ"}
_FOLD = str.maketrans(FOLDED)
# Marks that are drawn over or under a Latin, Greek or Cyrillic letter. Japanese voicing marks are
# no accents: without them a word is another.
ACCENTS = "[\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]"
_ACCENTS = re.compile(ACCENTS)
_CONSTANTS = 64
_AT_ONCE = 1_000


def casei(text: str | None) -> str | None:
    """Text without case: full case folding (Unicode 14, 5.18) but for ligatures and a few Greek
    letters, so that PostgreSQL can do the same.

    >>> casei("STRAẞE Οδός")
    'strasse οδόσ'
    """
    return None if text is None else text.lower().translate(_FOLD).replace("ß", "ss")


def accenti(text: str | None) -> str | None:
    """Text without accents, in the composed form (NFC).

    >>> accenti("Zarafşan Йод")
    'Zarafsan Иод'
    """
    if text is None:
        return None
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _bound(place: int) -> Callable[[bytes | None], float | None]:
    def bound(blob: bytes | None) -> float | None:
        return None if blob is None else box_of(blob)[place]

    return bound


def _is_empty(blob: bytes | None) -> bool | None:
    return None if blob is None else math.isnan(box_of(blob)[0])


def _intersects(blob: bytes | None, wkb: bytes) -> bool:
    return blob is not None and bool(
        shapely.intersects(from_geopackage(blob), shapely.from_wkb(wkb))
    )


@lru_cache(_CONSTANTS)
def _window(west: float, south: float, east: float, north: float) -> BaseGeometry:
    window = shapely.box(west, south, east, north)
    shapely.prepare(window)
    return window


def _meets(blob: bytes | None, west: float, south: float, east: float, north: float) -> bool:
    return blob is not None and bool(
        shapely.intersects(_window(west, south, east, north), from_geopackage(blob))
    )


class _Meeting:
    """An aggregate: the keys of the geometries that meet a window, as a JSON array. Many at once
    take a fifth of the time of one by one.
    """

    def __init__(self) -> None:
        self._keys: list[int] = []
        self._blobs: list[bytes] = []
        self._met: list[int] = []
        self._window: BaseGeometry | None = None

    def step(
        self, key: int, blob: bytes, west: float, south: float, east: float, north: float
    ) -> None:
        if self._window is None:
            self._window = _window(west, south, east, north)
        self._keys.append(key)
        self._blobs.append(blob)
        if len(self._keys) >= _AT_ONCE:
            self._test()

    def finalize(self) -> str:
        self._test()
        return str(self._met)

    def _test(self) -> None:
        if self._keys:
            meets = shapely.intersects(self._window, shapes_of(self._blobs))
            self._met += [key for key, met in zip(self._keys, meets, strict=True) if met]
        self._keys, self._blobs = [], []


@lru_cache(_CONSTANTS)
def _constant(blob: bytes) -> BaseGeometry:
    """A geometry that a filter holds, read once and not for every row."""
    geometry = from_geopackage(blob)
    shapely.prepare(geometry)
    return geometry


def _related(
    relation: Callable[..., Any], *, collections: bool
) -> Callable[[bytes | None, bytes | None], bool | None]:
    """A test of a stored geometry (first) and one that a filter holds, or another stored one.

    Without `collections` the relation of a mixed collection is unknown, as it is to PostGIS.
    """

    def related(stored: bytes | None, other: bytes | None) -> bool | None:
        if stored is None or other is None:
            return None
        geometry = from_geopackage(stored)
        if geometry.geom_type == "GeometryCollection" and not collections:
            return None
        return bool(relation(_constant(other), geometry))

    return related


def _pair_line(
    distance_m: float, lon: float, lat: float, other_lon: float, other_lat: float
) -> bytes:
    """A cross-reference's geometry: the line between the nearest points, a point where they
    meet.
    """
    start, end = (lon, lat), (other_lon, other_lat)
    return to_geopackage(
        shapely.Point(start) if distance_m == 0 else shapely.LineString([start, end])
    )


def _power(base: float | None, exponent: float | None) -> float | None:
    return None if base is None or exponent is None else float(base**exponent)


def _modulo(dividend: float | None, divisor: float | None) -> float | None:
    """The remainder with the sign of the dividend; both are whole numbers."""
    if dividend is None or not divisor:
        return None
    return math.fmod(dividend, divisor)


# What each test is of the geometry in the filter, seen from there: within becomes contains.
SPATIAL_TESTS: dict[str, tuple[Callable[..., Any], bool]] = {
    "intersects": (shapely.intersects, True),
    "equals": (shapely.equals, False),
    "touches": (shapely.touches, False),
    "within": (shapely.contains, False),
    "overlaps": (shapely.overlaps, False),
    "crosses": (shapely.crosses, False),
    "contains": (shapely.within, False),
}
# The R-tree triggers call the first five; GDAL and QGIS bring their own when they write to the
# file.
SQL_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("ST_IsEmpty", 1, _is_empty),
    ("ST_MinX", 1, _bound(0)),
    ("ST_MaxX", 1, _bound(1)),
    ("ST_MinY", 1, _bound(2)),
    ("ST_MaxY", 1, _bound(3)),
    ("qadam_intersects", 2, _intersects),
    ("qadam_meets", 5, _meets),
    ("qadam_casei", 1, casei),
    ("qadam_accenti", 1, accenti),
    ("qadam_power", 2, _power),
    ("qadam_modulo", 2, _modulo),
    ("qadam_pair_line", 5, _pair_line),
    *(
        (f"qadam_{name}_shape", 2, _related(test, collections=collections))
        for name, (test, collections) in SPATIAL_TESTS.items()
    ),
)
AGGREGATES: tuple[tuple[str, int, Callable[[], Any]], ...] = (("qadam_meeting", 6, _Meeting),)
