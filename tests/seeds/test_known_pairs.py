"""Pairs of a project and a deposit that anybody can check on a map, from the shipped facts.

The kilometres were read off between the published positions, not computed here: a wind farm and
the phosphate town of Zhanatas; the power station of Talimarjan and the Shurtan gas field; the power
plant of Zhanaozen and the Uzen field beside it; the solar plant of Saran and its coal mine; the
wind farm of Khromtau and the Voskhod chromite mine; and, far out in the Caspian, Kashagan.
"""

from functools import cache
from typing import Any

import orjson
import pytest
from shapely.geometry.base import BaseGeometry

from geo.countries import locate
from geo.geometry import read_geojson
from geo.measure import nearest
from geo.nearest import k_nearest, pairs_within
from seeds.load import FOLDER

KNOWN = [
    ("Zhanatas wind farm", "Zhanatas (Karatau)", 6),
    ("Talimarjan power station, combined-cycle units 3 and 4", "Shurtan", 15),
    ("Zhanaozen hybrid power plant", "Uzen", 7),
    ("Saran solar plant", "Saranskaya", 4.5),
    ("Khromtau wind farm", "Voskhod", 6),
    ("Zhanaozen hybrid power plant", "Kashagan (North Caspian)", 332),
]


@cache
def places(collection: str) -> dict[str, BaseGeometry]:
    rows = orjson.loads((FOLDER / f"{collection}.geojson").read_bytes())["features"]
    return {
        row["properties"]["name"]: read_geojson(row["geometry"]) for row in rows if row["geometry"]
    }


@pytest.mark.parametrize(("project", "deposit", "km"), KNOWN)
def test_a_known_pair_is_as_far_apart_as_on_a_map(project: str, deposit: str, km: float) -> None:
    found = nearest(places("projects")[project], places("deposits")[deposit])
    assert found.distance_m / 1000 == pytest.approx(km, abs=1.0)


@pytest.mark.parametrize(("project", "deposit", "km"), KNOWN)
def test_a_known_pair_is_found_among_all(project: str, deposit: str, km: float) -> None:
    names = list(places("deposits"))
    shapes: list[Any] = list(places("deposits").values())
    pairs = pairs_within([places("projects")[project]], shapes, (km + 1) * 1000)
    assert deposit in {names[at] for at in pairs.right}
    nearer = k_nearest([places("projects")[project]], shapes, len(pairs), 1e6)
    assert nearer.right.tolist() == pairs.right.tolist()


def test_kashagan_lies_off_the_coast_of_kazakhstan() -> None:
    place = locate(places("deposits")["Kashagan (North Caspian)"])
    assert place.offshore
    assert dict(place.shares) == {"KZ": 1.0}
