"""Stored records as the map needs them: a shape, a place for the mark, a few words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
import shapely

from registry.vocabulary import COMMODITY, SECTOR, STATUS

Document = Mapping[str, Any]


def lean_collection(collection_id: str, texts: Iterable[str]) -> bytes:
    """A feature collection for drawing; records without a place are left to the list."""
    documents = (orjson.loads(text) for text in texts)
    features = [lean_feature(collection_id, each) for each in documents if each["geometry"]]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def lean_feature(collection_id: str, document: Document) -> dict[str, Any]:
    """One record for drawing."""
    properties = {
        "collection": collection_id,
        "name": _name(document),
        "precision": document["properties"].get("location_precision"),
        **(_WORDS[collection_id](document["properties"]) if has_mark(collection_id) else {}),
    }
    if document["geometry"]["type"] != "Point":
        properties["at"] = mark_place(document["geometry"])
    return {
        "type": "Feature",
        "id": document["id"],
        "geometry": document["geometry"],
        "properties": properties,
    }


def has_mark(collection_id: str) -> bool:
    """Whether the records of a collection have a mark of their own; others are bare shapes."""
    return collection_id in _WORDS


def mark_place(geometry: Document) -> list[float]:
    """Where the mark of a line or an area stands, longitude first: halfway along, or inside."""
    shape = shapely.from_geojson(orjson.dumps(geometry))
    if shape.geom_type == "LineString":
        point = shape.interpolate(0.5, normalized=True)
    else:
        point = shape.representative_point()
    return [round(point.x, 5), round(point.y, 5)]


def dependence(properties: Mapping[str, Any]) -> str:
    """Whose territory a route depends on, as a row of ROUTE_DEPENDENCES."""
    if properties.get("transits_russia"):
        return "through_russia"
    if properties.get("transits_china"):
        return "into_china"
    if properties.get("ends_in_russia_or_china"):
        markets = " ".join(properties.get("markets") or ()).casefold()
        return "into_china" if "china" in markets else "through_russia"
    return "past_both"


def _name(document: Document) -> str:
    """What a record is called; a pair by both names."""
    said = document["properties"]
    pair = [said[name] for name in ("project_name", "deposit_name") if said.get(name)]
    return str(said.get("name") or " – ".join(pair) or document["id"])


def _project(properties: Mapping[str, Any]) -> dict[str, Any]:
    sector = SECTOR[properties["sector"]]
    return {
        "family": sector.family,
        "glyph": sector.glyph,
        "sector": sector.label,
        "status": STATUS[properties["status"]].label,
        "phase": STATUS[properties["status"]].phase,
        "mw": properties.get("capacity_mw"),
    }


def _deposit(properties: Mapping[str, Any]) -> dict[str, Any]:
    commodities = [COMMODITY[slug] for slug in properties["commodities"]]
    return {
        "group": commodities[0].group,
        "what": ", ".join(commodity.label for commodity in commodities),
        "size": properties.get("size_class"),
    }


def _corridor(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "route": dependence(properties),
        "what": properties.get("capacity") or properties["kind"],
    }


_WORDS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "projects": _project,
    "deposits": _deposit,
    "corridors": _corridor,
}
