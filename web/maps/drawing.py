"""The map of the form: a place is drawn, moved and removed on it."""

from typing import Any

import numpy as np
import orjson
import shapely

from geo.errors import GeoError
from geo.feature import Feature
from geo.geometry import geojson_text, read_text
from web.maps.base import Bounds
from web.maps.drawn import bounds_of, controls, fetched_layers, finished, module_url, registry_map
from web.maps.elements import GeometryField
from web.maps.parts import MapParts

FIELD_ID = "geometry"
# Degrees of surroundings to see where a stored place lies.
_AROUND = 0.8


def drawing_map(project: Feature | None, geometry_text: str) -> MapParts:
    """A map to draw on that begins with what stands in the text box, where that can be read."""
    start, bounds = _start(geometry_text)
    countries = project.properties["countries"] if project else ()
    drawn = registry_map(bounds or bounds_of(countries), "Map to draw the place on")
    for layer in fetched_layers([]):
        # The project itself is what is drawn on; its own mark would cover it.
        layer.settings["without"] = project.ref if project else None
        layer.add_to(drawn)
    GeometryField(module_url("field"), {"field": FIELD_ID, "start": start}).add_to(drawn)
    controls().add_to(drawn)
    return finished(drawn)


def _start(text: str) -> tuple[dict[str, Any] | None, Bounds | None]:
    if not text.strip():
        return None, None
    try:
        geometry = read_text(text)
        if geometry.is_empty or not np.isfinite(geometry.bounds).all():
            return None, None
        started: dict[str, Any] = orjson.loads(geojson_text(geometry))
    except GeoError:
        return None, None
    west, south, east, north = shapely.bounds(geometry)
    return started, (west - _AROUND, south - _AROUND / 2, east + _AROUND, north + _AROUND / 2)
