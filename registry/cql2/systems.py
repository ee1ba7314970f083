"""Places of a condition that are given in another reference system, in longitude and latitude."""

from typing import Any

import orjson

from geo.crs import CRS84, Crs, lonlat_box, read_crs, to_lonlat
from geo.errors import GeoError
from geo.geometry import geojson_text, read_geojson
from registry.cql2.tree import BadExpression, Tree


def in_lonlat(tree: Tree, name: str) -> Tree:
    """The same tree with each geometry and box in CRS84; raises BadExpression where one cannot be.

    `name` is an address or a short name of a system, as EPSG:32642.
    """
    try:
        crs = read_crs(name)
        return tree if crs == CRS84 else _moved(tree, crs)
    except GeoError as error:
        raise BadExpression(str(error)) from None


def _moved(tree: Tree, crs: Crs) -> Tree:
    if isinstance(tree, list):
        return [_moved(each, crs) for each in tree]
    if not isinstance(tree, dict):
        return tree
    if "bbox" in tree:
        return _box(tree["bbox"], crs)
    if "type" in tree:
        return orjson.loads(geojson_text(to_lonlat(read_geojson(tree), crs)))
    if "op" in tree:
        return {**tree, "args": _moved(tree["args"], crs)}
    return tree


def _box(numbers: list[float], crs: Crs) -> Any:
    """A box; one in metres is no box in degrees, so it becomes a polygon."""
    box = lonlat_box(numbers if len(numbers) == 4 else [numbers[i] for i in (0, 1, 3, 4)], crs)
    if box.outline is None:
        return {"bbox": list(box.numbers)}
    return orjson.loads(geojson_text(box.outline))
