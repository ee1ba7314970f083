"""The first facts lie where their sources say: sites, lines, provinces and the town list."""

import csv
import re
from difflib import SequenceMatcher
from itertools import combinations

import pytest
from shapely import union_all
from shapely.geometry import shape

from geo.countries import ADMIN1, locate
from geo.geometry import read_geojson
from tests.seeds.facts import ALL, DEPOSITS, PLACED, PROJECTS, ROOT, Row, metres, rows

PLACEHOLDERS = {"region", "centroid"}
CASPIAN_KM = 150
NAMESAKE_LIKENESS = 0.6
TOWN = 50_000

# The countries of the five that each line runs through, as its source names them.
RUNS_THROUGH = {
    "P-000089": "TJ",
    "P-000091": "TJ",
    "P-000107": "KG TJ",
    "P-000110": "KZ UZ",
    "P-000111": "TM",
    "P-000112": "KG TJ TM UZ",
    "P-000113": "TM",
    "P-000114": "KG UZ",
    "P-000115": "UZ",
    "P-000116": "KZ",
    "C-000001": "KZ",
    "C-000002": "KZ",
    "C-000003": "KZ",
    "C-000004": "KZ",
    "C-000005": "KZ",
    "C-000006": "KZ",
    "C-000007": "KZ TM UZ",
    "C-000008": "KG TJ TM UZ",
    "C-000009": "TM",
    "C-000010": "TM",
    "C-000011": "TM",
    "C-000012": "KZ",
    "C-000013": "TM UZ",
    "C-000014": "KG UZ",
    "C-000015": "KZ TM",
    "C-000016": "UZ",
    "C-000017": "KG TJ",
    "C-000018": "KZ UZ",
    "C-000019": "",
}

# Where sites lie that anybody can look up: longitude, latitude, and how far off a row may be.
LOOKED_UP = [
    ("Kumtor", 78.20, 41.87, 10),
    ("Almalyk ore field", 69.60, 40.80, 10),
    ("Karachaganak", 53.21, 51.35, 15),
    ("Tengiz", 53.40, 46.15, 25),
    ("Muruntau", 64.58, 41.52, 10),
    ("Korolevskoye", 53.60, 46.25, 30),
    ("North Truva", 57.30, 48.20, 30),
    ("Kambarata-1 hydropower plant", 73.40, 41.75, 25),
    ("Nurek hydropower rehabilitation", 69.35, 38.37, 5),
    ("Gas-to-gasoline plant at Owadan-Depe", 58.26, 38.20, 25),
]

# The provinces that sites close to a province line lie in, by publication id.
PROVINCES = {
    "P-000019": "UZ-SI",
    "P-000020": "UZ-SI",
    "P-000057": "kaz-east-kazakhstan",
    "P-000064": "KG-J",
    "P-000082": "TJ-KT",
    "P-000094": "TJ-KT",
    "P-000096": "TJ-RA",
}


def test_a_position_shared_by_many_is_a_placeholder() -> None:
    shared: dict[tuple[float, ...], list[Row]] = {}
    for row in DEPOSITS:
        if row["geometry"]:
            shared.setdefault(tuple(row["geometry"]["coordinates"]), []).append(row)
    for position, there in shared.items():
        if len(there) > 8:
            precisions = {row["properties"]["location_precision"] for row in there}
            assert precisions <= PLACEHOLDERS, position


def test_no_country_centre_is_a_place() -> None:
    outlines = [shape(row["geometry"]) for row in rows("countries", "geo/data")]
    for row in PLACED:
        if row["geometry"]["type"] != "Point":
            continue
        lon, lat = row["geometry"]["coordinates"]
        for outline in outlines:
            centre = outline.centroid
            near = metres((lon, lat), (centre.x, centre.y)) < 1000
            assert not near or row["properties"]["location_precision"] in PLACEHOLDERS, row["id"]


def test_places_lie_in_the_five_or_off_their_caspian_coast() -> None:
    land = union_all([shape(row["geometry"]) for row in rows("countries", "geo/data")])
    sea = union_all(
        [
            shape(row["geometry"])
            for row in rows("lakes", "geo/data")
            if row["properties"]["kind"] == "sea"
        ]
    )
    for row in PLACED:
        place = shape(row["geometry"])
        assert place.is_valid
        assert not place.is_empty
        if not place.intersects(land):
            assert place.distance(sea) < 0.05, row["id"]
            assert place.distance(land) * 111 < CASPIAN_KM, row["id"]


def test_every_line_is_looked_after() -> None:
    lines = {
        row["id"]
        for row in ALL
        if row["geometry"] and row["geometry"]["type"] in {"LineString", "MultiLineString"}
    }
    assert lines == set(RUNS_THROUGH)


@pytest.mark.parametrize(("ref", "countries"), RUNS_THROUGH.items())
def test_a_line_runs_through_the_countries_that_its_source_names(ref: str, countries: str) -> None:
    row = next(row for row in ALL if row["id"] == ref)
    assert set(locate(read_geojson(row["geometry"])).shares) == set(countries.split())


@pytest.mark.parametrize(("name", "lon", "lat", "km"), LOOKED_UP)
def test_a_well_known_site_lies_where_it_lies(name: str, lon: float, lat: float, km: float) -> None:
    row = next(row for row in PLACED if row["properties"]["name"] == name)
    assert metres(row["geometry"]["coordinates"], (lon, lat)) < km * 1000


@pytest.mark.parametrize(("ref", "province"), PROVINCES.items())
def test_a_site_near_a_province_line_lies_in_its_province(ref: str, province: str) -> None:
    row = next(row for row in PROJECTS if row["id"] == ref)
    assert locate(read_geojson(row["geometry"])).admin1 == (province,)


def towns() -> list[dict[str, str]]:
    """The rows of the town list."""
    with (ROOT / "geo/data/places.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_town_is_spelled_as_the_province_named_after_it() -> None:
    for town in (town for town in towns() if int(town["population"]) > TOWN):
        for unit in ADMIN1:
            name = re.sub(r" (Region|\(.*\))$", "", unit.name)
            likeness = SequenceMatcher(None, town["name"], name).ratio()
            if unit.country == town["country"] and town["name"] in unit.alt_names:
                assert likeness < NAMESAKE_LIKENESS or town["name"] == name, town["name"]


def test_no_town_stands_twice_and_no_district_is_a_town() -> None:
    rows_of: dict[tuple[str, str], list[dict[str, str]]] = {}
    for town in towns():
        rows_of.setdefault((town["country"], town["name"]), []).append(town)
    for there in rows_of.values():
        for one, other in combinations(there, 2):
            a, b = ((float(row["lon"]), float(row["lat"])) for row in (one, other))
            assert metres(a, b) > 10_000, one["name"]
    names = {town["name"] for town in towns() if town["country"] == "UZ"}
    assert not names & {"Yunusobod", "Chilanzar", "Sergeli", "Bektemir"}
