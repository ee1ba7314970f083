"""Boxes: reading, printing, the antimeridian, circles."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.bbox import BBox
from geo.ellipsoid import GEOD
from geo.errors import BadBBox

LON = st.floats(-180, 180)
LAT = st.floats(-90, 90)


@given(LON, LAT, LON, LAT)
def test_what_is_printed_is_read_back(west: float, south: float, east: float, north: float) -> None:
    box = BBox(west, min(south, north), east, max(south, north))
    assert BBox.parse(str(box)) == box


def test_the_heights_of_six_numbers_are_dropped() -> None:
    assert BBox.parse("60,40,-10,70,45,900") == BBox(60, 40, 70, 45)


def test_west_above_east_is_across_the_antimeridian() -> None:
    box = BBox.parse("170,-10,-170,10")
    assert box.parts() == (BBox(170, -10, 180, 10), BBox(-180, -10, -170, 10))
    assert box.polygon().area == pytest.approx(20 * 20)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "four numbers"),
        ("1,2,3", "four numbers"),
        ("1,2,3,4,5", "four numbers"),
        ("a,b,c,d", "four numbers"),
        ("nan,0,1,1", "four numbers"),
        ("0,0,inf,1", "four numbers"),
        ("0,0,1e999,1", "east is inf"),
        ("1_0,1,20,2", "four numbers"),
        ("٣,1,4,2", "four numbers"),
        ("0,0,181,1", "east is 181"),
        ("0,0,1,91", "north is 91"),
        ("0,50,1,40", "south"),
        ("0," * 10_000, "four numbers"),
    ],
)
def test_a_bad_box_gets_a_sentence(text: str, hint: str) -> None:
    with pytest.raises(BadBBox, match=hint) as refused:
        BBox.parse(text)
    assert len(str(refused.value)) < 200


@given(LON, LAT, st.floats(0.001, 3000), st.floats(0, 360))
@example(179.99, 10.0, 50.0, 90.0)
@example(-180.0, 0.0, 50.0, 270.0)
@example(0.0, 90.0, 50.0, 0.0)
@example(0.0, -89.9, 50.0, 180.0)
def test_a_box_around_holds_the_whole_circle(
    lon: float, lat: float, km: float, bearing: float
) -> None:
    box = BBox.around(lon, lat, km)
    x, y, _ = GEOD.fwd(lon, lat, bearing, km * 999.999)
    assert box.south <= y <= box.north
    assert any(part.west <= x <= part.east for part in box.parts()) or np.isclose(abs(x), 180)
