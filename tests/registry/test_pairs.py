"""Cross-references as a collection: what they say, who may see them, which are asked for."""

import json
from io import BytesIO

import pytest
import shapely
from sqlalchemy.orm import Session

from geo.formats import FORMATS, Format
from registry import crossref, exports, queries
from registry.collections import COLLECTIONS, CROSS_REFERENCES, PUBLISHED, find_collection
from registry.errors import BadFilter, NotFound, RefusedFile
from registry.filters import Filter, Page
from registry.imports import import_rows
from registry.properties import CROSS_REFERENCE_PROPERTIES
from tests.factories import BUKHARA, PLANNER, TASHKENT, make_deposit, make_project

Args = dict[str, list[str]]


@pytest.fixture
def three(session: Session) -> Session:
    """A reactor in Tashkent with uranium and copper near it, a draft of a wind park at gas."""
    make_project(session, TASHKENT, name="Reactor", sector="nuclear", location_precision="town")
    make_project(session, BUKHARA, name="Park", sector="wind", publication="draft")
    make_deposit(session, "69.5 41.3", name="Ores", commodities=["copper", "uranium"])
    make_deposit(session, TASHKENT, name="Under it", location_precision="approximate")
    make_deposit(session, "64.5 39.8", name="Gazli", commodities=["gas"])
    return session


def refs(session: Session, args: Args, public_only: bool = False) -> list[str]:
    asked = Filter.parse(
        {k: v for k, v in args.items() if k not in ("sortby", "limit", "offset")}, CROSS_REFERENCES
    )
    page = Page.parse(args, CROSS_REFERENCES)
    found = queries.features(session, CROSS_REFERENCES, asked, page, public_only=public_only)
    if not args.keys() & {"limit", "offset"}:
        count = queries.count(session, CROSS_REFERENCES, asked, public_only=public_only)
        assert count == len(found)
    return [feature.ref for feature in found]


def test_a_pair_says_what_both_records_are_to_each_other(three: Session) -> None:
    pair = queries.get(three, CROSS_REFERENCES, "P-000001~D-000001", public_only=True)
    assert set(pair.properties) == {prop.name for prop in CROSS_REFERENCE_PROPERTIES}
    distance = pair.properties["distance_m"]
    assert pair.properties == {
        "project": "P-000001",
        "deposit": "D-000001",
        "project_name": "Reactor",
        "deposit_name": "Ores",
        "commodity": "uranium",
        "distance_m": pytest.approx(21_775.65, abs=0.01),
        "inside": False,
        "matters": True,
        "relation": "fuel",
        "uncertainty_km": 25,
    }
    assert distance == round(distance, 3)
    assert shapely.to_wkt(pair.geometry, trim=True) == "LINESTRING (69.24 41.3, 69.5 41.3)"


def test_what_touches_is_a_point_at_distance_zero(three: Session) -> None:
    pair = queries.get(three, CROSS_REFERENCES, "P-000001~D-000002", public_only=True)
    assert pair.properties["inside"] is True
    assert pair.properties["distance_m"] == 0
    assert pair.properties["matters"] is False
    assert (pair.properties["commodity"], pair.properties["relation"]) == ("copper", "none")
    assert pair.properties["uncertainty_km"] == 30
    assert shapely.to_wkt(pair.geometry, trim=True) == "POINT (69.24 41.3)"


@pytest.mark.parametrize("ref", ["P-000001~D-000009", "P-000001", "~", "P-000001~D-000001~x", ""])
def test_a_ref_of_no_pair_is_not_found(three: Session, ref: str) -> None:
    with pytest.raises(NotFound):
        queries.get(three, CROSS_REFERENCES, ref, public_only=False)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, ["P-000001~D-000002", "P-000001~D-000001", "P-000002~D-000003"]),
        ({"country": ["UZ"], "sector": ["nuclear"]}, ["P-000001~D-000002", "P-000001~D-000001"]),
        ({"country": ["KZ"]}, []),
        ({"commodity": ["uranium,gas"]}, ["P-000001~D-000001", "P-000002~D-000003"]),
        ({"bbox": ["69.3,41.2,69.4,41.4"]}, ["P-000001~D-000001"]),
        ({"bbox": ["69.3,41.31,69.4,41.4"]}, []),
        ({"bbox": ["64.44,39.79,64.45,39.8"]}, []),
        ({"bbox": ["64.44,39.775,64.46,39.79"]}, ["P-000002~D-000003"]),
        ({"bbox": ["170,30,65,50"]}, ["P-000002~D-000003"]),
        ({"limit": ["1"], "offset": ["1"]}, ["P-000001~D-000001"]),
        (
            {"sortby": ["-distance_m"]},
            ["P-000001~D-000001", "P-000002~D-000003", "P-000001~D-000002"],
        ),
    ],
)
def test_filters_order_and_page(three: Session, args: Args, expected: list[str]) -> None:
    assert refs(three, args) == expected


def test_a_rebuild_leaves_the_order(three: Session) -> None:
    before = refs(three, {})
    crossref.rebuild(three)
    assert refs(three, {}) == before


def test_the_public_sees_no_pair_of_a_draft(three: Session) -> None:
    assert refs(three, {}, public_only=True) == ["P-000001~D-000002", "P-000001~D-000001"]
    assert refs(three, {"sector": ["wind"]}, public_only=True) == []
    with pytest.raises(NotFound):
        queries.get(three, CROSS_REFERENCES, "P-000002~D-000003", public_only=True)


@pytest.mark.parametrize("name", ["status", "q"])
def test_what_pairs_do_not_have_is_no_filter(name: str) -> None:
    with pytest.raises(BadFilter, match="no filter of cross_references"):
        Filter.parse({name: ["x"]}, CROSS_REFERENCES)
    with pytest.raises(BadFilter, match="sortby takes distance_m"):
        Page.parse({"sortby": ["ref"]}, CROSS_REFERENCES)


@pytest.mark.parametrize("written", FORMATS, ids=lambda f: f.name)
def test_pairs_are_exported_in_every_format_and_never_imported(
    three: Session, written: Format
) -> None:
    asked = Filter("cross_references")
    body = b"".join(
        exports.export(three, CROSS_REFERENCES, asked, Page(), written, public_only=False)
    )
    rows = list(written.read(BytesIO(body)))
    assert len(rows) == 3
    assert {row.properties["relation"] for row in rows} == {"fuel", "none", "abatement"}
    with pytest.raises(RefusedFile, match="the registry makes them itself"):
        import_rows(three, CROSS_REFERENCES, rows, PLANNER)


def test_a_name_in_the_text_stays_text(session: Session) -> None:
    make_project(session, name='A "quoted" name <b>')
    make_deposit(session, "69.3 41.3")
    (text,) = queries.texts(
        session, CROSS_REFERENCES, Filter("cross_references"), Page(), public_only=True
    )
    assert json.loads(text)["properties"]["project_name"] == 'A "quoted" name <b>'


def test_every_published_collection_is_found_by_its_id() -> None:
    assert [find_collection(one.id) for one in PUBLISHED] == list(PUBLISHED)
    assert {one.id for one in COLLECTIONS} == {one.id for one in PUBLISHED if not one.read_only}
