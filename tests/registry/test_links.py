"""Parents and agreements: judged together, whatever the order, by the one rule for all ways in."""

import pytest
from sqlalchemy.orm import Session

from registry import checking
from registry.clock import now
from registry.collections import PROJECTS
from registry.features import to_feature
from registry.imports import import_rows
from registry.links import Linked, judge
from registry.reports import ImportRefused
from tests.factories import PLANNER, make_project
from tests.registry.test_imports import bring, feature, rows


def project(ref: str | None, parent: str | None = None, publication: str | None = None) -> Linked:
    """What one row says."""
    return Linked(ref, publication, {"parent": parent} if parent else None)


def test_only_those_in_a_ring_are_refused(gpkg_session: Session) -> None:
    ring = [project("a", "b"), project("b", "c"), project("c", "a")]
    beside = [project("d", "a"), project("e"), project(None, "e")]
    judge(gpkg_session, [*beside, *ring])
    assert [set(row.faults) for row in ring] == [{"parent"}] * 3
    assert not any(row.faults for row in beside)


def test_a_ring_may_run_through_the_registry(session: Session) -> None:
    top = make_project(session, ref="top")
    make_project(session, ref="middle", parent=top.ref)
    make_project(session, ref="low", parent="middle")
    said = [project("top", "new"), project("new", "low")]
    judge(session, said)
    assert all("parent" in row.faults for row in said)


def test_a_long_chain_is_walked_once(gpkg_session: Session) -> None:
    chain = [project(str(at), str(at + 1)) for at in range(30_000)]
    judge(gpkg_session, [*chain, project("30000")])
    assert not any(row.faults for row in chain)


def test_ids_of_new_rows_are_not_the_refs_of_stored_projects(session: Session) -> None:
    """Without `keep_ids`: what is stored under the id of a row says nothing of the row."""
    make_project(session, ref="a", publication="draft")
    make_project(session, ref="b", parent="a", publication="draft")
    report = bring(session, [feature("A", ref="a", parent="b2"), feature("B", ref="b2")])
    assert report.count("create") == 2
    make_project(session, ref="c", name="Public part", parent=report.rows[0].ref)
    hidden = feature("Other", ref=report.rows[0].ref, publication="draft")
    assert bring(session, [hidden]).count("create") == 1


def test_a_draft_stays_one_where_nothing_is_said_of_it(session: Session) -> None:
    make_project(session, ref="hidden", publication="draft")
    part = make_project(session, parent="hidden", publication="draft")
    values = {**to_feature(part).properties, "publication": None, "name": "Renamed"}
    draft = checking.checked(session, PROJECTS, values, part.geometry, now().date(), project=part)
    assert draft.values["parent"] == "hidden"


def test_a_record_that_is_left_as_it_is_counts_as_it_is(session: Session) -> None:
    make_project(session, ref="hidden", name="Hidden", publication="draft")
    given = [feature("Shown", ref="hidden"), feature("Part", ref="n", parent="hidden")]
    given[0]["properties"]["publication"] = "public"
    leave = frozenset({"hidden"})
    with pytest.raises(ImportRefused, match="is not public") as error:
        import_rows(session, PROJECTS, rows(given), PLANNER, keep_ids=True, leave=leave)
    assert [row.verdict for row in error.value.report.rows] == ["unchanged", "refused"]
