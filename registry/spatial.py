"""Geometry in SQL on either database: which rows lie in a box, or near; the box around all."""

import math
import re
from typing import Any, Self

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    false,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from geo.bbox import BBox
from registry.statements import driver_of

_KM_PER_DEGREE = 111.3


class _OfBox(ColumnElement[bool]):
    """A claim about a geometry column and a box that does not cross the antimeridian."""

    inherit_cache = False  # the box, or the name of its bounds, stands in the statement's text
    type = Boolean()

    def __init__(self, column: Any, box: BBox) -> None:
        self.column = column.expression if hasattr(column, "expression") else column
        self.box = (float(box.west), float(box.south), float(box.east), float(box.north))

    def self_group(self, against: Any = None) -> Self:
        """Stay as it is: on SQLite a column would become “… = 1”, which hides it from indexes."""
        return self


class BoxOverlaps(_OfBox):
    """The bounding boxes overlap: the one predicate that an index answers.

    The R-tree keeps single-precision numbers rounded outward, so it may admit a neighbour; an
    exact test follows.
    """

    inherit_cache = False


class MeetsOutline(_OfBox):
    """The geometry meets the outline that a box of another reference system has, exactly."""

    inherit_cache = False

    def __init__(self, column: Any, box: BBox) -> None:
        super().__init__(column, box)
        self.wkb = shapely.to_wkb(box.outline, hex=True)


class MeetsBox(_OfBox):
    """The geometry meets the box, exactly. Its bounds are parameters; under a `name` of their own
    a statement that is kept can be told other ones. With `each` a GeoPackage looks at row by row
    instead of listing all that meet it, for who wants the first few of very many.
    """

    inherit_cache = False

    def __init__(self, column: Any, box: BBox, name: str = "", *, each: bool = False) -> None:
        super().__init__(column, box)
        self.each = each
        self.bounds: list[BindParameter[float]] = [
            bindparam(key, value, unique=not name)
            for key, value in _bounds(box, name or "box").items()
        ]


def meets_box(column: Any, box: BBox, name: str = "", *, each: bool = False) -> ColumnElement[bool]:
    """Rows whose geometry meets the box; a box across the antimeridian is two.

    With a `name` the bounds are the parameters that `box_parameters` gives; `each` as `MeetsBox`.
    """
    ways: list[ColumnElement[bool]] = []
    for at, part in enumerate(box.parts()):
        if part.outline is None:
            ways.append(MeetsBox(column, part, name and f"{name}{at}", each=each))
        else:
            ways.append(BoxOverlaps(column, part) & MeetsOutline(column, part))
    return or_(false(), *ways)


def box_parameters(box: BBox, name: str) -> dict[str, float]:
    """The parameters of a box in a statement that `meets_box` made with that name."""
    return {
        key: value
        for at, part in enumerate(box.parts())
        for key, value in _bounds(part, f"{name}{at}").items()
    }


def is_wide(session: Session, model: Any, box: BBox, most: int) -> bool:
    """Whether the R-tree of a GeoPackage has more than so many in a box that does not cross the
    antimeridian.
    """
    if session.get_bind().dialect.name != "sqlite" or len(box.parts()) > 1:
        return False
    overlaps, _ = _of_tree(*map(repr, (box.west, box.south, box.east, box.north)))
    tree = f"rtree_{model.__tablename__}_geometry"
    asked = f"SELECT 1 FROM {tree} r WHERE {overlaps} LIMIT 1 OFFSET {most}"
    return bool(driver_of(session).execute(asked).fetchall())


def count_in(session: Session, model: Any, box: BBox, hidden: Select[Any]) -> int:
    """How many rows of a GeoPackage meet a box that does not cross the antimeridian, but for those
    of the hidden keys; of a wide box that is known sooner without a look at the rows.
    """
    bounds = list(map(repr, (box.west, box.south, box.east, box.north)))
    keys = text(_keys_in(model.__tablename__, "geometry", bounds)).columns(column("id")).subquery()
    counted = select(func.count()).select_from(keys).where(keys.c.id.not_in(hidden))
    return session.execute(counted).scalar_one()


