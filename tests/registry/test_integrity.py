"""Whatever is wrong with what is stored is found, and nothing else is."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import Session

from registry import crossref, integrity
from registry.clock import now
from registry.database.store import Store
from registry.models import CrossReference, Deposit, Project, Redirect, Revision
from tests.factories import make_agreement, make_corridor, make_deposit, make_project


@pytest.fixture
def sound(session: Session) -> Session:
    """Some of everything."""
    make_project(session, "LINESTRING(69 41, 69.6 41.5)", name="Линия", sector="grid")
    make_project(session, None, name="Nowhere")
    make_deposit(session, "69.3 41.4")
    make_corridor(session)
    make_agreement(session)
    session.flush()
    return session


def faults(session: Session) -> list[tuple[str, str]]:
    session.flush()
    session.expire_all()
    return [(fault.check, fault.sentence) for fault in integrity.check(session)]


def test_what_the_registry_wrote_is_sound(sound: Session) -> None:
    assert faults(sound) == []


def test_the_shipped_facts_are_sound(seeded_session: Session) -> None:
    assert list(integrity.check(seeded_session)) == []


def test_progress_ends_at_the_work_announced(sound: Session) -> None:
    told: list[int] = []
    list(integrity.check(sound, told.append))
    assert told == sorted(told)
    assert told[-1] == integrity.work(sound) == 6


SPOILED = [
    (update(Project).values(text="{}"), "texts", "The stored text of P-000001"),
    (update(Deposit).values(search="x"), "texts", "The stored text of D-000001"),
    (update(Project).values(capacity_mw=7), "texts", "The stored text of P-000002"),
    (update(Deposit).values(location_precision="unlocated"), "places", "D-000001 has a place"),
    (update(Deposit).values(version=3), "history", "The history of D-000001"),
    (update(CrossReference).values(distance_m=9), "pairs", "1 stored pairs"),
    (delete(CrossReference), "pairs", "qadam crossref --rebuild"),
    (
        update(Project).where(Project.id == 1).values(ref="no ref"),
        "refs",
        "cannot be the ref of a project",
    ),
    (
        insert(Redirect).values(collection="projects", ref="P-9", target="P-8", at=now()),
        "refs",
        "P-9 was merged into P-8",
    ),
]


@pytest.mark.parametrize(("spoil", "check", "words"), SPOILED)
def test_what_is_wrong_is_said(sound: Session, spoil: object, check: str, words: str) -> None:
    sound.execute(spoil)  # type: ignore[call-overload]  # a statement
    said = faults(sound)
    assert any(name == check and words in sentence for name, sentence in said), said


def test_a_spatial_index_that_lags_behind_is_found(embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, "64 40")
        make_project(session, "POLYGON((64 40, 65 40, 65 41, 64 41, 64 40))", name="Area")
        assert faults(session) == []
        for change in (
            "UPDATE rtree_project_geometry SET maxx = 65.1 WHERE id = 2",
            "UPDATE rtree_project_geometry SET minx = 64.1 WHERE id = 2",
            "DELETE FROM rtree_project_geometry WHERE id = 1",
        ):
            session.execute(text(change))
            assert [name for name, _ in faults(session)] == ["trees"]


def test_a_row_that_points_nowhere_is_found(embedded: Store, tmp_path: Path) -> None:
    with embedded.writing() as session:
        make_project(session, partners=["JICA"])
    # Whoever opens the file by other means need not keep its foreign keys.
    with closing(sqlite3.connect(tmp_path / "data" / "registry.gpkg")) as connection, connection:
        connection.execute("DELETE FROM organisation")
    with embedded.reading() as session:
        said = next(integrity.check(session))
    assert said.check == "file"
    assert "project_partner" in said.sentence


def test_a_rebuild_mends_the_pairs_and_tells_how_far_it_is(sound: Session) -> None:
    sound.execute(delete(CrossReference))
    assert crossref.drift(sound) == 1
    told: list[int] = []
    assert crossref.rebuild(sound, told.append) == 1
    assert told == [1]
    assert faults(sound) == []


def test_a_pair_of_a_project_that_takes_no_part_is_one_too_many(sound: Session) -> None:
    row = {"distance_m": 1.0, "project_lon": 0, "project_lat": 0}
    row |= {"deposit_lon": 0, "deposit_lat": 0, "project_id": 2, "deposit_id": 1}
    sound.execute(insert(CrossReference), [row])
    assert crossref.drift(sound) == 1


def test_a_record_without_history_is_found(session: Session) -> None:
    project = make_project(session)
    copy = Revision(
        collection="projects", ref=project.ref, version=3, action="x", at=now(), actor="x", after=""
    )
    session.add(copy)
    assert [name for name, _ in faults(session)] == ["history"]
