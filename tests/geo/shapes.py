"""Geometries to test with: every kind, near each other, anywhere on earth."""

from math import cos, pi, sin

import shapely
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

Position = tuple[float, float]

CENTRES: st.SearchStrategy[Position] = st.sampled_from(
    [(68.0, 41.0), (52.0, 45.3), (80.0, 55.0), (0.0, 0.0), (20.0, -62.0), (100.0, 84.0)]
)
EDGES_OF_THE_WORLD: st.SearchStrategy[Position] = st.sampled_from(
    [(180.0, 41.0), (-180.0, -30.0), (179.9, 0.0), (10.0, 90.0), (-170.0, -90.0), (0.0, 89.9)]
)


@st.composite
def shapes_near(draw: st.DrawFn, centre: Position, spread: float = 0.3) -> BaseGeometry:
    """Draw a valid geometry of any kind within about a degree of a position."""
    lon, lat = centre
    kind = draw(st.sampled_from(["point", "line", "polygon", "ring", "points", "collection"]))
    x = lon + draw(st.floats(-spread, spread))
    y = lat + draw(st.floats(-spread, spread))
    if kind == "point":
        return shapely.Point(_kept(x, y))
    if kind == "points":
        moves = st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
        return shapely.MultiPoint(
            [_kept(x + dx, y + dy) for dx, dy in draw(st.lists(moves, min_size=1, max_size=4))]
        )
    if kind == "line":
        moves = st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
        ends = draw(st.lists(moves, min_size=1, max_size=6))
        return shapely.LineString([_kept(x, y), *(_kept(x + dx, y + dy) for dx, dy in ends)])
    if kind == "collection":
        return shapely.GeometryCollection(
            [draw(shapes_near((x, y), 0.1)), draw(shapes_near((x, y), 0.1))]
        )
    shell = draw(_star(x, y, 0.01, 0.4))
    if kind == "ring":
        return shapely.Polygon(shell, [_shrunk(shell, (x, y))])
    return shapely.Polygon(shell)


@st.composite
def _star(draw: st.DrawFn, x: float, y: float, least: float, most: float) -> list[Position]:
    corners = draw(st.integers(3, 8))
    radii = draw(st.lists(st.floats(least, most), min_size=corners, max_size=corners))
    turn = draw(st.floats(0, 1))
    angles = [(at + turn) / corners * 2 * pi for at in range(corners)]
    return [
        _kept(x + r * cos(angle), y + r * sin(angle))
        for r, angle in zip(radii, angles, strict=True)
    ]


def _shrunk(shell: list[Position], centre: Position) -> list[Position]:
    x, y = _kept(*centre)
    return [(x + (a - x) / 2, y + (b - y) / 2) for a, b in shell]


def _kept(lon: float, lat: float) -> Position:
    """Keep a position in range and rounded, as stored geometries are."""
    return round(max(-180.0, min(180.0, lon)), 7), round(max(-90.0, min(90.0, lat)), 7)
