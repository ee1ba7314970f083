"""What CQL2 finds, on both databases."""

import pytest
from sqlalchemy.orm import Session

from registry import queries
from registry.collections import (
    AGREEMENTS,
    CORRIDORS,
    CROSS_REFERENCES,
    DEPOSITS,
    PROJECTS,
    PUBLISHED,
    Collection,
)
from registry.cql2.queryables import QUERYABLES
from registry.filters import Filter, Page


def names(session: Session, collection: Collection, text: str) -> set[str]:
    asked = Filter.parse({"filter": [text]}, collection)
    found = queries.features(session, collection, asked, Page(), public_only=False)
    key = "deposit_name" if collection is CROSS_REFERENCES else collection.named_by
    return {feature.properties[key] for feature in found}


SUN, WIND, LINE, COURSE = "Sun", "Wind of Zarafşan", "LINE of Straße", "Course"
ALL = {SUN, WIND, LINE, COURSE}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TRUE", ALL),
        ("NOT TRUE", set()),
        ("capacity_mw >= 100", {SUN, WIND}),
        ("capacity_mw = 500.5", {WIND}),
        ("NOT capacity_mw > 100", {SUN}),
        ("capacity_mw > 100 OR sector = 'grid' AND NOT publication = 'public'", {WIND, LINE}),
        ("(capacity_mw > 100 OR sector = 'grid') AND publication = 'public'", {WIND}),
        ("capacity_mw IS NULL", {LINE, COURSE}),
        ("capacity_mw IS NOT NULL", {SUN, WIND}),
        ("NOT (capacity_mw > 1 AND sector = 'solar')", {WIND, LINE, COURSE}),
        ("(capacity_mw > 1) = TRUE", {SUN, WIND}),
        ("(capacity_mw > 1) IS NULL", {LINE, COURSE}),
        ("100 = capacity_mw", {SUN}),
        ("'a' < 'b' AND 1 < 2 AND TRUE = TRUE", ALL),
        ("'a' < 'B'", set()),
        ("name < 'M'", {LINE, COURSE}),
        ("name BETWEEN 'M' AND 'T'", {SUN}),
        ("capacity_mw BETWEEN 50 AND 100", {SUN}),
        ("capacity_mw NOT BETWEEN 50 AND 100", {WIND}),
        ("sector IN ('solar', 'wind')", {SUN, WIND}),
        ("sector NOT IN ('solar', 'wind')", {LINE, COURSE}),
        ("start_year IN (2024, 2000 + 27)", {SUN, WIND}),
        ("name LIKE 'S%'", {SUN}),
        ("name LIKE 's%'", set()),
        ("name LIKE '_u_'", {SUN}),
        ("summary LIKE '100\\% Wind\\_%'", {WIND}),
        ("summary LIKE '%\\_\\_%'", set()),
        ("summary LIKE '%O''Neill'", {WIND}),
        ("summary NOT LIKE '%zzz%'", {WIND}),
        ("CASEI(name) = CASEI('SUN')", {SUN}),
        ("CASEI(name) LIKE CASEI('line OF STRASSE')", {LINE}),
        ("CASEI(name) IN (CASEI('course'), CASEI('x'))", {COURSE}),
        ("ACCENTI(name) LIKE '%Zarafsan'", {WIND}),
        ("ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('%ZARAFŞAN'))", {WIND}),
        ("name = 'x'' OR 1=1 --'", set()),
        ("phase = 'active'", {SUN}),
        ("phase <> 'active'", {WIND, LINE, COURSE}),
        ("japan_involved = TRUE", {SUN}),
        ("japan_involved <> TRUE", {WIND, LINE, COURSE}),
        ("offshore = FALSE", ALL),
        ("parent IS NOT NULL", {WIND}),
        ("parent = 'P-000001' AND id = 'P-000002'", {WIND}),
        ("agreement LIKE 'A-%'", {SUN}),
        ("ref IN ('P-000001', 'P-000004')", {SUN, COURSE}),
        ("version = 1", ALL),
        ("reduction_computed_tco2e_per_year > 900000", {WIND}),
        ("reduction_computed_tco2e_per_year IS NULL", {LINE, COURSE}),
        ("outside_share = 0", {SUN, WIND, LINE}),
        # Lists
        ("A_CONTAINS(countries, ('UZ'))", {SUN, WIND, LINE}),
        ("A_CONTAINS(countries, ('UZ', 'KZ'))", {LINE}),
        ("A_EQUALS(countries, ('KZ'))", {COURSE}),
        ("A_EQUALS(countries, ('KZ', 'UZ', 'KZ'))", {LINE}),
        ("A_CONTAINEDBY(countries, ('UZ', 'TM'))", {SUN, WIND}),
        ("A_OVERLAPS(countries, ('KZ', 'TM'))", {LINE, COURSE}),
        ("NOT A_OVERLAPS(countries, ('KZ', 'TM'))", {SUN, WIND}),
        ("A_CONTAINS(partners, ('Masdar'))", {SUN, WIND}),
        ("A_CONTAINS(partner_countries, ('JP')) AND A_CONTAINS(partner_roles, ('funder'))", {SUN}),
        ("NOT A_CONTAINS(partner_roles, ('host'))", ALL),
        ("A_CONTAINS(secondary_sectors, ('grid'))", {WIND}),
        ("A_EQUALS(secondary_sectors, ())", {SUN, LINE, COURSE}),
        ("A_CONTAINEDBY(secondary_sectors, ())", {SUN, LINE, COURSE}),
        ("A_CONTAINS(secondary_sectors, ())", ALL),
        ("A_OVERLAPS(alt_names, ('Күн @kk'))", {SUN}),
        ("A_OVERLAPS(alt_names, secondary_sectors)", set()),
        ("A_CONTAINS(partners, partner_countries)", {WIND, LINE, COURSE}),
        ("A_CONTAINS(country_shares, (1))", {SUN, WIND}),
        ("A_OVERLAPS(('KZ', 'TJ'), countries)", {LINE, COURSE}),
        ("A_CONTAINS(('KZ', 'UZ'), countries)", ALL),
        ("A_EQUALS(('a', 'b'), ('b', 'a', 'a'))", ALL),
        ("A_OVERLAPS(('a'), ('b'))", set()),
        ("partners IS NULL", {LINE, COURSE}),
        ("partners IS NOT NULL", {SUN, WIND}),
        # Places
        ("S_INTERSECTS(geometry, POINT(69.24 41.3))", {SUN, LINE}),
        ("S_INTERSECTS(geometry, BBOX(64, 39, 65, 40))", {WIND}),
        ("S_INTERSECTS(geometry, BBOX(69, 41, 0, 70, 43, 9))", {SUN, LINE}),
        ("S_INTERSECTS(geometry, BBOX(170, 39, 65, 45))", {WIND}),
        ("S_INTERSECTS(geometry, BBOX(69.24, 41.3, 69.24, 41.3))", {SUN, LINE}),
        ("NOT S_INTERSECTS(geometry, BBOX(64, 39, 65, 40))", {SUN, LINE}),
        ("S_DISJOINT(geometry, BBOX(64, 39, 65, 40))", {SUN, LINE}),
        ("NOT S_DISJOINT(geometry, BBOX(64, 39, 65, 40))", {WIND}),
        ("S_WITHIN(geometry, POLYGON((69 41, 70 41, 70 43, 69 43, 69 41)))", {SUN, LINE}),
        ("S_CONTAINS(POLYGON((69 41, 70 41, 70 42, 69 42, 69 41)), geometry)", {SUN}),
        ("S_CONTAINS(geometry, POINT(69.24 41.3))", {SUN}),
        ("S_EQUALS(geometry, POINT(69.24 41.3))", {SUN}),
        ("S_TOUCHES(geometry, POINT(69.24 41.3))", {LINE}),
        ("S_CROSSES(geometry, LINESTRING(69 41.5, 70 41.5))", {LINE}),
        ("S_OVERLAPS(geometry, LINESTRING(69.24 41.3, 69.6 42.32, 70 43))", set()),
        ("S_WITHIN(geometry, LINESTRING(69.24 41.3, 69.6 42.32, 70 43))", {LINE}),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(69.24 41.3)))", {SUN, LINE}),
        ("S_INTERSECTS(POINT(1 1), BBOX(0, 0, 2, 2))", ALL),
        ("S_TOUCHES(POINT(1 1), BBOX(0, 0, 2, 2))", set()),
        ("S_EQUALS(geometry, geometry)", {SUN, WIND, LINE}),
        ("geometry IS NULL", {COURSE}),
        # Times
        ("status_date = DATE('2024-03-01')", {SUN}),
        ("status_date <> DATE('2024-03-01')", set()),
        ("T_AFTER(status_date, DATE('2024-02-29'))", {SUN}),
        ("T_BEFORE(status_date, INTERVAL('2024-03-02', '..'))", {SUN}),
        ("T_INTERSECTS(status_date, INTERVAL('..', '2024-03-01'))", {SUN}),
        ("NOT T_DISJOINT(status_date, INTERVAL('..', '2024-03-01'))", {SUN}),
        ("T_EQUALS(status_date, INTERVAL('2024-03-01', '2024-03-01'))", {SUN}),
        ("updated_at > DATE('2020-01-01')", ALL),
        ("DATE('2020-01-01') < updated_at", ALL),
        ("updated_at > TIMESTAMP('2020-01-01T00:00:00+05:00')", ALL),
        ("updated_at < TIMESTAMP('2020-01-01T00:00:00Z')", set()),
        ("updated_at BETWEEN DATE('2020-01-01') AND DATE('9999-12-31')", ALL),
        ("T_DURING(INTERVAL(created_at, updated_at), INTERVAL('2020-01-01', '..'))", ALL),
        ("T_STARTS(INTERVAL('2020-01-01', '2021-01-01'), INTERVAL('2020-01-01', '..'))", ALL),
        ("T_AFTER(DATE('2020-01-02'), DATE('2020-01-01'))", ALL),
        ("updated_at IN (DATE('2020-01-01'))", set()),
        # Arithmetic
        ("capacity_mw * 2 = 1001", {WIND}),
        ("capacity_mw + 1 > 101", {WIND}),
        ("start_year - 2024 = 0", {SUN}),
        ("capacity_mw / 0 = 1 OR capacity_mw / (start_year - 2024) IS NULL", {SUN, LINE, COURSE}),
        ("cost_usd / capacity_mw < 2000", {WIND}),
        ("1 / 2 = 0.5 AND 7 div 2 = 3 AND 7 % 4 = 3 AND 2 ^ 3 = 8", ALL),
        ("-7 div 2 = -3 AND -7 % 4 = -3 AND 2 ^ -1 = 0.5", ALL),
        ("(start_year - 2024) ^ -1 IS NULL", {SUN, LINE, COURSE}),
        ("start_year % 4 = 0", {SUN}),
        ("start_year div 1000 = 2", {SUN, WIND}),
        ("capacity_mw ^ 0.5 = 10", {SUN}),
        ("-capacity_mw < -100", {WIND}),
        ("1 - (2 - 3) = 2 AND (1 - 2) - 3 = -4", ALL),
        ("capacity_mw = start_year - 1924", {SUN}),
    ],
)
def test_a_condition_finds_the_same_on_both_databases(
    filled: Session, text: str, found: set[str]
) -> None:
    assert names(filled, PROJECTS, text) == found


