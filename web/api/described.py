"""A collection as the API describes it: what it holds, where and when, in which systems."""

import math
from typing import Any

from geo.bbox import BBox
from geo.crs import CRS84, CRSS
from registry.collections import Collection
from registry.extents import extent
from registry.tiles import TILED
from web.api.links import (
    GEOJSON,
    HTML,
    JSON,
    QUERYABLES_REL,
    SCHEMA,
    SCHEMA_REL,
    TILESETS_REL,
    Link,
    address,
    link,
)
from web.db import session
from web.visitors import public_only

_PARTS = 100_000
_CALENDAR = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def described(collection: Collection) -> dict[str, Any]:
    """The document of a collection, without the links to itself."""
    return {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "crs": [crs.uri for crs in CRSS],
        "storageCrs": CRS84.uri,
        **_extent(collection),
        "links": links_of(collection),
    }


def links_of(collection: Collection) -> list[Link]:
    """From a collection to its records, its schema and what can be asked."""
    to = {"collection_id": collection.id}
    title = collection.title
    href = address("tiles.tilesets", ("f", "json"), **to)
    tilesets = [link(href, TILESETS_REL, JSON, f"{title} as vector tiles")]
    return [
        link(address("items", ("f", "json"), **to), "items", GEOJSON, f"{title} as GeoJSON"),
        link(address("items", ("f", "html"), **to), "items", HTML, f"{title} as pages"),
        link(address("schema", **to), SCHEMA_REL, SCHEMA, f"{title}: their properties"),
        link(address("queryables", **to), QUERYABLES_REL, SCHEMA, f"{title}: what can be asked"),
        *(tilesets if collection.id in TILED else []),
    ]


def up_link(collection: Collection) -> Link:
    """From records to the collection that they are in."""
    to = address("collection", ("f", "json"), collection_id=collection.id)
    return link(to, "collection", JSON, collection.title)


def _extent(collection: Collection) -> dict[str, Any]:
    found = extent(session(), collection, public_only=public_only())
    parts: dict[str, Any] = {}
    if found.box:
        parts["spatial"] = {"bbox": [_outward(found.box)], "crs": CRS84.uri}
    if found.times:
        parts["temporal"] = {"interval": [list(found.times)], "trs": _CALENDAR}
    return {"extent": parts} if parts else {}


def _outward(box: BBox) -> list[float]:
    """The box in five decimals, about a metre, never smaller than it is."""
    west, south, east, north = (number * _PARTS for number in box.numbers)
    return [
        math.floor(west) / _PARTS,
        math.floor(south) / _PARTS,
        math.ceil(east) / _PARTS,
        math.ceil(north) / _PARTS,
    ]
