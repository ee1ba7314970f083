"""The committed first facts are sound by themselves: read from the files, without a registry."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

import pytest
from shapely import STRtree
from shapely.geometry import shape

from registry import vocabulary as words
from tests.seeds.facts import (
    AGREEMENTS,
    ALL,
    COLLECTIONS,
    CORRIDORS,
    DEPOSITS,
    PLACED,
    PROJECTS,
    ROOT,
    Row,
    folded,
    metres,
    rows,
)

FIVE = {"KZ", "KG", "TJ", "TM", "UZ"}
TWIN_KM = 25
TWIN_LIKENESS = 0.88
MARK = re.compile(r"\b(?:\d+\w?|[ivx]+|[a-z]|north|south|east|west|upper|lower)\b")

MIRRORS = re.compile(
    r"piglix|kiwix|franco\.wiki|frwiki|wiki\.x\.io|eudic|cloudfront|azureedge|staging\.|"
    r"(?<![a-z])wikipedia\.org"
)


def slugs(name: str) -> set[str]:
    """The slugs of a vocabulary."""
    return {term.slug for term in getattr(words, name)}


def said(features: list[Row], name: str) -> list[Any]:
    """The values of one property, lists opened."""
    values = [row["properties"].get(name) for row in features]
    return [
        item
        for value in values
        if value is not None
        for item in (value if isinstance(value, list) else [value])
    ]


@pytest.mark.parametrize(
    ("name", "least"), [("projects", 70), ("deposits", 400), ("corridors", 19), ("agreements", 15)]
)
def test_there_are_enough(name: str, least: int) -> None:
    assert len(rows(name)) >= least


@pytest.mark.parametrize(("name", "letter"), zip(COLLECTIONS, "PDCA", strict=True))
def test_ids_are_unique_well_formed_and_in_order(name: str, letter: str) -> None:
    ids = [row["id"] for row in rows(name)]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(rf"{letter}-\d{{6}}", ref) for ref in ids)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_one_feature_a_line(name: str) -> None:
    lines = (ROOT / "seeds" / f"{name}.geojson").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(rows(name)) + 2


@pytest.mark.parametrize("row", ALL, ids=lambda row: row["id"])
def test_every_row_has_a_source(row: Row) -> None:
    values = row["properties"]
    sources = values.get("sources") or [values.get("source", "")]
    assert all(len(source) > 8 for source in sources)
    assert all("wikipedia.org" not in source for source in values.get("sources", []))


def test_no_row_cites_a_mirror() -> None:
    for row in ALL:
        values = row["properties"]
        for source in [*values.get("sources", []), values.get("source", "")]:
            assert not MIRRORS.search(source), row["id"]


def test_every_address_of_a_source_has_a_title() -> None:
    for row in ALL:
        values = row["properties"]
        texts = values.get("sources") or values["source"].split("; ")
        assert not [text for text in texts if re.match(r"https?:|www\.", text)], row["id"]


def test_every_deposit_names_its_licence() -> None:
    licences = {licence.split(";")[0].split(" (")[0] for licence in said(DEPOSITS, "licence")}
    assert len(said(DEPOSITS, "licence")) == len(said(DEPOSITS, "source_id")) == len(DEPOSITS)
    assert licences <= {"public domain", "CC BY 4.0", "fact"}
    assert not any("ODbL" in value for value in said(ALL, "licence"))


def test_source_ids_are_used_once() -> None:
    ids = [part for value in said(DEPOSITS, "source_id") for part in value.split("; ")]
    assert not [key for key, count in Counter(ids).items() if count > 1]


VALUES = [
    ("sector", PROJECTS, "SECTORS"),
    ("secondary_sectors", PROJECTS, "SECTORS"),
    ("status", PROJECTS, "STATUSES"),
    ("location_precision", [*PROJECTS, *DEPOSITS, *CORRIDORS], "PRECISIONS"),
    ("partner_roles", PROJECTS, "ROLES"),
    ("publication", PROJECTS, "PUBLICATIONS"),
    ("commodities", DEPOSITS, "COMMODITIES"),
    ("kind", DEPOSITS, "DEPOSIT_KINDS"),
    ("status", DEPOSITS, "DEPOSIT_STATUSES"),
    ("size_class", DEPOSITS, "SIZE_CLASSES"),
    ("kind", CORRIDORS, "CORRIDOR_KINDS"),
    ("status", CORRIDORS, "CORRIDOR_STATUSES"),
    ("kind", AGREEMENTS, "AGREEMENT_KINDS"),
    ("status", AGREEMENTS, "AGREEMENT_STATUSES"),
]


@pytest.mark.parametrize(("name", "features", "vocabulary"), VALUES)
def test_words_are_of_the_vocabulary(name: str, features: list[Row], vocabulary: str) -> None:
    assert set(said(features, name)) <= slugs(vocabulary)


def test_countries_are_of_the_five() -> None:
    assert set(said(AGREEMENTS, "country")) == FIVE
    assert set(said(ALL, "countries")) <= FIVE


def test_no_place_and_its_precision_say_the_same() -> None:
    for row in (*PROJECTS, *DEPOSITS):
        values = row["properties"]
        assert (row["geometry"] is None) == (values["location_precision"] == "unlocated"), row["id"]
        assert row["geometry"] is not None or values["countries"], row["id"]


def test_every_project_says_where_its_place_comes_from() -> None:
    assert all(row["properties"].get("location_source") for row in PROJECTS if row["geometry"])


def test_coordinates_are_in_range_and_rounded() -> None:
    for row in ALL:
        for lon, lat in positions(row["geometry"]):
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
            assert round(lon, 7) == lon
            assert round(lat, 7) == lat


def positions(geometry: Row | None) -> Iterator[tuple[float, float]]:
    """Every position of a point or line."""
    if geometry is None:
        return
    coordinates = geometry["coordinates"]
    yield from [coordinates] if geometry["type"] == "Point" else coordinates


def marks(name: str) -> list[str]:
    """What tells one of several with the same name from the next: a number or a direction."""
    return sorted(MARK.findall(folded(name)))


def near_pairs(features: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs that stand within the twin distance."""
    placed = [row for row in features if row["geometry"] and row["geometry"]["type"] == "Point"]
    tree = STRtree([shape(row["geometry"]) for row in placed])
    left, right = tree.query([shape(row["geometry"]).buffer(0.5) for row in placed])
    for one, other in zip(left, right, strict=True):
        if one < other:
            a, b = (placed[index]["geometry"]["coordinates"] for index in (one, other))
            if metres(a, b) <= TWIN_KM * 1000:
                yield placed[one], placed[other]


