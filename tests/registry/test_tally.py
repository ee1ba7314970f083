"""Counts that triggers keep: they are what counting would give, whatever was done."""

import random
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from registry import integrity, queries, records, tally
from registry.clock import now
from registry.collections import PROJECTS
from registry.database.store import Store
from registry.database.upkeep import ProjectTally
from registry.drafts import parse
from registry.filters import Filter
from registry.models import Deposit, Project
from tests.factories import PLANNER, make_deposit, make_project

PLACES = (None, "69.24 41.30", "76.95 43.25", "LINESTRING(69 41, 70.5 42.9)", "58.38 37.95")
ASKED: tuple[dict[str, list[str]], ...] = (
    {},
    {"country": ["KZ"]},
    {"country": ["KZ", "UZ"], "sector": ["solar"]},
    {"sector": ["wind", "hydro"], "status": ["idea"]},
    {"phase": ["pipeline"], "country": ["UZ"]},
    {"precision": ["exact"], "status": ["operating", "idea"]},
    {"min_capacity_mw": ["50"], "country": ["UZ"]},
    {"bbox": ["68,40,77,44"], "sector": ["solar"]},
    {"near": ["69.2,41.3,300"], "phase": ["pipeline"]},
)


def some_change(session: Session, dice: random.Random) -> None:
    """A project more, changed, undone or gone."""
    values: dict[str, Any] = {
        "sector": dice.choice(["solar", "wind", "hydro"]),
        "status": "idea",
        "publication": dice.choice(["public", "internal", "draft"]),
        "capacity_mw": dice.choice([None, 40, 400]),
    }
    there = session.scalars(select(Project).order_by(Project.id)).all()
    what = dice.random()
    if what < 0.5 or not there:
        make_project(session, dice.choice(PLACES), **values)
    elif what < 0.8:
        row, place = dice.choice(there), dice.choice(PLACES)
        given = {"name": "Changed", "location_precision": "exact"} | values
        if place is None:
            given |= {"location_precision": "unlocated", "countries": ["TJ", "KG"]}
        draft = parse("projects", given, place, now().date())
        records.revise(session, PROJECTS, row, draft, PLANNER, version=row.version)
    elif what < 0.9:
        nested = session.begin_nested()
        make_project(session, dice.choice(PLACES), **values)
        nested.rollback()
    else:
        session.execute(delete(Project).where(Project.id == dice.choice(there).id))
        session.expire_all()


@pytest.mark.parametrize("seed", range(2))
def test_the_kept_counts_are_what_counting_gives(session: Session, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        some_change(session, dice)
        session.flush()
        assert tally.drift(session) == 0
    total = session.scalar(select(func.sum(ProjectTally.n)))
    assert total == session.scalar(select(func.count(Project.id)))


@pytest.mark.parametrize("public_only", [True, False])
def test_choices_tell_what_asking_for_them_would_find(session: Session, public_only: bool) -> None:
    dice = random.Random(7)
    for _ in range(30):
        some_change(session, dice)
    session.flush()
    for args in ASKED:
        asked = Filter.parse(args, PROJECTS)
        counted = queries.facets(session, asked, public_only=public_only)
        assert counted.keys() == {"country", "sector", "status", "phase", "precision"}
        for name, words in counted.items():
            for word, n in words.items():
                each = Filter.parse(args | {name: [word]}, PROJECTS)
                found = queries.ids(session, PROJECTS, each, public_only=public_only)
                assert n == len(found), (args, name, word)
                assert n == queries.count(session, PROJECTS, each, public_only=public_only)


def test_what_the_counts_know_is_counted_without_a_look_at_the_projects(session: Session) -> None:
    make_project(session)
    session.execute(update(ProjectTally).values(n=7))
    asked = Filter.parse({"country": ["UZ"], "sector": ["solar"]}, PROJECTS)
    assert queries.count(session, PROJECTS, asked, public_only=True) == 7
    assert queries.facets(session, asked, public_only=True)["status"] == {"idea": 7}


SPOILED = (
    "UPDATE project_tally SET n = n + 1",
    "DELETE FROM project_tally",
    "UPDATE project SET country_set = 'KZ'",
)


@pytest.mark.parametrize("change", SPOILED)
def test_wrong_counts_are_found(session: Session, change: str) -> None:
    make_project(session)
    session.flush()
    assert list(integrity.check(session)) == []
    session.execute(text(change))
    session.expire_all()
    assert {fault.check for fault in integrity.check(session)} == {"counts"}


def test_every_change_brings_a_stamp_that_was_never_there(store: Store) -> None:
    seen = set()

    def look(session: Session) -> None:
        session.flush()
        found = tally.stamp(session)
        assert found
        assert found not in seen
        seen.add(found)

    with store.writing() as session:
        make_project(session)
        look(session)
        make_deposit(session)
        look(session)
        session.execute(update(Deposit).values(name="Other"))
        look(session)
        session.execute(delete(Deposit))
        look(session)
        nested = session.begin_nested()
        make_deposit(session)
        look(session)
        nested.rollback()
        make_deposit(session)
        look(session)
