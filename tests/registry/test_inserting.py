"""Many records at once are stored as one by one, on both databases."""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from benchmarks import synthetic
from registry import integrity, records
from registry.clock import now
from registry.collections import COLLECTIONS, DEPOSITS, PROJECTS, Collection
from registry.database.base import Base
from registry.drafts import LINKS, Draft, Given, parse, parse_many
from registry.features import fresh_texts
from registry.inserting import AT_A_TIME, MANY
from registry.models import Project
from tests.factories import PLANNER, TASHKENT, make_agreement, make_project

# Keys and moments are each run's own; the stamp changes with every statement.
OWN = {"id", "created_at", "updated_at", "at", "text", "after"}
KEYS = {"project_id", "deposit_id", "corridor_id", "organisation_id", "parent_id", "agreement_id"}


def drafts(collection: Collection, count: int) -> list[Draft]:
    make = synthetic.projects if collection is PROJECTS else synthetic.deposits
    rows = [orjson.loads(line) for line in make(count)]
    given: list[tuple[dict[str, Any], Given]] = [
        (row["properties"], row["geometry"]) for row in rows
    ]
    parsed = parse_many(collection.id, given, now().date())
    return [draft for draft in parsed if isinstance(draft, Draft)]


def odd_drafts() -> list[tuple[str | None, Draft]]:
    """What files also hold: no place, parents, given refs, spellings, Cyrillic, drafts."""
    sound = {"name": "Парк", "sector": "wind", "status": "idea"}
    whole = {"partners": ["Masdar Co", "JICA"], "partner_countries": ["AE", "JP"]}
    across = "POLYGON((66 39, 70 39, 70 42, 66 42, 66 39))"
    said: list[tuple[str | None, dict[str, Any], Given]] = [
        ("whole", whole, ""),
        ("P-000700", {"parent": "whole", "partners": ["MASDAR CO"]}, TASHKENT),
        (None, {"agreement": "A-000001", "publication": "draft"}, TASHKENT),
        (None, {"status_date": "2026-01-02", "capacity_mw": 100}, across),
        (None, {"location_precision": "region"}, "69.1 41.1; 69.2 41.2"),
    ]
    today = now().date()
    return [
        (ref, parse("projects", {"countries": ["UZ"], **sound, **values}, geometry, today))
        for ref, values, geometry in said
    ]


