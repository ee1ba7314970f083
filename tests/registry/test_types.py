"""Boxes of stored geometries are read off their bytes."""

import math
import struct

import pytest
import shapely

from registry.database.types import box_of, from_geopackage, to_geopackage

SHAPES = (
    "POINT (69.24 41.31)",
    "LINESTRING (69 41, 70 42)",
    "POLYGON ((69 41, 70 41, 70 42, 69 41))",
    "MULTIPOINT ((69 41), (70 42))",
    "GEOMETRYCOLLECTION (POINT (69 41), LINESTRING (70 42, 71 43))",
)


@pytest.mark.parametrize("envelope", [True, False], ids=["with envelope", "without"])
@pytest.mark.parametrize("order", [0, 1], ids=["big end first", "big end last"])
@pytest.mark.parametrize("wkt", SHAPES)
def test_a_box_is_that_of_the_geometry_whoever_wrote_it(
    wkt: str, order: int, envelope: bool
) -> None:
    shape = shapely.from_wkt(wkt)
    west, south, east, north = shape.bounds
    sign = "<" if order else ">"
    blob = struct.pack(f"{sign}2sBBi", b"GP", 0, order | envelope << 1, 4326)
    blob += struct.pack(f"{sign}4d", west, east, south, north) if envelope else b""
    blob += shapely.to_wkb(shape, byte_order=order, flavor="iso")
    assert box_of(blob) == (west, east, south, north)
    assert from_geopackage(blob) == shape
    assert box_of(to_geopackage(shape)) == (west, east, south, north)


@pytest.mark.parametrize("wkt", ["POINT Z (69 41 300)", "LINESTRING Z (69 41 1, 70 42 2)"])
def test_heights_of_others_do_no_harm(wkt: str) -> None:
    assert box_of(to_geopackage(shapely.from_wkt(wkt)))[0] == 69


@pytest.mark.parametrize("wkt", ["POINT EMPTY", "POLYGON EMPTY", "MULTIPOINT EMPTY"])
def test_what_is_empty_has_no_box(wkt: str) -> None:
    blob = to_geopackage(shapely.from_wkt(wkt))
    unsaid = blob[:3] + bytes([blob[3] & ~(1 << 4)]) + blob[4:]
    for one in (blob, unsaid):
        assert math.isnan(box_of(one)[0])