def _bounds(box: BBox, name: str) -> dict[str, float]:
    sides = (box.west, box.south, box.east, box.north)
    return {f"{name}_{at}": float(side) for at, side in enumerate(sides)}


def line_meets_box(start: tuple[Any, Any], end: tuple[Any, Any], box: BBox) -> ColumnElement[bool]:
    """Rows whose straight line between two points meets the box, exactly, by plain arithmetic.

    Their boxes overlap, and not all four corners lie on one side of the line.
    """
    (x, y), (u, v) = start, end
    corners = [(a, b) for a in (box.west, box.east) for b in (box.south, box.north)]
    sides = [(u - x) * (b - y) - (v - y) * (a - x) for a, b in corners]
    return and_(
        or_(x <= box.east, u <= box.east),
        or_(x >= box.west, u >= box.west),
        or_(y <= box.north, v <= box.north),
        or_(y >= box.south, v >= box.south),
        or_(*(side >= 0 for side in sides)),
        or_(*(side <= 0 for side in sides)),
    )


def may_reach(column: Any, geometry: BaseGeometry, km: float) -> ColumnElement[bool]:
    """Rows whose box lies within so many kilometres of a geometry's, and some a little beyond."""
    return or_(*(BoxOverlaps(column, part) for part in _around(geometry, km).parts()))


def _around(geometry: BaseGeometry, km: float) -> BBox:
    west, south, east, north = geometry.bounds
    degrees = km * 1.02 / _KM_PER_DEGREE
    south, north = max(-90.0, south - degrees), min(90.0, north + degrees)
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    across = degrees / narrowest if narrowest > 0.01 else 360.0
    if east - west + 2 * across >= 360:
        return BBox(-180, south, 180, north)
    return BBox((west - across + 540) % 360 - 180, south, (east + across + 540) % 360 - 180, north)


def bounds(session: Session, model: Any, hidden: Select[Any] | None = None) -> BBox | None:
    """The box around all geometries but those of the hidden keys; None where there is none.

    The R-tree of a GeoPackage rounds outward, by a few metres.
    """
    row: tuple[Any, ...]
    if session.get_bind().dialect.name == "postgresql":
        around = cast(func.ST_Extent(model.geometry), Text)
        shown = [] if hidden is None else [model.id.not_in(hidden)]
        text = session.scalar(select(around).where(*shown)) or ""
        numbers = re.findall(r"-?[\d.]+(?:e-?\d+)?", text)
        row = tuple(float(number) for number in numbers) or (None,)
    else:
        sides = ("minx", "miny", "maxx", "maxy")
        tree = table(f"rtree_{model.__tablename__}_geometry", column("id"), *map(column, sides))
        ends: list[Any] = [func.min(tree.c[one]) for one in sides[:2]]
        ends += [func.max(tree.c[one]) for one in sides[2:]]
        # Those that are hidden are few: to look for each box among them costs next to nothing.
        shown = [] if hidden is None else [tree.c.id.not_in(hidden)]
        row = tuple(session.execute(select(*ends).where(*shown)).one())
    if row[0] is None:
        return None
    west, south, east, north = row
    return BBox(west, south, east, north)


def boxes(session: Session, model: Any) -> tuple[list[Any], list[ColumnElement[bool]]]:
    """West, south, east and north of a row's geometry as columns, and what joins them to the row.

    The R-tree of a GeoPackage has them, by a few metres too large; no geometry is read.
    """
    if session.get_bind().dialect.name == "postgresql":
        sides = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
        return [side(model.geometry) for side in sides], [model.geometry.is_not(None)]
    names = ("minx", "miny", "maxx", "maxy")
    tree = table(f"rtree_{model.__tablename__}_geometry", column("id"), *map(column, names))
    return [tree.c[name] for name in names], [tree.c.id == model.id]


