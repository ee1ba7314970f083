"""Properties asked for by their own names."""

import pytest
from sqlalchemy.orm import Session

from registry import queries
from registry.collections import PROJECTS, PUBLISHED, Collection
from registry.equals import Equals
from registry.errors import BadFilter
from registry.fields import FIELDS, FURTHER_FIELDS
from registry.filters import Filter
from tests.factories import make_corridor, make_deposit, make_project


def count(session: Session, collection: Collection, **asked: str) -> int:
    question = Filter.parse({name: [text] for name, text in asked.items()}, collection)
    assert Filter.parse({n: [v] for n, v in question.to_args()}, collection) == question
    return queries.count(session, collection, question, public_only=True)


def test_a_property_is_asked_for_by_its_name(session: Session) -> None:
    make_project(session, name="Ёлка", capacity_mw=600, status_date="2026-11-24", mechanism="jcm")
    make_project(session, name="Other", capacity_mw=600.5)
    assert count(session, PROJECTS, name="Ёлка") == 1
    assert count(session, PROJECTS, name="елка") == 0
    assert count(session, PROJECTS, capacity_mw="600") == 1
    assert count(session, PROJECTS, capacity_mw="600.5") == 1
    assert count(session, PROJECTS, status_date="2026-11-24") == 1
    assert count(session, PROJECTS, mechanism="jcm", offshore="false") == 1
    assert count(session, PROJECTS, offshore="true") == 0


def test_asking_for_drafts_shows_none_to_the_public(session: Session) -> None:
    make_project(session, publication="draft")
    assert count(session, PROJECTS, publication="draft") == 0


def test_each_kind_of_value_reaches_either_database(session: Session) -> None:
    make_project(session), make_deposit(session), make_corridor(session, transits_russia=True)
    texts = {"Number": "1", "Flag": "yes", "Day": "2026-11-24", "Text": "x' OR 1=1 --"}
    for collection in PUBLISHED:
        for field in FURTHER_FIELDS[collection.id]:
            if isinstance(field, Equals):
                kind = field.kind.schema().get("enum", [texts.get(type(field.kind).__name__)])[0]
                year = "1950" if field.name.endswith("year") else kind
                assert count(session, collection, **{field.name: year}) in (0, 1), field.name


def test_no_property_takes_the_name_of_a_filter() -> None:
    for name, fields in FURTHER_FIELDS.items():
        names = [field.name for field in (*FIELDS[name], *fields)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "asked", [{"capacity_mw": ["much"]}, {"name": ["a", "b"]}, {"name": ["x" * 201]}]
)
def test_a_value_that_a_property_cannot_have_is_told(asked: dict[str, list[str]]) -> None:
    with pytest.raises(BadFilter, match=next(iter(asked))):
        Filter.parse(asked, PROJECTS)