def alike(one: Row, other: Row) -> bool:
    """Whether two names could be one thing."""
    names = [row["properties"]["name"] for row in (one, other)]
    likeness = SequenceMatcher(None, folded(names[0]), folded(names[1])).ratio()
    return likeness >= TWIN_LIKENESS and marks(names[0]) == marks(names[1])


def test_no_deposit_stands_twice() -> None:
    for one, other in near_pairs(DEPOSITS):
        shared = set(one["properties"]["commodities"]) & set(other["properties"]["commodities"])
        assert not (shared and alike(one, other)), (one["id"], other["id"])


def test_no_project_stands_twice() -> None:
    for one, other in near_pairs(PROJECTS):
        same = one["properties"]["sector"] == other["properties"]["sector"]
        linked = {one["properties"].get("parent"), other["properties"].get("parent")} & {
            one["id"],
            other["id"],
        }
        assert not (same and not linked and alike(one, other)), (one["id"], other["id"])


def test_names_are_unique_in_each_file() -> None:
    for name in ("projects", "corridors"):
        names = [folded(row["properties"]["name"]) for row in rows(name)]
        assert len(names) == len(set(names))


def test_an_alternative_name_leads_to_one_project() -> None:
    known = [
        {folded(name.split(" @")[0]) for name in [row["properties"]["name"], *alternatives(row)]}
        for row in PROJECTS
    ]
    for (one, names), (other, more) in combinations(zip(PROJECTS, known, strict=True), 2):
        assert not names & more, (one["id"], other["id"], names & more)


def alternatives(row: Row) -> list[str]:
    """The alternative names of a row."""
    names: list[str] = row["properties"].get("alt_names", [])
    return names


def test_links_lead_somewhere() -> None:
    projects = {row["id"] for row in PROJECTS}
    agreements = {row["id"] for row in AGREEMENTS}
    for row in PROJECTS:
        parent = row["properties"].get("parent")
        assert parent is None or (parent in projects and parent != row["id"])
    assert set(said(PROJECTS, "agreement")) <= agreements


