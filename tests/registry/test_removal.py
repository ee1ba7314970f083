"""Removing: the row goes, nothing else does."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from geo.formats import RawFeature
from registry import history, integrity, queries, records, removal
from registry.collections import AGREEMENTS, COLLECTIONS, DEPOSITS, PROJECTS, Collection
from registry.crossref import stored_pairs
from registry.decisions import merge
from registry.errors import Conflict, Forbidden, NotFound, Removed, Stale
from registry.filters import Filter
from registry.imports import import_rows
from registry.reports import ImportRefused
from tests.factories import (
    PLANNER,
    REVIEWER,
    make_agreement,
    make_corridor,
    make_deposit,
    make_project,
)

MAKE = {
    "projects": make_project,
    "deposits": make_deposit,
    "corridors": make_corridor,
    "agreements": make_agreement,
}


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_a_removed_record_is_gone_and_its_history_stays(
    session: Session, collection: Collection
) -> None:
    row = MAKE[collection.id](session)  # type: ignore[operator]  # each makes a row of its own kind
    ref = row.ref
    removal.remove(session, collection, row, REVIEWER, version=1, reason="Entered twice")
    asked = Filter(collection.id)
    assert queries.count(session, collection, asked, public_only=False) == 0
    last, first = history.changes(session, collection.id, ref)
    assert (first.action, last.action, last.actor) == ("create", "remove", "reviewer")
    assert (last.version, last.reason, last.fields) == (2, "Entered twice", ())
    for read in (records.load, lambda *of: queries.get(*of, public_only=True)):
        with pytest.raises(Removed, match=f"{ref} was removed on"):
            read(session, collection, ref)
    assert list(integrity.check(session)) == []


def test_pairs_go_with_either_side(session: Session) -> None:
    project, deposit = make_project(session), make_deposit(session)
    make_project(session, name="Other")
    assert stored_pairs(session) == 2
    removal.remove(session, PROJECTS, project, REVIEWER, version=1)
    assert stored_pairs(session) == 1
    removal.remove(session, DEPOSITS, deposit, REVIEWER, version=1)
    assert stored_pairs(session) == 0


def test_a_ref_is_never_given_again(session: Session) -> None:
    row = make_project(session)
    ref = row.ref
    removal.remove(session, PROJECTS, row, REVIEWER, version=1)
    assert make_project(session, name="Next").ref != ref
    with pytest.raises(Conflict, match=ref):
        make_project(session, name="Again", ref=ref)


def test_what_others_stand_on_stays(session: Session) -> None:
    agreement, whole = make_agreement(session), make_project(session, name="Cascade")
    part = make_project(session, name="Stage 1", parent=whole.ref, agreement=agreement.ref)
    for collection, row in ((PROJECTS, whole), (AGREEMENTS, agreement)):
        with pytest.raises(Conflict, match=part.ref):
            removal.remove(session, collection, row, REVIEWER, version=1)
    removal.remove(session, PROJECTS, part, REVIEWER, version=1)
    removal.remove(session, PROJECTS, whole, REVIEWER, version=1)
    removal.remove(session, AGREEMENTS, agreement, REVIEWER, version=1)


def test_removing_takes_a_reviewer_who_saw_the_last_version(session: Session) -> None:
    row = make_project(session)
    with pytest.raises(Forbidden, match="withdrawn"):
        removal.remove(session, PROJECTS, row, PLANNER, version=1)
    with pytest.raises(Stale):
        removal.remove(session, PROJECTS, row, REVIEWER, version=2)


def test_the_public_is_not_told_of_a_draft_that_was_removed(session: Session) -> None:
    row = make_project(session, publication="draft")
    ref = row.ref
    removal.remove(session, PROJECTS, row, REVIEWER, version=1)
    with pytest.raises(NotFound) as told:
        queries.get(session, PROJECTS, ref, public_only=True)
    assert not isinstance(told.value, Removed)


def test_what_was_merged_into_a_removed_project_is_no_fault(session: Session) -> None:
    kept, dropped = make_project(session), make_project(session, name="Sunny park")
    merge(session, kept.ref, dropped.ref, REVIEWER)
    removal.remove(session, PROJECTS, kept, REVIEWER, version=kept.version)
    assert list(integrity.check(session)) == []


def test_a_file_does_not_bring_a_removed_record_back(session: Session) -> None:
    row = make_project(session, ref="P-7")
    removal.remove(session, PROJECTS, row, REVIEWER, version=1)
    values = {"name": "Solar park", "sector": "solar", "status": "idea"}
    file = [RawFeature(1, "P-7", {"type": "Point", "coordinates": [69.24, 41.3]}, values)]
    file.append(replace(file[0], row=2, ref="P-8"))
    with pytest.raises(ImportRefused) as refused:
        import_rows(session, PROJECTS, file, PLANNER, keep_ids=True)
    first, second = refused.value.report.rows
    assert (first.verdict, "was removed before" in first.faults["id"][0]) == ("refused", True)
    assert second.faults == {}
    leave = frozenset({"P-7"})
    report = import_rows(session, PROJECTS, file, PLANNER, keep_ids=True, leave=leave)
    assert [row.verdict for row in report.rows] == ["unchanged", "create"]
