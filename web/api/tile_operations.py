"""The addresses of vector tiles as the API's document tells of them."""

from collections.abc import Iterator
from typing import Any

from geo import mvt
from geo.webmercator import DEEPEST
from registry.collections import Collection
from registry.tiles import TILED
from web.api.operations import API_TAG, READ_FAULTS, Operation, camel, shared
from web.api.parameters import filter_parameters
from web.api.tiles import MATRIX_SET

Schema = dict[str, Any]
_FAULTS = tuple(fault for fault in READ_FAULTS if fault != "406")
_JSON_ONLY: Schema = {
    "name": "f",
    "in": "query",
    "description": "The form of the answer.",
    "schema": {"type": "string", "enum": ["json"]},
}
_MVT_ONLY: Schema = {**_JSON_ONLY, "schema": {"type": "string", "enum": ["mvt"]}}


def tiling() -> Iterator[Operation]:
    """How the tiles of all collections are found and read."""
    for path, name, summary, gives in (
        ("/tileMatrixSets", "tileMatrixSets", "The grids of tiles", "tileMatrixSets"),
        (f"/tileMatrixSets/{MATRIX_SET}", MATRIX_SET, "The grid of the tiles", "tileMatrixSet"),
    ):
        yield _document(path, f"get{name[0].upper()}{name[1:]}", API_TAG, summary, gives)
    for tiled in TILED.values():
        yield from _of_collection(tiled.collection)


def tile_schemas() -> dict[str, Schema]:
    """The schemas of what those addresses give."""
    objects = {"type": "array", "items": {"type": "object"}}
    return {
        name: {"type": "object", "required": [holds], "properties": {holds: objects}}
        for name, holds in (
            ("tileMatrixSets", "tileMatrixSets"),
            ("tileMatrixSet", "tileMatrices"),
            ("tilesets", "tilesets"),
            ("tileset", "layers"),
        )
    } | {"tile": {"type": "string", "format": "binary"}}


def _of_collection(collection: Collection) -> Iterator[Operation]:
    root, title = f"/collections/{collection.id}/tiles", collection.title
    name = f"get{camel(collection.id)}"
    yield _document(root, f"{name}Tilesets", title, "The tilesets of the collection", "tilesets")
    root = f"{root}/{MATRIX_SET}"
    yield _document(root, f"{name}Tileset", title, "What the tiles hold", "tileset")
    yield Operation(
        f"{root}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
        f"{name}Tile",
        title,
        "One tile of the records under a filter",
        "tile",
        mvt.MEDIA_TYPE,
        parameters=(
            _place("tileMatrix", "The zoom.", DEEPEST),
            _place("tileRow", "The row, from the north.", 2**DEEPEST - 1),
            _place("tileCol", "The column, from the west.", 2**DEEPEST - 1),
            _MVT_ONLY,
            *map(shared, ("filter-lang", "filter-crs")),
            *filter_parameters(collection),
        ),
        faults=_FAULTS,
        pages=False,
    )


def _document(path: str, name: str, tag: str, summary: str, gives: str) -> Operation:
    return Operation(
        path, name, tag, summary, gives, parameters=(_JSON_ONLY,), faults=_FAULTS, pages=False
    )


def _place(name: str, description: str, most: int) -> Schema:
    whole = {"type": "integer", "minimum": 0, "maximum": most}
    return {
        "name": name, "in": "path", "required": True, "description": description, "schema": whole
    }  # fmt: skip
