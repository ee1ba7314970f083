"""Which part of the world a tile is."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadTile
from geo.webmercator import EXTENT, NORTHMOST, Tile


def test_the_first_tile_is_the_whole_map() -> None:
    box = Tile(0, 0, 0).box()
    assert box.numbers == pytest.approx((-180, -NORTHMOST, 180, NORTHMOST))
    assert pytest.approx(85.0511287798) == NORTHMOST
    middle, corner = Tile(0, 0, 0).on_grid([shapely.Point(0, 0), shapely.Point(-180, 90)])
    assert (middle.x, middle.y) == pytest.approx((EXTENT / 2, EXTENT / 2))
    assert (corner.x, corner.y) == pytest.approx((0, 0), abs=1e-6)


def test_tashkent_lies_on_its_tile() -> None:
    # By the formulas of OGC 17-083r4, annex D.1: column and row of 69.24 E, 41.3 N at zoom 10.
    [place] = Tile(10, 382, 708).on_grid([shapely.Point(69.24, 41.3)])
    assert 0 <= place.x < EXTENT
    assert 0 <= place.y < EXTENT


@given(st.integers(0, 20), st.data())
def test_neighbours_share_an_edge_and_a_margin_is_a_part_of_the_side(
    zoom: int, data: st.DataObject
) -> None:
    last = 2**zoom - 1
    row, col = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    tile = Tile(zoom, row, col)
    if col < last:
        assert Tile(zoom, row, col + 1).box().west == tile.box().east
    if row < last:
        assert Tile(zoom, row + 1, col).box().north == tile.box().south
    west, _, east, _ = tile.box(EXTENT).numbers
    assert west <= tile.box().west < tile.box().east <= east


@pytest.mark.parametrize("place", [(-1, 0, 0), (25, 0, 0), (3, 8, 0), (3, 0, 8), (0, 0, -1)])
def test_a_tile_that_is_not_there_is_told(place: tuple[int, int, int]) -> None:
    with pytest.raises(BadTile, match="from 0 to"):
        Tile(*place)
