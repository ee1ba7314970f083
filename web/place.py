"""What a typed or drawn place is, in words, while the form is still open."""

from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry

from geo.countries import Location, locate, outside_sentence
from geo.errors import GeoError
from geo.geometry import check, geojson_text, read_text
from geo.measure import area_km2, length_km
from web import wording

_NAMES = {"Point": "Point", "LineString": "Line", "Polygon": "Area"}


def describe_place(text: str) -> dict[str, Any]:
    """The geometry of a text, and a sentence on where it lies or what is wrong with it."""
    try:
        geometry = check(read_text(text))
    except GeoError as error:
        return {"sentence": str(error), "fault": True, "geometry": None}
    location = locate(geometry)
    fault = not location.shares
    say = outside_sentence if fault else _sentence
    return {
        "sentence": say(geometry, location),
        "fault": fault,
        "geometry": orjson.loads(geojson_text(geometry)),
    }


def _sentence(geometry: BaseGeometry, location: Location) -> str:
    what = _NAMES.get(geometry.geom_type, "Several shapes")
    regions = wording.regions(location.admin1[:3])
    place = f"{wording.countries(location.shares)}{f', {regions}' if regions else ''}"
    parts = [f"{what}{_size(geometry)} in {place}"]
    if location.offshore:
        parts.append("offshore")
    if location.outside_share >= 0.005:
        parts.append(f"{location.outside_share:.0%} of it beyond the five countries")
    return ", ".join(parts) + "."


def _size(geometry: BaseGeometry) -> str:
    if geometry.geom_type.endswith("LineString"):
        return f" of {wording.number(length_km(geometry))} km"
    if geometry.geom_type.endswith("Polygon"):
        return f" of {wording.number(area_km2(geometry))} km²"
    return ""
