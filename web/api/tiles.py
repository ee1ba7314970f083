"""Vector tiles (OGC API – Tiles Part 1, OGC 20-057): lists of tilesets, their metadata, tiles."""

import re
from typing import Any

from flask import Blueprint, Response, request, url_for

from geo import mvt
from geo.webmercator import DEEPEST, HALF_SIDE_M, Tile
from registry import tally, tiles
from registry.collections import Collection, find_collection
from registry.errors import BadFilter, NotFound
from registry.kinds import shown
from registry.schemas import property_schema
from registry.tiles import CLUSTERED_BELOW, Tiled, find_tiled
from web.api.answers import document, tagged, weak_tag
from web.api.described import up_link
from web.api.links import JSON, Link, address, link
from web.api.question import check_parameters
from web.db import session
from web.params import read_question
from web.visitors import public_only

bp = Blueprint("tiles", __name__)

_OF_COLLECTION = "/collections/<collection_id>/tiles"
MATRIX_SET = "WebMercatorQuad"
_SCHEME_REL = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
_MATRIX_SET_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRIX_SET}"
_SCALE_SET = "GoogleMapsCompatible"
# A tile as the standard counts it: pixels of 0.28 mm.
_PIXELS, _PIXEL_M = 256, 0.00028
_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
# Whoever has an older tile asks again where this changes: what is drawn, or how it is written.
_EDITION = "1"
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_PAGING = ("sortby", "limit", "offset", "cursor")


@bp.get("/tileMatrixSets")
def matrix_sets() -> Response:
    """The tile matrix sets: one."""
    _check_json()
    brief = {"id": MATRIX_SET, "uri": _MATRIX_SET_URI, "links": [_scheme("self")]}
    return document({"links": [_itself()], "tileMatrixSets": [brief]})


@bp.get("/tileMatrixSets/<matrix_set>")
def tile_matrix_set(matrix_set: str) -> Response:
    """The zooms of a tile matrix set (OGC 17-083r4, annex D.1)."""
    _check_json()
    if matrix_set != MATRIX_SET:
        raise NotFound(f"There is no tile matrix set {matrix_set[:40]}; there is {MATRIX_SET}.")
    return document(
        {
            "id": MATRIX_SET,
            "uri": _MATRIX_SET_URI,
            "crs": _CRS,
            "orderedAxes": ["X", "Y"],
            "boundingBox": {
                "crs": _CRS,
                "lowerLeft": [-HALF_SIDE_M, -HALF_SIDE_M],
                "upperRight": [HALF_SIDE_M, HALF_SIDE_M],
            },
            "wellKnownScaleSet": f"http://www.opengis.net/def/wkss/OGC/1.0/{_SCALE_SET}",
            "tileMatrices": [_matrix(zoom) for zoom in range(DEEPEST + 1)],
        }
    )


@bp.get(_OF_COLLECTION)
def tilesets(collection_id: str) -> Response:
    """The tilesets of a collection: one."""
    chosen = _tiled(collection_id).collection
    _check_json()
    return document({"links": [_itself()], "tilesets": [_brief(chosen)]})


@bp.get(f"{_OF_COLLECTION}/<matrix_set>")
def tileset(collection_id: str, matrix_set: str) -> Response:
    """What the tiles hold, and the template of their addresses."""
    tiled = _tiled(collection_id, matrix_set)
    _check_json()
    found = _brief(tiled.collection)
    found["layers"] = _layers(tiled)
    found["links"] = [
        _itself(),
        _scheme(_SCHEME_REL),
        _template(tiled.collection),
        up_link(tiled.collection),
    ]
    return document(found)


@bp.get(f"{_OF_COLLECTION}/<matrix_set>/<tile_matrix>/<tile_row>/<tile_col>")
def tile(
    collection_id: str, matrix_set: str, tile_matrix: str, tile_row: str, tile_col: str
) -> Response:
    """One tile of what the page's own filter shows; nothing where nothing lies on it."""
    tiled = _tiled(collection_id, matrix_set)
    at = _place(tileMatrix=tile_matrix, tileRow=tile_row, tileCol=tile_col)
    _check_format()
    asked, _ = read_question(tiled.collection, also=("f",))
    seen = public_only()
    tag = weak_tag(
        _EDITION.encode(),
        tally.stamp(session()).encode(),
        request.full_path.encode(),
        b"all" if not seen else b"public",
    )
    if request.if_none_match.contains_weak(tag):  # before anything is read or drawn
        return tagged(Response(content_type=mvt.MEDIA_TYPE), tag, weak=True)
    body = tiles.tile(session(), tiled, asked, at, public_only=seen)
    return tagged(Response(body, 200, content_type=mvt.MEDIA_TYPE), tag, weak=True)


