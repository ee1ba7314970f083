"""A feature: the only thing handed between packages, and its GeoJSON text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry

from geo.geometry import geojson_text


@dataclass(frozen=True, slots=True)
class Feature:
    """One published record: its ref, where it is (or None), and what is said of it."""

    ref: str
    geometry: BaseGeometry | None
    properties: Mapping[str, Any]


def feature_text(feature: Feature, geometry_text: str | None = None) -> str:
    """Return the feature as one line of GeoJSON; `geometry_text` spares printing the geometry."""
    if geometry_text is None:
        geometry = feature.geometry
        geometry_text = "null" if geometry is None else geojson_text(geometry)
    return orjson.dumps(
        {
            "type": "Feature",
            "id": feature.ref,
            "geometry": orjson.Fragment(geometry_text),
            "properties": dict(feature.properties),
        }
    ).decode()
