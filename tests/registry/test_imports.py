"""Files in and out: all or nothing, by row, and back again unchanged."""

import json
import shutil
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.formats import FORMATS, Format, find_format
from registry import exports, queries
from registry.actors import Actor
from registry.collections import COLLECTIONS, DEPOSITS, PROJECTS, Collection
from registry.database.store import Store, open_store
from registry.features import to_feature
from registry.filters import Filter, Page
from registry.imports import import_rows
from registry.models import Project, Revision
from registry.reports import ImportRefused, Report
from tests.factories import PLANNER, make_agreement, make_corridor, make_deposit, make_project

GEOJSON = FORMATS[0]


def rows(features: Iterable[dict[str, Any]]) -> Any:
    """Features as a GeoJSON file read back."""
    document = {"type": "FeatureCollection", "features": list(features)}
    return GEOJSON.read(BytesIO(json.dumps(document).encode()))


def feature(
    name: str, lon: float = 69.24, ref: str | int | None = None, **values: Any
) -> dict[str, Any]:
    """One project as a file has it."""
    properties = {"name": name, "sector": "wind", "status": "idea"} | values
    place = {"type": "Point", "coordinates": [lon, 41.3]}
    return {"type": "Feature", "geometry": place, "properties": properties} | (
        {"id": ref} if ref is not None else {}
    )


def bring(session: Session, features: Iterable[dict[str, Any]], **options: Any) -> Report:
    """Import projects."""
    return import_rows(session, PROJECTS, rows(features), PLANNER, **options)


def dump(session: Session, collection: Collection, written: Format) -> bytes:
    """Everything of a collection as a file."""
    asked = Filter(collection.id)
    return b"".join(exports.export(session, collection, asked, Page(), written, public_only=False))


def count(session: Session, model: Any) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_one_faulty_row_among_thousands_and_nothing_is_stored(session: Session) -> None:
    features = [feature(f"Park {n}") for n in range(2_500)]
    features[1_234]["properties"]["sector"] = "sunny"
    with pytest.raises(
        ImportRefused,
        match="1 of 2,500 rows is faulty, so nothing was stored; the first is row 1,235",
    ):
        bring(session, features)
    assert count(session, Project) == 0
    assert count(session, Revision) == 0


def test_the_report_has_a_verdict_for_every_row(session: Session) -> None:
    with pytest.raises(ImportRefused) as error:
        bring(session, [feature("Good"), feature("", lon=0)])
    good, bad = (json.loads(line) for line in error.value.report.lines())
    assert good["verdict"] == "create"
    assert (bad["row"], bad["verdict"], set(bad["faults"])) == (2, "refused", {"name", "geometry"})


def test_new_records_get_refs_of_their_own_and_parents_follow(session: Session) -> None:
    report = bring(
        session, [feature("Phase two", ref="b", parent="a"), feature("Phase one", ref="a")]
    )
    two, one = (row.ref for row in report.rows)
    child = queries.get(session, PROJECTS, two or "", public_only=False)
    assert child.properties["parent"] == one
    assert one != "a"


def test_keep_ids_takes_a_numeric_id_as_text(session: Session) -> None:
    assert bring(session, [feature("Numbered", ref=7)], keep_ids=True).rows[0].ref == "7"


@pytest.mark.parametrize("ref", ["new", "a b", "../etc", "x" * 65, "Ж"])
def test_an_id_that_is_no_ref_is_refused(session: Session, ref: str) -> None:
    with pytest.raises(ImportRefused, match="cannot be a ref"):
        bring(session, [feature("A", ref=ref)], keep_ids=True)


def test_an_id_twice_in_a_file_is_refused(session: Session) -> None:
    with pytest.raises(ImportRefused, match="stands in row 1 too"):
        bring(session, [feature("A", ref="x"), feature("B", ref="x")], keep_ids=True)


def test_keep_ids_revises_what_differs_and_leaves_what_does_not(session: Session) -> None:
    bring(session, [feature("A", ref="a"), feature("B", ref="b")], keep_ids=True)
    report = bring(
        session,
        [feature("A", ref="a"), feature("B changed", ref="b"), feature("C", ref="c")],
        keep_ids=True,
    )
    assert [row.verdict for row in report.rows] == ["unchanged", "revise", "create"]
    assert queries.get(session, PROJECTS, "a", public_only=False).properties["version"] == 1
    assert queries.get(session, PROJECTS, "b", public_only=False).properties["version"] == 2


def test_a_move_that_the_life_cycle_forbids_is_a_faulty_row(session: Session) -> None:
    bring(session, [feature("A", ref="a")], keep_ids=True)
    with pytest.raises(ImportRefused, match="goes to “Proposed”"):
        bring(session, [feature("A", ref="a", status="operating")], keep_ids=True)


def test_a_parent_that_is_nowhere_is_a_faulty_row(session: Session) -> None:
    with pytest.raises(ImportRefused, match="no record “zz”"):
        bring(session, [feature("A", parent="zz")])


def test_an_imported_deposit_is_cross_referenced(session: Session) -> None:
    project = make_project(session)
    place = {"type": "Point", "coordinates": [69.3, 41.3]}
    values = {"name": "Hill", "kind": "mine", "commodities": ["gold"]}
    import_rows(
        session,
        DEPOSITS,
        rows([{"type": "Feature", "geometry": place, "properties": values}]),
        PLANNER,
    )
    asked = Filter.parse({"commodity": ["gold"]}, PROJECTS)
    found = queries.features(session, PROJECTS, asked, Page(), public_only=True)
    assert [row.ref for row in found] == [project.ref]


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_a_round_trip_changes_nothing(session: Session, collection: Collection) -> None:
    make_one_of_each(session)
    assert_comes_back_unchanged(session, collection, GEOJSON)


