"""Clusters lose and add nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.cluster import CELL, clustered
from geo.webmercator import EXTENT


@given(st.lists(st.tuples(st.floats(-300, 4500), st.floats(-300, 4500), st.floats(0, 1e6))))
def test_counts_and_sums_of_cells_and_of_those_alone_are_those_of_all(
    rows: list[tuple[float, float, float]],
) -> None:
    x, y, weight = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    found = clustered(x, y, {"mw": weight})
    inside = (x >= 0) & (x < EXTENT) & (y >= 0) & (y < EXTENT)
    assert found.counts.sum() + len(found.alone) == inside.sum()
    total = found.sums["mw"].sum() + weight[found.alone].sum()
    assert np.isclose(total, weight[inside].sum())
    assert (found.counts > 1).all()
    assert ((found.x >= 0) & (found.x <= EXTENT)).all()


def test_two_of_one_cell_are_one_mark_in_their_middle_and_an_unknown_figure_adds_nothing() -> None:
    x, y = np.array([10.0, 20, CELL + 1, 4100]), np.array([10.0, 30, 5, 5])
    found = clustered(x, y, {"mw": np.array([5, np.nan, 7, 9])})
    assert (found.x.tolist(), found.y.tolist()) == ([15], [20])
    assert (found.counts.tolist(), found.sums["mw"].tolist()) == ([2], [5])
    assert found.alone.tolist() == [2]