@pytest.mark.parametrize(
    ("collection", "text", "found"),
    [
        (DEPOSITS, "A_CONTAINS(commodities, ('oil')) AND status = 'operating'", {"Gazli"}),
        (DEPOSITS, "S_WITHIN(geometry, BBOX(60, 39, 66, 41)) AND kind = 'deposit'", {"Gazli"}),
        (DEPOSITS, "A_OVERLAPS(countries, ('UZ')) AND location_precision = 'town'", {"Hill"}),
        (CORRIDORS, "transits_russia = TRUE AND transits_china IS NULL", {"Iron road"}),
        (
            CORRIDORS,
            "A_CONTAINS(markets, ('China')) AND A_CONTAINS(countries, ('UZ'))",
            {"Iron road"},
        ),
        (AGREEMENTS, "date = '2019'", {"Old"}),
        (AGREEMENTS, "date LIKE '2021-%'", {"New"}),
        (AGREEMENTS, "date < DATE('2020-01-01')", {"Old"}),
        (AGREEMENTS, "\"date\" = DATE('2021-05-02')", {"New"}),
        (AGREEMENTS, "date = DATE('2019-05-02')", set()),
        (AGREEMENTS, "T_INTERSECTS(date, INTERVAL('2019-06-01', '2019-06-30'))", {"Old"}),
        (AGREEMENTS, "T_AFTER(date, DATE('2019-12-31'))", {"New"}),
        (AGREEMENTS, "date < '2020'", {"Old"}),
        (AGREEMENTS, "CASEI(date) = '2019'", {"Old"}),
        (CROSS_REFERENCES, "project_name = 'Sun' AND inside = TRUE AND distance_m = 0", {"Hill"}),
        (CROSS_REFERENCES, "matters = TRUE AND relation = 'abatement'", {"Gazli"}),
        (CROSS_REFERENCES, "commodity = 'gas' AND distance_m < 9000", {"Gazli"}),
        (CROSS_REFERENCES, "uncertainty_km = 25", {"Hill"}),
        (CROSS_REFERENCES, "id LIKE 'P-000001~D-%' AND deposit = 'D-000002'", {"Hill"}),
        (CROSS_REFERENCES, "S_INTERSECTS(geometry, BBOX(64, 39, 65, 40))", {"Gazli"}),
        (CROSS_REFERENCES, "NOT S_INTERSECTS(geometry, BBOX(64, 39, 65, 40))", {"Hill"}),
        (CROSS_REFERENCES, "S_EQUALS(geometry, POINT(69.24 41.3))", {"Hill"}),
    ],
)
def test_every_collection_can_be_asked(
    filled: Session, collection: Collection, text: str, found: set[str]
) -> None:
    assert names(filled, collection, text) == found


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_every_name_can_be_asked_and_says_what_is_published(
    filled: Session, collection: Collection
) -> None:
    features = queries.features(
        filled, collection, Filter(collection.id), Page(), public_only=False
    )
    assert {prop.name for prop in collection.properties} <= QUERYABLES[collection.id].keys()
    for prop in collection.properties:
        for feature in features:
            said = feature.properties[prop.name]
            text = _says(prop.name, said)
            asked = Filter.parse({"filter": [f"{text} AND {_is(feature)}"]}, collection)
            found = queries.features(filled, collection, asked, Page(), public_only=False)
            assert [each.ref for each in found] == [feature.ref], text


def _is(feature: object) -> str:
    return f"id = '{feature.ref}'"  # type: ignore[attr-defined]  # a Feature


def _says(name: str, said: object) -> str:
    """The condition that a property has a value."""
    if said is None or said == []:
        return f'"{name}" IS NULL'
    if isinstance(said, list):
        items = ", ".join(_quoted(each) for each in said if each is not None)
        return f'A_EQUALS("{name}", ({items}))'
    if name == "distance_m":  # published in millimetres
        return f"{name} BETWEEN {said} - 0.001 AND {said} + 0.001"
    function = {"created_at": "TIMESTAMP", "updated_at": "TIMESTAMP", "status_date": "DATE"}
    return f'"{name}" = {function.get(name, "")}({_quoted(said)})'


def _quoted(said: object) -> str:
    return "'" + said.replace("'", "''") + "'" if isinstance(said, str) else str(said)