def test_partners_run_parallel() -> None:
    for row in PROJECTS:
        values = row["properties"]
        names = values.get("partners", [])
        assert len(names) == len(values.get("partner_countries", []))
        assert len(names) == len(values.get("partner_roles", [])) == len(set(names))
        assert not any("," in name or ";" in name for name in names)
        assert all(re.fullmatch(r"[A-Z]{2}|", code) for code in values.get("partner_countries", []))


def test_one_partner_has_one_country() -> None:
    homes: dict[str, set[str]] = {}
    for row in PROJECTS:
        values = row["properties"]
        for name, code in zip(
            values.get("partners", []), values.get("partner_countries", []), strict=True
        ):
            homes.setdefault(name, set()).add(code)
    assert all(len(codes) == 1 for codes in homes.values())


def test_figures_are_plausible() -> None:
    for row in PROJECTS:
        values = row["properties"]
        assert 0 < values.get("capacity_mw", 1) <= 40_000, row["id"]
        years = [values.get(name) for name in ("start_year", "end_year", "cost_year")]
        assert all(1990 <= year <= 2060 for year in years if year is not None), row["id"]
        assert values.get("cost_usd", 1) <= 60e9
        if values.get("cost_currency") == "USD":
            assert values["cost_usd"] == values["cost_amount"]
        else:
            assert "cost_usd" not in values


def test_output_fits_the_capacity() -> None:
    for row in PROJECTS:
        values = row["properties"]
        if {"capacity_mw", "generation_gwh_per_year"} <= values.keys():
            factor = values["generation_gwh_per_year"] * 1000 / values["capacity_mw"] / 8760
            assert 0.1 < factor < 0.95, row["id"]


def test_a_claim_fits_the_output() -> None:
    for row in PROJECTS:
        values = row["properties"]
        claim = values.get("reduction_claimed_tco2e_per_year")
        output = values.get("generation_gwh_per_year")
        if claim and output:
            assert 0.05 < claim / output / 1000 < 1.2, row["id"]


def test_parts_do_not_repeat_the_capacity_of_the_whole() -> None:
    by_id = {row["id"]: row["properties"] for row in PROJECTS}
    for row in PROJECTS:
        whole = by_id.get(row["properties"].get("parent", ""))
        part = row["properties"].get("capacity_mw")
        if whole and part and "capacity_mw" in whole:
            assert part != whole["capacity_mw"], row["id"]


def test_the_five_and_japan_are_all_there() -> None:
    assert "JP" in said(PROJECTS, "partner_countries")
    assert {row["properties"]["status"] for row in PROJECTS} >= {"idea", "agreed", "operating"}
    assert any(row["geometry"] is None for row in PROJECTS)
    kinds = {geometry["type"] for row in PROJECTS if (geometry := row["geometry"])}
    assert kinds >= {"Point", "LineString"}


def test_corridors_are_schematic_lines() -> None:
    for row in CORRIDORS:
        assert row["geometry"]["type"] in {"LineString", "MultiLineString"}
        assert row["properties"]["location_precision"] == "schematic"
        assert row["properties"]["markets"]
        for name in ("transits_russia", "transits_china", "ends_in_russia_or_china"):
            assert isinstance(row["properties"][name], bool)


def test_what_was_set_by_hand_is_not_called_exact() -> None:
    for row in PLACED:
        values = row["properties"]
        origin = values.get("location_source") or values.get("source", "")
        if "set by hand" in origin or "placed by name" in origin:
            assert values["location_precision"] in {"approximate", "town", "region"}, row["id"]


def test_oil_and_gas_fields_have_names_of_their_own() -> None:
    fields = [row for row in DEPOSITS if row["properties"]["kind"] == "field"]
    for one, other in combinations(fields, 2):
        names = [folded(row["properties"]["name"]).replace(" ", "") for row in (one, other)]
        assert names[0] != names[1], (one["id"], other["id"])
    assert not [row["id"] for row in fields if re.match(r"Block\b", row["properties"]["name"])]


def test_agreements_have_no_place() -> None:
    assert all(row["geometry"] is None for row in AGREEMENTS)
