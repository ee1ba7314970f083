"""Which positions, shape (n, 2) in degrees, are on earth, and what to say of those that are not."""

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadGeometry

# No slip of the pen in degrees is so large; metres of a map projection are.
_LEAST_METRES = 1_000


def is_beyond(positions: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which positions are not on earth: too large, or no number."""
    return np.asarray(~(np.abs(positions) <= (180, 90)).all(axis=1))


def out_of_range(positions: NDArray[np.float64]) -> BadGeometry:
    """Return what is wrong with the first position that is not on earth."""
    if not np.isfinite(positions).all():
        return BadGeometry("A coordinate is not a number; every position needs two numbers.")
    lon, lat = positions[is_beyond(positions)][0].tolist()
    if max(abs(lon), abs(lat)) > _LEAST_METRES:
        return BadGeometry(
            f"The position {lon:.10g}, {lat:.10g} is in metres (UTM or the like), not in degrees; "
            "reproject it to WGS 84, EPSG:4326."
        )
    if abs(lat) > 90:
        is_swapped = abs(lat) <= 180 and abs(lon) <= 90
        hint = "are longitude and latitude swapped?" if is_swapped else "check it."
        return BadGeometry(f"Latitude {lat:.10g} is past 90; {hint}")
    return BadGeometry(
        f"Longitude {lon:.10g} is past 180; did you mean {(lon + 180) % 360 - 180:.10g}?"
    )
