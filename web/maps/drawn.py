"""The maps of the pages: all records under a filter, and one record with what lies around it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import shapely
from flask import url_for
from shapely.geometry.base import BaseGeometry

from geo.bbox import BBox
from geo.feature import Feature, feature_text
from geo.layers import LAYERS
from registry.crossref import RADIUS_KM
from registry.filters import Filter
from registry.nearby import Near
from registry.vocabulary import COMMODITY, PRECISION, SECTOR
from web.assets import ICONS_URL, LOCAL_URLS
from web.maps.base import FIVE_COUNTRIES, Bounds, RegistryMap
from web.maps.elements import Controls, FeatureLayer, ReferenceLayers
from web.maps.lean import has_mark, lean_feature
from web.maps.legend import legend
from web.maps.parts import MapParts, map_parts
from web.maps.reference import attributions, country_bounds
from web.security import csp_nonce

# Bottom to top, with the filters of the projects page that each collection shares.
_COLLECTIONS = (
    ("corridors", "Corridors", ("country",)),
    ("deposits", "Deposits", ("country", "commodity")),
    ("projects", "Projects", None),
)
# The least height of a map of one record, in degrees.
_LEAST_DEGREES = 0.4
# Where a record stands alone on a map, towns and borders around it say where it is.
_WITH_NAMES_DEGREES = 3.0
_RECORDS_BY = ("U.S. Geological Survey", "Global Energy Monitor (CC BY 4.0)")


def overview_map(asked: Filter) -> MapParts:
    """Every record under the filter, zoomed to the box or the countries that it names.

    The box itself is where the map looks, so it draws what lies around it too.
    """
    box = asked.get("bbox")
    in_one = box is not None and box.west < box.east
    countries = bounds_of(asked.get("country") or ())
    bounds = (box.west, box.south, box.east, box.north) if in_one else countries
    drawn = registry_map(bounds, "Map of projects, deposits and corridors")
    for layer in fetched_layers(asked.without("bbox").to_args()):
        layer.add_to(drawn)
    controls(None if in_one else countries).add_to(drawn)
    return finished(drawn)


def record_map(
    collection: str, record: Feature, near: Iterable[Near], km: float = RADIUS_KM
) -> MapParts:
    """One record, what lies within so many kilometres, and the shortest lines between them."""
    near = list(near)
    other = "deposits" if collection == "projects" else "projects"
    shown = [record, *(row.feature for row in near)]
    label = f"Map of {record.properties['name']} and what lies near it"
    drawn = registry_map(_around(shown, record, km), label)
    links = _given("links", [_link(row) for row in near])
    links.settings["rings"] = _rings(record, km)
    links.add_to(drawn)
    for name, features in ((other, [row.feature for row in near]), (collection, [record])):
        located = [feature for feature in features if feature.geometry is not None]
        leans = [lean_feature(name, _document(feature)) for feature in located]
        _given(name, leans, record.ref).add_to(drawn)
    controls().add_to(drawn)
    return finished(drawn)


def fetched_map(
    collection: str,
    title: str,
    url: str,
    query: Sequence[tuple[str, str]],
    countries: Sequence[str] = (),
) -> MapParts:
    """Records of one collection that the browser fetches, zoomed to the countries asked for."""
    drawn = registry_map(bounds_of(countries), f"Map: {title}")
    settings = {
        "collection": collection,
        "title": title,
        "url": url,
        "shares": None,
        "query": query,
        "sprite": ICONS_URL,
    }
    FeatureLayer(module_url("features"), settings).add_to(drawn)
    controls().add_to(drawn)
    return finished(drawn)


def shapes_map(collection: str, title: str, features: Sequence[Feature]) -> MapParts:
    """Just these records, zoomed to them."""
    located = [feature for feature in features if feature.geometry is not None]
    shapes = [feature.geometry for feature in located]
    bounds = _padded(shapes, _WITH_NAMES_DEGREES) if shapes else FIVE_COUNTRIES
    drawn = registry_map(bounds, f"Map: {title}")
    leans = [lean_feature(collection, _document(feature)) for feature in located]
    _given(collection if has_mark(collection) else "shapes", leans).add_to(drawn)
    controls().add_to(drawn)
    return finished(drawn)


def registry_map(bounds: Bounds, label: str) -> RegistryMap:
    """A map with the reference layers on it."""
    drawn = RegistryMap(bounds, label)
    layers = [
        {"id": layer.id, "kind": layer.kind, "url": url_for("pages.layer", layer_id=layer.id)}
        for layer in LAYERS
    ]
    ReferenceLayers(module_url("reference"), {"layers": layers}).add_to(drawn)
    return drawn


def fetched_layers(args: Sequence[tuple[str, str]]) -> list[FeatureLayer]:
    """The layers whose records the browser fetches, each under the filters it shares."""
    return [
        FeatureLayer(
            module_url("features"),
            {
                "collection": collection,
                "title": title,
                "url": url_for("pages.map_features", collection_id=collection),
                "shares": shares,
                "query": [pair for pair in args if shares is None or pair[0] in shares],
                "sprite": ICONS_URL,
            },
        )
        for collection, title, shares in _COLLECTIONS
    ]


def controls(start: Bounds | None = None) -> Controls:
    """Zoom, layers, legend, scale and attribution, with the box of each country for zooming.

    `start` is fitted into what the legend leaves free.
    """
    return Controls(
        module_url("controls"),
        {
            "legend": legend(),
            "attributions": [*attributions(), *_RECORDS_BY],
            "countries": country_bounds(),
            "all": list(FIVE_COUNTRIES),
            "sprite": ICONS_URL,
            "start": start,
        },
    )


def bounds_of(countries: Sequence[str]) -> Bounds:
    """The box around the chosen countries; around all five where none is chosen."""
    boxes = [country_bounds()[code] for code in countries]
    if not boxes:
        return FIVE_COUNTRIES
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def finished(drawn: RegistryMap) -> MapParts:
    """The parts of the page, with the nonce of this answer."""
    return map_parts(drawn, csp_nonce(), LOCAL_URLS)


def module_url(name: str) -> str:
    """The address of a map module."""
    return url_for("static", filename=f"js/map/{name}.js")


def _given(
    collection: str, features: list[dict[str, Any]], chosen: str | None = None
) -> FeatureLayer:
    data = {"type": "FeatureCollection", "features": features}
    settings = {"collection": collection, "data": data, "chosen": chosen, "sprite": ICONS_URL}
    return FeatureLayer(module_url("features"), settings)


def _rings(record: Feature, km: float) -> list[dict[str, Any]]:
    """Around a point that is measured from: how far is near, and how far off the point may be."""
    precision = PRECISION.get(record.properties.get("location_precision") or "")
    if record.geometry is None or record.geometry.geom_type != "Point" or not precision:
        return []
    radii = [(km, "reach")] if precision.takes_part else []
    if precision.radius_km:
        radii.append((precision.radius_km, "doubt"))
    at, colour = list(record.geometry.coords[0]), _colour(record.properties)
    return [{"at": at, "km": km, "kind": kind, "colour": colour} for km, kind in radii]


def _colour(said: Mapping[str, Any]) -> str:
    """The class that gives a record its colour."""
    if said.get("commodities"):
        return f"group-{COMMODITY[said['commodities'][0]].group}"
    return f"family-{SECTOR[said['sector']].family}" if "sector" in said else ""


def _link(row: Near) -> dict[str, Any]:
    properties = {"ref": row.feature.ref, "matters": row.relevance.matters}
    line = {"type": "LineString", "coordinates": row.line}
    return {"type": "Feature", "geometry": line, "properties": properties}


def _document(feature: Feature) -> Mapping[str, Any]:
    document: dict[str, Any] = orjson.loads(feature_text(feature))
    return document


def _around(features: Sequence[Feature], record: Feature, km: float) -> Bounds:
    shapes = [feature.geometry for feature in features if feature.geometry is not None]
    if record.geometry is None:
        return bounds_of(record.properties["countries"])
    # Whatever else is near: the reach of the cross-reference around the record is always in view.
    for ring in _rings(record, km):
        lon, lat = ring["at"]
        around = BBox.around(lon, lat, ring["km"])
        shapes.append(shapely.box(around.west, around.south, around.east, around.north))
    return _padded(shapes)


def _padded(shapes: Sequence[BaseGeometry | None], least: float = _LEAST_DEGREES) -> Bounds:
    west, south, east, north = shapely.total_bounds(shapes)
    pad = max(0.0, least - (north - south)) / 2
    return west - pad, south - pad, east + pad, north + pad
