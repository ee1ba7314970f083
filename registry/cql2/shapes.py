"""Functions of place (OGC 21-065r2, 7.5 to 7.7): the index first, then the exact test."""

from dataclasses import dataclass
from typing import Any

from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Boolean, ColumnElement, and_, case, false, literal, not_, true

from geo.bbox import BBox
from geo.errors import GeoError
from geo.geometry import check, read_geojson
from registry.cql2.queryables import Queryable
from registry.cql2.tree import BadExpression, Tree
from registry.cql2.values import KINDS, Names, find
from registry.database.functions import SPATIAL_TESTS
from registry.database.portable import Portable
from registry.database.types import Geometry

_MIRRORED = {"within": "contains", "contains": "within"}


@dataclass(frozen=True, slots=True)
class Place:
    """One side of a test: a property, or a geometry that the filter holds with its box.

    `is_box`: the geometry is that box, and has width and height.
    """

    found: Queryable | None = None
    geometry: BaseGeometry | None = None
    box: BBox | None = None
    is_box: bool = False


def place_of(tree: Tree, names: Names) -> Place:
    """The place that a tree stands for; raises BadExpression where it is none."""
    if isinstance(tree, dict) and "property" in tree:
        found = find(tree["property"], names)
        if found.kind != "geometry":
            raise BadExpression(f"{found.name} is {KINDS[found.kind]}, no place")
        return Place(found)
    if not isinstance(tree, dict) or not {"bbox", "type"} & tree.keys():
        raise BadExpression(
            "a place is the property geometry, a geometry as POINT(69 41) or a BBOX"
        )
    try:
        return _box(tree["bbox"]) if "bbox" in tree else _shape(tree)
    except GeoError as error:
        raise BadExpression(str(error)) from None


def related(op: str, left: Place, right: Place, *, strict: bool) -> ColumnElement[bool]:
    """A test of two places.

    A record without a place answers neither yes nor no. Where that makes a difference, below NOT,
    `strict` says so; elsewhere the index may answer first.
    """
    test = op.removeprefix("s_")
    if test == "disjoint":
        return not_(related("s_intersects", left, right, strict=True))
    _check_collections(op, left, right)
    if left.found is None:
        if right.found is None:
            return _constant(test, left.geometry, right.geometry)
        left, right, test = right, left, _MIRRORED.get(test, test)
    return _stored(test, left, right, strict)


def _stored(test: str, left: Place, right: Place, strict: bool) -> ColumnElement[bool]:
    stored = left.found.sql if left.found else None
    if right.found is not None:
        return Portable(test, Boolean(), stored, right.found.sql)
    exact = Portable(test, Boolean(), stored, literal(right.geometry, Geometry()))
    if not (left.found and left.found.near and right.box):
        return exact
    if test == "intersects" and right.is_box and left.found.meets:
        indexed = left.found.meets(right.box)
    else:
        indexed = and_(left.found.near(right.box), exact)
    return case((stored.is_not(None), indexed)) if strict and stored is not None else indexed


def _constant(test: str, left: Any, right: Any) -> ColumnElement[bool]:
    relation, _ = SPATIAL_TESTS[test]
    return true() if relation(right, left) else false()


def _check_collections(op: str, *places: Place) -> None:
    test = op.removeprefix("s_")
    for place in places:
        mixed = place.geometry is not None and place.geometry.geom_type == "GeometryCollection"
        if mixed and not SPATIAL_TESTS[test][1]:
            raise BadExpression(f"{op.upper()} takes no GEOMETRYCOLLECTION; S_INTERSECTS does")


def _shape(tree: Tree) -> Place:
    geometry = check(read_geojson(tree))
    return Place(geometry=geometry, box=BBox(*geometry.bounds))


def _box(numbers: list[float]) -> Place:
    """A box; of six numbers the two heights are dropped."""
    west, south, east, north = numbers if len(numbers) == 4 else [numbers[i] for i in (0, 1, 3, 4)]
    box = BBox(west, south, east, north)
    geometry = _filled(box)
    return Place(geometry=geometry, box=box, is_box=geometry.geom_type.endswith("Polygon"))


def _filled(box: BBox) -> BaseGeometry:
    """The box as a geometry that is valid: a line or a point where it has no width or height."""
    if box.west == box.east and box.south == box.north:
        return Point(box.west, box.south)
    if box.west == box.east or box.south == box.north:
        return LineString([(box.west, box.south), (box.east, box.north)])
    return box.polygon()
