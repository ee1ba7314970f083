"""The fast distance against pyproj's."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.ellipsoid import GEOD, SHORT_M, earth_centred, inverse

LON, LAT = st.floats(-180, 180), st.floats(-90, 90)


@given(LON, LAT, st.floats(0, 360), st.floats(0, 2 * SHORT_M))
@example(0.0, 90.0, 0.0, 100.0)
@example(180.0, -89.99, 90.0, 200e3)
@example(0.0, 0.0, 90.0, SHORT_M)
def test_distance_is_that_of_pyproj(lon: float, lat: float, bearing: float, metres: float) -> None:
    x, y, _ = GEOD.fwd(lon, lat, bearing, metres)
    distance, found = inverse([lon], [lat], [x], [y])
    assert distance[0] == pytest.approx(metres, abs=5e-4)
    if metres > 1 and abs(lat) < 89.9:
        assert (found[0] - bearing + 180) % 360 - 180 == pytest.approx(0, abs=1e-3)


@given(LON, LAT)
def test_a_point_is_nowhere_from_itself(lon: float, lat: float) -> None:
    distance, bearing = inverse([lon], [lat], [lon], [lat])
    assert (distance[0], bearing[0]) == (0, 0)


def test_antipodes_are_half_the_way_round() -> None:
    distance, _ = inverse([10], [20], [-170], [-20])
    assert distance[0] == pytest.approx(GEOD.inv(10, 20, -170, -20)[2])


@given(LON, LAT)
def test_earth_centred_is_on_the_ellipsoid(lon: float, lat: float) -> None:
    x, y, z = earth_centred(lon, lat)
    assert (x**2 + y**2) / GEOD.a**2 + z**2 / GEOD.b**2 == pytest.approx(1, abs=1e-12)
    if abs(lat) < 89.9:
        assert np.degrees(np.arctan2(y, x)) == pytest.approx(lon, abs=1e-9)
