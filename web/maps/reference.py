"""The reference layers as the browser draws them, and what pages know of the countries."""

import csv
import gzip
import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.layers import LAYERS, Layer, layer_path
from registry.errors import NotFound

# Longitude first; what a label needs beside its name.
_PLACE_MEMBERS = ("name", "country", "population")
_KM_PER_DEGREE = 111.2
_EDGE_DEGREES = 0.02


@dataclass(frozen=True, slots=True)
class LayerFile:
    """A layer as GeoJSON bytes, plain and gzipped, and the tag that names this version of it."""

    plain: bytes
    zipped: bytes
    etag: str


@lru_cache
def layer_file(layer_id: str) -> LayerFile:
    """The file of a layer, where each area also says where its name goes; raises NotFound."""
    layer = _find(layer_id)
    features = _places(layer) if layer.kind == "place" else _outlines(layer)
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return LayerFile(body, gzip.compress(body, 6), hashlib.sha256(body).hexdigest()[:16])


@lru_cache
def country_bounds() -> dict[str, list[float]]:
    """West, south, east, north of each of the five, by code."""
    return {code: list(outline.bounds) for code, outline in _countries().items()}


@lru_cache
def silhouette(code: str) -> str:
    """The outline of a country as SVG path data in a box of 32 by 20, north up."""
    outline = _countries()[code].simplify(0.12)
    west, south, east, north = outline.bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = min(32 / ((east - west) * squeeze), 20 / (north - south))
    left, top = (32 - (east - west) * squeeze * scale) / 2, (20 - (north - south) * scale) / 2
    rings = [part.exterior for part in shapely.get_parts(outline) if part.area > 0.05]

    def spot(x: float, y: float) -> str:
        return f"{left + (x - west) * squeeze * scale:.1f} {top + (north - y) * scale:.1f}"

    return "".join(f"M{'L'.join(spot(x, y) for x, y in ring.coords[:-1])}Z" for ring in rings)


def attributions() -> list[str]:
    """Who made the reference layers, each once."""
    return list(dict.fromkeys(layer.attribution for layer in LAYERS))


def _find(layer_id: str) -> Layer:
    for layer in LAYERS:
        if layer.id == layer_id:
            return layer
    names = ", ".join(layer.id for layer in LAYERS)
    raise NotFound(f"There is no layer “{layer_id[:40]}”; there are {names}.")


@lru_cache
def _countries() -> dict[str, BaseGeometry]:
    features = orjson.loads(layer_path(_find("countries")).read_bytes())["features"]
    return {
        feature["properties"]["code"]: shapely.from_geojson(orjson.dumps(feature["geometry"]))
        for feature in features
    }


def _outlines(layer: Layer) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = orjson.loads(layer_path(layer).read_bytes())["features"]
    for feature in features:
        shape = shapely.from_geojson(orjson.dumps(feature["geometry"]))
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        x, y = shapely.maximum_inscribed_circle(largest, tolerance=0.05).coords[0]
        width_degrees = largest.bounds[2] - largest.bounds[0]
        feature["properties"]["label"] = [round(x, 3), round(y, 3)]
        # How much room a name has: labels appear when their unit is wide enough on the screen.
        km_per_degree = _KM_PER_DEGREE * math.cos(math.radians(y))
        feature["properties"]["width_km"] = round(width_degrees * km_per_degree)
    return _with_borders(features) if layer.id == "neighbours" else features


def _with_borders(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The areas, and one line more: their borders without the edge of the box they were cut to."""
    shapes = [shapely.from_geojson(orjson.dumps(feature["geometry"])) for feature in features]
    west, south, east, north = shapely.total_bounds(shapes)
    edge = shapely.box(west, south, east, north).boundary.buffer(_EDGE_DEGREES)
    borders = shapely.union_all([shape.boundary for shape in shapes]).difference(edge)
    line = orjson.loads(shapely.to_geojson(borders))
    return [*features, {"type": "Feature", "geometry": line, "properties": {"border": True}}]


def _places(layer: Layer) -> list[dict[str, Any]]:
    with layer_path(layer).open(encoding="utf-8", newline="") as lines:
        return [
            {
                "type": "Feature",
                "geometry": {
                    "type": "Point",
                    "coordinates": [float(row["lon"]), float(row["lat"])],
                },
                "properties": {name: _plain(row[name]) for name in _PLACE_MEMBERS},
            }
            for row in csv.DictReader(lines)
        ]


def _plain(text: str) -> str | int:
    return int(text) if text.isascii() and text.isdigit() else text