def _tiled(collection_id: str, matrix_set: str = MATRIX_SET) -> Tiled:
    found = find_tiled(find_collection(collection_id))
    if matrix_set != MATRIX_SET:
        raise NotFound(f"There are no tiles in {matrix_set[:40]}; there are in {MATRIX_SET}.")
    return found


def _place(**said: str) -> Tile:
    """The tile of zoom, row and column; raises BadFilter for what is no number."""
    faults = {
        name: f"{name} takes a whole number; got {shown(text)}."
        for name, text in said.items()
        if not _WHOLE.fullmatch(text)
    }
    if faults:
        raise BadFilter(faults)
    return Tile(*(int(text) for text in said.values()))


def _check_json() -> None:
    """Raise BadFilter for another form: these documents are for programs."""
    check_parameters("f")
    if request.args.get("f", "json") not in ("json", ""):
        raise BadFilter({"f": f"f takes json here; got {shown(request.args['f'])}."})


def _itself() -> Link:
    return link(request.base_url, "self", JSON, "This document")


def _check_format() -> None:
    """Raise BadFilter for another format than the one there is, and for a part of an answer."""
    faults = {
        name: f"A tile holds all that match; take {name} away."
        for name in _PAGING
        if name in request.args
    }
    if request.args.get("f", "mvt") not in ("mvt", ""):
        faults["f"] = f"f takes mvt here; got {shown(request.args['f'])}."
    if faults:
        raise BadFilter(faults)


def _brief(chosen: Collection) -> dict[str, Any]:
    """What the list of tilesets says of one."""
    to = {"collection_id": chosen.id, "matrix_set": MATRIX_SET}
    href = address("tiles.tileset", ("f", "json"), **to)
    return {
        "title": chosen.title,
        "description": f"{chosen.description} Below zoom {CLUSTERED_BELOW} records that lie near "
        "each other are clusters.",
        "dataType": "vector",
        "crs": _CRS,
        "tileMatrixSetURI": _MATRIX_SET_URI,
        "links": [
            link(href, "self", JSON, f"{chosen.title} as vector tiles"),
            _scheme(_SCHEME_REL),
        ],
    }


def _scheme(rel: str) -> Link:
    """To the zooms and the grid of the tiles."""
    href = address("tiles.tile_matrix_set", matrix_set=MATRIX_SET)
    return link(href, rel, JSON, f"The tile matrix set {MATRIX_SET}")


def _matrix(zoom: int) -> dict[str, Any]:
    """A zoom: how many metres a pixel is at the equator, and where the first tile begins."""
    metres = 2 * HALF_SIDE_M / _PIXELS / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": metres / _PIXEL_M,
        "cellSize": metres,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_SIDE_M, HALF_SIDE_M],
        "tileWidth": _PIXELS,
        "tileHeight": _PIXELS,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


def _template(chosen: Collection) -> Link:
    """The address of each tile, with the standard's own names in braces."""
    whole = url_for(
        "api.tiles.tile",
        collection_id=chosen.id,
        matrix_set=MATRIX_SET,
        tile_matrix="0",
        tile_row="0",
        tile_col="0",
        _external=True,
    )
    href = whole.removesuffix("0/0/0") + "{tileMatrix}/{tileRow}/{tileCol}"
    made: dict[str, Any] = link(href, "item", mvt.MEDIA_TYPE, "A tile")
    made["templated"] = True
    return made


def _layers(tiled: Tiled) -> list[dict[str, Any]]:
    """The layers of a tile with what each feature says."""
    known = {prop.name: prop for prop in tiled.collection.properties}
    said = {
        name: property_schema(tiled.collection, known[name])
        if name in known
        else {"type": "string"}
        for name in tiled.said
    }
    layers = [_layer(tiled.collection.id, tiled.collection.title, said, maxTileMatrix=str(DEEPEST))]
    if tiled.clustered:
        counted = {"count": {"type": "integer"}} | {name: said[name] for name in tiled.sums}
        title = f"{tiled.collection.title} that lie near each other"
        last = str(CLUSTERED_BELOW - 1)
        layers.append(
            _layer(tiled.clusters, title, counted, geometryDimension=0, maxTileMatrix=last)
        )
    return layers


def _layer(name: str, title: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": title,
        "dataType": "vector",
        "propertiesSchema": {"type": "object", "properties": properties},
        "minTileMatrix": "0",
        **more,
    }
