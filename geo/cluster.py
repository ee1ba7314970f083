"""Many positions as few: those of a cell of the grid become one mark with their count and sums."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.webmercator import EXTENT

CELLS = 8
"""Cells along the side of a tile: 32 pixels each on a tile of 256."""

CELL = EXTENT // CELLS
"""The side of a cell in steps of the grid."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The cells of a tile that hold two or more, and which positions stand alone.

    `x` and `y` are the middle of those in a cell in whole steps; `sums` by name, in parallel.
    """

    x: Numbers
    y: Numbers
    counts: NDArray[np.int64]
    sums: Mapping[str, Numbers]
    alone: NDArray[np.int64]


def clustered(x: Numbers, y: Numbers, weights: Mapping[str, Numbers]) -> Clusters:
    """Return what lies on a tile by cells; positions beyond its edge belong to the neighbours.

    A weight that is not a number counts as zero.
    """
    inside = np.flatnonzero((x >= 0) & (x < EXTENT) & (y >= 0) & (y < EXTENT))
    cells = (y[inside] // CELL).astype(np.int64) * CELLS + (x[inside] // CELL).astype(np.int64)
    counts = np.bincount(cells, minlength=CELLS * CELLS)
    held = np.flatnonzero(counts > 1)

    def total(numbers: Numbers) -> Numbers:
        added = np.bincount(cells, np.nan_to_num(numbers[inside]), CELLS * CELLS)
        return np.asarray(added[held])

    return Clusters(
        np.round(total(x) / counts[held]),
        np.round(total(y) / counts[held]),
        counts[held],
        {name: total(numbers) for name, numbers in weights.items()},
        inside[counts[cells] == 1],
    )