# Box values are floats that BBox has checked to be finite: their repr is safe in SQL.
def _envelope(box: tuple[float, float, float, float]) -> str:
    return f"ST_MakeEnvelope({', '.join(map(repr, box))}, 4326)"


@compiles(BoxOverlaps, "postgresql")
def _overlaps_postgis(element: BoxOverlaps, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.column, **kw)} && {_envelope(element.box)})"


@compiles(BoxOverlaps, "sqlite")
def _overlaps_geopackage(element: BoxOverlaps, compiler: SQLCompiler, **kw: Any) -> str:
    table, (west, south, east, north) = element.column.table, element.box
    key = compiler.process(next(iter(table.primary_key)), **kw)
    rtree = f'"rtree_{table.name}_{element.column.name}"'
    return (
        f"({key} IN (SELECT id FROM {rtree} WHERE minx <= {east!r} AND maxx >= {west!r} "
        f"AND miny <= {north!r} AND maxy >= {south!r}))"
    )


@compiles(MeetsOutline, "postgresql")
def _meets_outline_postgis(element: MeetsOutline, compiler: SQLCompiler, **kw: Any) -> str:
    shape = f"ST_GeomFromWKB('\\x{element.wkb}'::bytea, 4326)"
    return f"ST_Intersects({compiler.process(element.column, **kw)}, {shape})"


@compiles(MeetsOutline, "sqlite")
def _meets_outline_geopackage(element: MeetsOutline, compiler: SQLCompiler, **kw: Any) -> str:
    return f"qadam_intersects({compiler.process(element.column, **kw)}, x'{element.wkb}')"


@compiles(MeetsBox, "postgresql")
def _meets_postgis(element: MeetsBox, compiler: SQLCompiler, **kw: Any) -> str:
    bounds = ", ".join(
        f"CAST({compiler.process(bound, **kw)} AS float8)" for bound in element.bounds
    )
    box = f"ST_MakeEnvelope({bounds}, 4326)"
    return f"ST_Intersects({compiler.process(element.column, **kw)}, {box})"


@compiles(MeetsBox, "sqlite")
def _meets_geopackage(element: MeetsBox, compiler: SQLCompiler, **kw: Any) -> str:
    table, name = element.column.table, element.column.name
    key = compiler.process(next(iter(table.primary_key)), **kw)
    bounds = [compiler.process(bound, **kw) for bound in element.bounds]
    if not element.each:
        return f"({key} IN ({_keys_in(table.name, name, bounds)}))"
    overlaps, inside = _of_tree(*bounds)
    exact = f"qadam_meets({compiler.process(element.column, **kw)}, {', '.join(bounds)})"
    return (
        f'EXISTS (SELECT 1 FROM "rtree_{table.name}_{name}" r WHERE r.id = {key} '
        f"AND {overlaps} AND (({inside}) OR {exact}))"
    )


def _keys_in(table: str, name: str, bounds: list[str]) -> str:
    """The keys of what meets a box; what lies inside as a whole needs no exact test."""
    overlaps, inside = _of_tree(*bounds)
    tree = f'"rtree_{table}_{name}" r'
    exact = f'qadam_meeting(r.id, g."{name}", {", ".join(bounds)})'
    return (
        f"SELECT r.id FROM {tree} WHERE {inside} "
        f"UNION ALL SELECT value FROM json_each((SELECT {exact} FROM {tree} "
        f'CROSS JOIN "{table}" g ON g.id = r.id WHERE {overlaps} AND NOT ({inside})))'
    )


def _of_tree(west: str, south: str, east: str, north: str) -> tuple[str, str]:
    return (
        f"r.minx <= {east} AND r.maxx >= {west} AND r.miny <= {north} AND r.maxy >= {south}",
        f"r.minx >= {west} AND r.maxx <= {east} AND r.miny >= {south} AND r.maxy <= {north}",
    )
