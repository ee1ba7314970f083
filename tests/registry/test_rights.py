"""Planners change the projects of their organisation."""

import pytest
from sqlalchemy.orm import Session

from registry import records
from registry.actors import Actor
from registry.clock import now
from registry.collections import DEPOSITS, PROJECTS
from registry.drafts import Draft, parse
from registry.errors import Forbidden
from tests.factories import make_deposit, make_project


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
        Actor("b", "planner"),
        Actor("b", "reviewer", "Other"),
    ],
)
def test_partners_authors_and_reviewers_may_change_a_project(session: Session, by: Actor) -> None:
    author = Actor("erlan/qgis", "planner", "ADB") if by.name == "erlan" else Actor("a", "planner")
    project = make_project(session, by=author, partners=["JICA", "Masdar"])
    records.revise(session, PROJECTS, project, changed(), by, version=1)
    assert project.version == 2


def test_planners_of_other_organisations_may_not(session: Session) -> None:
    project = make_project(session, by=Actor("a", "planner"), partners=["JICA"])
    with pytest.raises(Forbidden, match=r"no project of ADB.*ask a reviewer"):
        records.revise(
            session, PROJECTS, project, changed(), Actor("b", "planner", "ADB"), version=1
        )


def test_other_records_belong_to_nobody(session: Session) -> None:
    deposit = make_deposit(session)
    values = {"name": "Hill", "commodities": ["gold"], "kind": "mine", "countries": ["UZ"]}
    draft = parse("deposits", values, None, now().date())
    by = Actor("b", "planner", "ADB")
    assert records.revise(session, DEPOSITS, deposit, draft, by, version=1).version == 2