@pytest.mark.parametrize("written", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_a_round_trip_changes_nothing_in_any_format(
    gpkg_session: Session, collection: Collection, written: Format
) -> None:
    make_one_of_each(gpkg_session)
    assert_comes_back_unchanged(gpkg_session, collection, written)


def make_one_of_each(session: Session) -> None:
    """Records of each collection with what formats find hard."""
    agreement = make_agreement(session, date="2022-10", note="Ключевое 覚書; with; semicolons")
    parent = make_project(
        session,
        None,
        name="Парк «Зарафшан» 風力",
        countries=["UZ", "KZ"],
        capacity_value=3000,
        capacity_unit="tonnes a year",
        status_date="2024-01-09",
    )
    make_project(
        session,
        "POLYGON((64 40, 65 40, 65 41, 64 41, 64 40), (64.4 40.4, 64.4 40.6,64.6 40.6, 64.4 40.4))",
        parent=parent.ref,
        agreement=agreement.ref,
        alt_names=["Парк @ru", "公園 @ja"],
        partners=["JICA", "Masdar"],
        partner_countries=["JP", None],
        partner_roles=[None, "funder"],
        sources=["A title | https://example.org/?a=1;b=2 | 2024-01-09", "Bare", "=1+1; x"],
        summary="@first\r\n\r\n" + "Солнце 太陽 " * 300,
        cost_amount=1e14 + 0.03125,
        cost_currency="JPY",
        capacity_mw=0.1 + 0.2,
    )
    make_deposit(session, "MULTIPOINT((64.1 40.1), (64.2 40.2))", commodities=["gold", "copper"])
    make_corridor(session, transits_russia=False, markets=["Europe", "Japan"])


def assert_comes_back_unchanged(session: Session, collection: Collection, written: Format) -> None:
    before = dump(session, collection, find_format("geojsonl"))
    body = dump(session, collection, written)
    report = import_rows(session, collection, written.read(BytesIO(body)), PLANNER, keep_ids=True)
    assert len(report.rows) == before.count(b"\n")
    assert {row.verdict for row in report.rows} == {"unchanged"}
    assert not any(row.warnings for row in report.rows)
    assert dump(session, collection, find_format("geojsonl")) == before


@pytest.mark.parametrize("written", FORMATS, ids=lambda f: f.name)
def test_a_restored_registry_equals_the_one_that_was_exported(
    gpkg_session: Session, empty_folder: Path, tmp_path: Path, written: Format
) -> None:
    session = gpkg_session
    original = to_feature(make_project(session, "69.2400001 41.3", name="A"))
    shutil.copytree(empty_folder, tmp_path / "copy")
    copied = open_store(tmp_path / "copy", None)
    with copied.writing() as other:
        import_rows(
            other,
            PROJECTS,
            written.read(BytesIO(dump(session, PROJECTS, written))),
            PLANNER,
            keep_ids=True,
        )
        copy = queries.get(other, PROJECTS, "P-000001", public_only=False)
    copied.close()
    own = ("created_at", "updated_at")
    assert {k: v for k, v in copy.properties.items() if k not in own} == {
        k: v for k, v in original.properties.items() if k not in own
    }
    assert copy.geometry == original.geometry


def test_rows_that_are_parts_of_each_other_are_refused(session: Session) -> None:
    with pytest.raises(ImportRefused, match="itself part of this project"):
        bring(session, [feature("A", ref="a", parent="b"), feature("B", ref="b", parent="a")])


def test_a_semicolon_inside_an_entry_does_not_split_it(session: Session) -> None:
    bring(session, [feature("A", ref="a", alt_names=["One; two"])], keep_ids=True)
    stored = queries.get(session, PROJECTS, "a", public_only=False)
    assert stored.properties["alt_names"] == ["One; two"]


def test_an_organisation_in_other_letters_is_no_change(session: Session) -> None:
    bring(session, [feature("A", ref="a", partners=["Masdar Co"])], keep_ids=True)
    again = bring(session, [feature("A", ref="a", partners=["MASDAR CO"])], keep_ids=True)
    assert again.count("unchanged") == 1


def test_a_file_that_says_nothing_of_it_makes_no_draft_public(session: Session) -> None:
    bring(session, [feature("A", ref="a", publication="draft")], keep_ids=True)
    bring(session, [feature("B", ref="a")], keep_ids=True)
    assert (
        queries.get(session, PROJECTS, "a", public_only=False).properties["publication"] == "draft"
    )


@pytest.mark.parametrize("written", FORMATS, ids=lambda f: f.name)
def test_the_shipped_facts_come_back_unchanged_from_every_format(
    seeded: Store, written: Format
) -> None:
    with seeded.writing() as session:
        for collection in COLLECTIONS:
            assert_comes_back_unchanged(session, collection, written)


def test_a_project_of_another_organisation_is_a_refused_row(session: Session) -> None:
    mine = make_project(session, name="Ours", partners=["JICA"], by=PLANNER)
    theirs = make_project(session, "64.42 39.77", name="Theirs", by=PLANNER)
    by = Actor("planner of JICA", "planner", "JICA")
    changed = [feature(f"{one.name} 2", ref=one.ref, partners=["JICA"]) for one in (mine, theirs)]
    with pytest.raises(ImportRefused) as error:
        import_rows(session, PROJECTS, rows(changed), by, keep_ids=True)
    (refused,) = error.value.report.refused
    assert (refused.ref, set(refused.faults)) == (theirs.ref, {"id"})
