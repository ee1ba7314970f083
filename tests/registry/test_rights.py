"""Planners change the projects of their organisation."""

import pytest
from sqlalchemy.orm import Session

from registry import records
from registry.actors import Actor
from registry.clock import now
from registry.collections import AGREEMENTS, CORRIDORS, DEPOSITS, PROJECTS
from registry.drafts import Draft, parse
from registry.errors import Forbidden
from tests.factories import TASHKENT, make_agreement, make_corridor, make_deposit, make_project


def changed() -> Draft:
    """A change of a project."""
    values = {"name": "Solar farm", "sector": "solar", "status": "idea", "countries": ["UZ"]}
    return parse("projects", values, None, now().date())


@pytest.mark.parametrize(
    "by",
    [
        Actor("a", "planner", "JICA"),
        Actor("a", "planner", "jica"),
        Actor("a/script", "planner", "Other"),
        Actor("erlan", "planner", "ADB"),
        Actor("b", "reviewer", "Other"),
        Actor("local", "admin"),
    ],
)
def test_partners_authors_and_reviewers_may_change_a_project(session: Session, by: Actor) -> None:
    author = Actor("erlan/qgis", "planner", "ADB") if by.name == "erlan" else Actor("a", "planner")
    project = make_project(session, by=author, partners=["JICA", "Masdar"])
    records.revise(session, PROJECTS, project, changed(), by, version=1)
    assert project.version == 2


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (Actor("b", "planner", "ADB"), "no project of ADB.*ask a reviewer"),
        (Actor("b", "planner"), "a project of others.*ask a reviewer"),
        (Actor("a b", "planner", "!"), "no project of !"),
    ],
)
def test_planners_who_have_no_part_in_it_may_not(session: Session, by: Actor, words: str) -> None:
    project = make_project(session, by=Actor("a", "planner"), partners=["JICA", "?"])
    with pytest.raises(Forbidden, match=words):
        records.revise(session, PROJECTS, project, changed(), by, version=1)


@pytest.mark.parametrize("organisation", ["ADB", None])
def test_other_records_belong_to_nobody(session: Session, organisation: str | None) -> None:
    rows = (
        (
            DEPOSITS,
            make_deposit(session),
            {"name": "Hill", "commodities": ["gold"], "kind": "mine"},
        ),
        (CORRIDORS, make_corridor(session), {"name": "Road", "kind": "rail"}),
        (AGREEMENTS, make_agreement(session), {"title": "New", "kind": "jcm", "country": "UZ"}),
    )
    by = Actor("b", "planner", organisation)
    for collection, row, values in rows:
        place = TASHKENT if collection is DEPOSITS else None
        draft = parse(collection.id, values, place, now().date())
        assert records.revise(session, collection, row, draft, by, version=1).version == 2