def contents(session: Session, but: Set[str] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for keys and moments."""
    session.flush()
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.columns if c.name not in OWN | KEYS | but]
        if table.name != "registry_fact":
            rows = session.execute(select(*columns)).all()
            found[table.name] = sorted(tuple(map(str, row)) for row in rows)
    return found


def test_many_at_once_are_stored_as_one_by_one(session: Session) -> None:
    make_agreement(session, ref="A-000001")
    given = [*odd_drafts(), *((None, draft) for draft in drafts(PROJECTS, 60))]
    near = drafts(DEPOSITS, 300)
    before = session.begin_nested()
    records.create_many(session, DEPOSITS, [(None, draft) for draft in near], PLANNER)
    records.create_many(session, PROJECTS, given, PLANNER)
    together = contents(session)
    before.rollback()
    session.expire_all()
    for draft in near:
        records.create(session, DEPOSITS, draft, PLANNER)
    for ref, draft in given:
        records.create(session, PROJECTS, draft, PLANNER, ref=ref)
    assert len(together["cross_reference"]) > 10
    assert contents(session) == together


@pytest.mark.parametrize("collection", [PROJECTS, DEPOSITS], ids=lambda one: one.id)
def test_a_revised_record_is_stored_as_one_that_began_so(
    session: Session, collection: Collection
) -> None:
    """New records go past the ORM, changed ones through it: two ways to the same rows."""
    make_agreement(session, ref="A-000001")
    across = DEPOSITS if collection is PROJECTS else PROJECTS
    records.create_many(session, across, [(None, draft) for draft in drafts(across, 100)], PLANNER)
    wanted = odd_drafts() if collection is PROJECTS else []
    wanted += [(None, draft) for draft in drafts(collection, 40)]
    given = [(ref or f"x{at}", draft) for at, (ref, draft) in enumerate(wanted)]
    before = session.begin_nested()
    records.create_many(session, collection, given, PLANNER)
    new = as_it_is(session, collection)
    before.rollback()
    session.expire_all()
    first = [draft for _, draft in wanted if not any(map(draft.values.get, LINKS))]
    begun = [(ref, first[at - 1 - len(given)]) for at, (ref, _) in enumerate(given, len(first))]
    records.create_many(session, collection, begun, PLANNER)
    for ref, draft in given:
        row = records.load(session, collection, ref)
        records.rewrite(session, collection, row, draft, PLANNER, "revise", "")
    assert as_it_is(session, collection) == new
    assert list(integrity.check(session, lambda _done: None)) == []


def as_it_is(session: Session, collection: Collection) -> dict[str, Any]:
    """Everything that is stored, but for the way to it."""
    found: dict[str, Any] = contents(session, {"version"})
    del found["revision"], found["organisation"]
    found["project_tally"] = [row for row in found["project_tally"] if row[-1] != "0"]
    texts = map(orjson.loads, session.scalars(select(collection.model.text)))
    for text in texts:
        said = {k: v for k, v in text["properties"].items() if k not in OWN | {"version"}}
        found[text["id"]] = (text["geometry"], said)
    return found


def test_what_is_stored_many_at_once_is_sound(session: Session) -> None:
    make_agreement(session, ref="A-000001")
    near = [(None, draft) for draft in drafts(DEPOSITS, 200)]
    records.create_many(session, DEPOSITS, near, PLANNER)
    given = [*odd_drafts(), *((None, draft) for draft in drafts(PROJECTS, 300))]
    records.create_many(session, PROJECTS, given, PLANNER)
    assert list(integrity.check(session, lambda _done: None)) == []


def test_the_stored_text_is_a_fresh_serialization(session: Session) -> None:
    make_agreement(session, ref="A-000001")
    records.create_many(session, PROJECTS, odd_drafts(), PLANNER)
    for row in session.scalars(select(Project)):
        assert (row.text, row.search) == fresh_texts(row)


def test_refs_come_in_order_and_pass_over_those_that_were_given(session: Session) -> None:
    draft = parse(
        "projects", {"name": "A", "sector": "wind", "status": "idea"}, TASHKENT, now().date()
    )
    given = [("x", draft), ("P-000007", draft), (None, draft), (None, draft)]
    stored = records.create_many(session, PROJECTS, given, PLANNER)
    assert stored == ["x", "P-000007", "P-000008", "P-000009"]
    assert make_project(session).ref == "P-000010"


def test_a_parent_may_stand_in_a_later_block(gpkg_session: Session) -> None:
    sound = {"name": "A", "sector": "wind", "status": "idea"}
    part = parse("projects", sound | {"parent": "whole"}, TASHKENT, now().date())
    whole = parse("projects", sound, TASHKENT, now().date())
    given = [("part", part), *[(None, whole)] * AT_A_TIME, ("whole", whole)]
    records.create_many(gpkg_session, PROJECTS, given, PLANNER)
    row = gpkg_session.scalars(select(Project).where(Project.ref == "part")).one()
    assert row.parent
    assert row.parent.ref == "whole"


def test_nothing_is_nothing(session: Session) -> None:
    for collection in COLLECTIONS:
        assert records.create_many(session, collection, [], PLANNER) == []


def test_statements_grow_by_blocks_not_by_records(gpkg_session: Session) -> None:
    near = [(None, draft) for draft in drafts(DEPOSITS, 50)]
    records.create_many(gpkg_session, DEPOSITS, near, PLANNER)
    linked = {"parent": make_project(gpkg_session).ref, "agreement": "A-000001"}
    make_agreement(gpkg_session, ref="A-000001")
    asked: list[int] = []
    for count in (MANY, 4 * MANY):
        given = [(None, draft) for draft in drafts(PROJECTS, count)]
        for _, draft in given:
            draft.values.update(linked)
        said: list[str] = []
        with listening(gpkg_session, said):
            records.create_many(gpkg_session, PROJECTS, given, PLANNER)
        asked.append(len(said))
    assert asked[1] <= asked[0]


@contextmanager
def listening(session: Session, said: list[str]) -> Iterator[None]:
    """Every statement that is sent, many rows at once being one."""
    engine = session.get_bind()

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    yield
    event.remove(engine, "before_cursor_execute", hear)
