"""Synthetic registries: projects and deposits as the real ones are mixed, the same for a seed.

80 % points, 15 % polygons of 5 to 40 corners and 5 % lines, all in the five countries, about 600
bytes of GeoJSON each; deposits are points, but for a tenth that are polygons.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from geo.countries import COUNTRIES
from geo.geometry import geojson_texts
from registry.vocabulary import COMMODITIES, DEPOSIT_KINDS, SECTORS, STATUSES

Places = NDArray[np.float64]
AT_A_TIME = 10_000
_AREA = shapely.union_all([country.outline for country in COUNTRIES])
_RIVERS = ("Syr Darya", "Vakhsh", "Naryn", "Zarafshan", "Chu", "Ili", "Amu Darya", "Surkhan")
_HILLS = ("Karatau", "Alay", "Nurata", "Kyzylkum", "Betpak", "Mangystau", "Pamir", "Talas")
_ENDS = ("plant", "park", "scheme", "station", "complex", "programme")
_PARTNERS = (
    ("Sogdiana Power", "UZ", "proponent"),
    ("Tulpar Energy", "KZ", "host"),
    ("Sakura Trading House", "JP", "technology"),
    ("Silk Road Development Bank", "XM", "funder"),
    ("Ala-Too Utilities", "KG", "host"),
    ("Hokuto Engineering", "JP", "implementer"),
)
_WHY = (
    "The feasibility study names the site, the grid connection and the operator.",
    "A memorandum was signed; the investor and the price of power are not agreed.",
    "The old units are replaced step by step while the plant runs on.",
    "Heat and power for the town; the ministry asked for a second offer.",
)


def projects(count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield one GeoJSON feature a line, newline included, without ids."""
    for start in range(0, count, AT_A_TIME):
        rng = np.random.default_rng((seed, start))
        shapes = _shapes(rng, min(AT_A_TIME, count - start), polygons=0.15, lines=0.05)
        for at, geometry in enumerate(geojson_texts(shapes), start=start):
            yield _line(geometry, _project(rng, at))


def deposits(count: int, seed: int = 2) -> Iterator[bytes]:
    """Yield one deposit a line."""
    rng = np.random.default_rng(seed)
    shapes = _shapes(rng, count, polygons=0.1, lines=0)
    for at, geometry in enumerate(geojson_texts(shapes)):
        yield _line(geometry, _deposit(rng, at))


def write(path: Path, lines: Iterator[bytes]) -> Path:
    """Write the lines to a file and return its path."""
    with path.open("wb") as file:
        file.writelines(lines)
    return path


def _line(geometry: str, properties: dict[str, Any]) -> bytes:
    feature = {
        "type": "Feature",
        "geometry": orjson.Fragment(geometry),
        "properties": properties,
    }
    return orjson.dumps(feature) + b"\n"


def _project(rng: np.random.Generator, at: int) -> dict[str, Any]:
    dice = rng.random(12)
    said: dict[str, Any] = {
        "name": f"{_pick(_RIVERS, dice[0])} {_pick(_HILLS, dice[1])} {_pick(_ENDS, dice[2])} {at}",
        "sector": _pick(SECTORS, dice[3]).slug,
        "status": _pick(STATUSES, dice[4]).slug,
        "summary": _pick(_WHY, dice[5]),
        "location_precision": "exact" if dice[6] < 0.5 else "approximate",
        "start_year": 2026 + int(dice[7] * 12),
        "sources": [f"Registry of the ministry | https://example.org/projects/{at} | 2026-01-15"],
    }
    if dice[8] < 0.7:
        said["capacity_mw"] = round(float(dice[9]) * 500, 1)
    if dice[8] < 0.4:
        said |= {"cost_amount": round(float(dice[10]) * 9e8), "cost_currency": "USD"}
    partners = [_pick(_PARTNERS, dice[at]) for at in ((11, 10) if dice[9] < 0.3 else (11,))]
    names, countries, roles = zip(*dict.fromkeys(partners), strict=True)
    return said | {"partners": names, "partner_countries": countries, "partner_roles": roles}


def _deposit(rng: np.random.Generator, at: int) -> dict[str, Any]:
    dice = rng.random(4)
    commodities = dict.fromkeys(_pick(COMMODITIES, die).slug for die in dice[: 1 + (at % 2)])
    return {
        "name": f"{_pick(_HILLS, dice[2])} {at}",
        "commodities": list(commodities),
        "kind": _pick(DEPOSIT_KINDS, dice[3]).slug,
        "location_precision": "exact",
    }


def _pick(rows: Sequence[Any], die: float) -> Any:
    return rows[int(die * len(rows))]


def _shapes(
    rng: np.random.Generator, count: int, *, polygons: float, lines: float
) -> NDArray[np.object_]:
    places = _places(rng, count)
    shapes = np.asarray(shapely.points(places), dtype=object)
    dice = rng.random(count)
    for at in np.flatnonzero(dice < polygons):
        shapes[at] = _polygon(rng, places[at])
    for at in np.flatnonzero((dice >= polygons) & (dice < polygons + lines)):
        shapes[at] = _path(rng, places[at])
    return shapes


def _places(rng: np.random.Generator, count: int) -> Places:
    """Return positions in the five countries, evenly strewn, to seven decimals."""
    shapely.prepare(_AREA)
    west, south, east, north = _AREA.bounds
    found: list[Places] = []
    while sum(map(len, found)) < count:
        tried = np.round(rng.uniform((west, south), (east, north), (3 * count, 2)), 7)
        found.append(tried[shapely.contains_xy(_AREA, tried)])
    return np.concatenate(found)[:count]


def _polygon(rng: np.random.Generator, place: Places) -> shapely.Polygon:
    """Return a star-shaped outline of 5 to 40 corners and 1 to 9 km around a place."""
    corners = int(rng.integers(5, 41))
    angles = (np.arange(corners) + rng.uniform(0.1, 0.9, corners)) * 2 * np.pi / corners
    radii = rng.uniform(0.4, 1, corners) * rng.uniform(0.01, 0.08)
    ring = place + np.column_stack((np.cos(angles), np.sin(angles))) * radii[:, None]
    return shapely.orient_polygons(shapely.Polygon(ring))


def _path(rng: np.random.Generator, place: Places) -> shapely.LineString:
    steps = rng.normal(0, 0.05, (8, 2))
    return shapely.LineString(place + np.cumsum(steps, axis=0) - steps[0])
