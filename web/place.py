"""What a typed or drawn place is, and what lies around it, while the form is still open."""

from typing import Any

import orjson
from flask import url_for
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo.countries import Location, locate, outside_sentence
from geo.errors import GeoError
from geo.geometry import check, geojson_text, read_text
from geo.measure import area_km2, length_km
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.nearby import near_place
from web import wording

_NAMES = {"Point": "Point", "LineString": "Line", "Polygon": "Area"}
# A smaller part beyond the five is a matter of how the outlines are drawn.
_LEAST_SHARE = 0.005
_SHOWN = 4


def describe_place(session: Session, text: str, ref: str) -> dict[str, Any]:
    """The geometry of a text, a sentence on where it lies or what is wrong, and what is near.

    `ref` is the project that the form edits: it is not near itself.
    """
    try:
        geometry = check(read_text(text))
    except GeoError as error:
        return {"sentence": str(error), "fault": True, "geometry": None, "near": []}
    location = locate(geometry)
    fault = not location.shares
    say = outside_sentence if fault else _sentence
    near = [_around(session, geometry, each, ref) for each in (DEPOSITS, PROJECTS)]
    return {
        "sentence": say(geometry, location),
        "fault": fault,
        "geometry": orjson.loads(geojson_text(geometry)),
        "near": [] if fault else near,
    }


def _around(
    session: Session, geometry: BaseGeometry, collection: Collection, ref: str
) -> dict[str, Any]:
    found = [
        (record, metres)
        for record, metres in near_place(session, geometry, collection.model)
        if record.ref != ref
    ]
    return {
        "title": f"{collection.title} within 50 km: {len(found)}",
        "first": [
            {
                "name": record.properties["name"],
                "url": url_for(f"pages.{collection.singular}", ref=record.ref),
                "distance": str(wording.distance(metres)) if metres else "inside or touching",
            }
            for record, metres in found[:_SHOWN]
        ],
    }


def _sentence(geometry: BaseGeometry, location: Location) -> str:
    what = _NAMES.get(geometry.geom_type, "Several shapes")
    regions = wording.regions(location.admin1[:3])
    place = f"{wording.countries(location.shares)}{f', {regions}' if regions else ''}"
    parts = [f"{what}{_size(geometry)} in {place}"]
    if location.offshore:
        parts.append("offshore")
    if location.outside_share >= _LEAST_SHARE:
        parts.append(f"{location.outside_share:.0%} of it beyond the five countries")
    return ", ".join(parts) + "."


def _size(geometry: BaseGeometry) -> str:
    if geometry.geom_type.endswith("LineString"):
        return f" of {wording.number(length_km(geometry))} km"
    if geometry.geom_type.endswith("Polygon"):
        return f" of {wording.number(area_km2(geometry))} km²"
    return ""
