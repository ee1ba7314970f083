"""Pages: what a look at every record would give, though counts and indexes are asked instead."""

import base64
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from registry import counting, paging, places, queries
from registry.collections import CROSS_REFERENCES, DEPOSITS, PROJECTS, Collection
from registry.cursors import Cursor, order_of
from registry.database.store import Store
from registry.errors import BadFilter, NotFound
from registry.filters import Filter, Page
from registry.models import Project
from registry.statements import Statement, dialect_of
from tests.factories import ALMATY, make_deposit, make_project

PLACES = (None, "69.24 41.30", "76.95 43.25", "LINESTRING(69 41, 70.5 42.9)", "58.38 37.95")
ASKED: tuple[dict[str, list[str]], ...] = (
    {},
    {"country": ["KZ"]},
    {"country": ["KZ", "UZ"], "sector": ["solar"]},
    {"country": ["UZ"], "sector": ["solar"], "status": ["idea"], "precision": ["exact"]},
    {"phase": ["active"], "sector": ["wind", "hydro"]},
    {"min_capacity_mw": ["50"], "country": ["UZ"]},
    {"bbox": ["68,40,77,44"]},
    {"bbox": ["69,41,69.5,41.5"], "sector": ["solar"]},
    {"bbox": ["170,-90,77,90"], "q": ["park"]},
    {"near": ["69.2,41.3,300"]},
    {"partner": ["JICA"], "country": ["UZ"]},
    {"country": ["TM"], "sector": ["nuclear"]},
)
ORDERS = (
    "",
    "name",
    "-capacity_mw",
    "start_year,-name",
    "-updated_at",
    "sector,-status,start_year",
)


def fill(session: Session, count: int = 26) -> None:
    dice = random.Random(5)
    for _ in range(count):
        make_project(
            session,
            dice.choice(PLACES),
            name=dice.choice(["Alpha park", "beta", "Ёлка", "Дом", "zeta park"]),
            sector=dice.choice(["solar", "wind", "hydro"]),
            status=dice.choice(["idea", "operating"]),
            capacity_mw=dice.choice([None, 10, 60, 400]),
            start_year=dice.choice([None, 2026, 2030]),
            publication=dice.choice(["public", "public", "internal"]),
            partners=dice.choice([[], ["JICA"]]),
        )
    session.flush()


FIRST = select(func.min(Project.id))


def refs(texts: list[bytes]) -> list[str]:
    return [orjson.loads(each)["id"] for each in texts]


def walk(
    session: Session, collection: Collection, asked: Filter, page: Page, *, public_only: bool
) -> Iterator[paging.Answer]:
    """All pages by following `next`."""
    cursor: Cursor | None = None
    for _ in range(100):
        turned = Page(page.sortby, page.limit, 0, cursor)
        answer = paging.answer(session, collection, asked, turned, public_only=public_only)
        yield answer
        if answer.next is None:
            return
        # As it comes back in an address.
        cursor = order_of(collection, page.sortby).parse(str(answer.next))
    pytest.fail("the pages do not end")


def test_every_question_is_answered_as_a_look_at_each_record_would(session: Session) -> None:
    fill(session)
    for args, public_only in product(ASKED, (True, False)):
        asked = Filter.parse(args, PROJECTS)
        every = [
            one.encode()
            for one in queries.texts_of(
                session,
                PROJECTS,
                sorted(queries.ids(session, PROJECTS, asked, public_only=public_only)),
            )
        ]
        for page in (Page(limit=7), Page(limit=3, offset=5), Page(limit=5, offset=500), Page()):
            found = paging.answer(session, PROJECTS, asked, page, public_only=public_only)
            end = None if page.limit is None else page.offset + page.limit
            assert found.texts == every[page.offset : end], (args, page)
            assert found.matched == len(every), (args, page)


def test_a_wide_box_is_answered_like_a_narrow_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(session, 40)
    for args in ({"bbox": ["68,40,77,44"]}, {"bbox": ["170,-90,77,90"], "sector": ["solar"]}):
        asked = Filter.parse(args, PROJECTS)
        for page in (Page(limit=3), Page(limit=3, offset=4), Page(limit=90)):
            answers = []
            for most in (20_000, -1):
                monkeypatch.setattr(counting, "_WIDE", most)
                paging.forget()
                first = paging.answer(session, PROJECTS, asked, page, public_only=True)
                on = replace(page, offset=0, cursor=first.next)
                then = paging.answer(session, PROJECTS, asked, on, public_only=True)
                answers.append((first.matched, first.texts, then.matched, then.texts))
            assert answers[0] == answers[1]
            assert answers[0][0] > 5


def test_following_the_links_shows_each_record_once_in_order_and_back_again(
    session: Session,
) -> None:
    fill(session)
    for args, order in product((*ASKED[:3], ASKED[5], ASKED[6], ASKED[9]), ORDERS):
        asked = Filter.parse(args, PROJECTS)
        page = Page.parse({"sortby": [order], "limit": ["6"]}, PROJECTS)
        whole = Page.parse({"sortby": [order]}, PROJECTS)
        every = [
            one.encode() for one in queries.texts(session, PROJECTS, asked, whole, public_only=True)
        ]
        pages = list(walk(session, PROJECTS, asked, page, public_only=True))
        assert [one for each in pages for one in each.texts] == every, (args, order)
        assert {each.matched for each in pages} == {len(every)}
        back, shown = pages[-1].prev, list(pages[-1].texts)
        while back is not None:
            turned = Page(page.sortby, 6, 0, back)
            answer = paging.answer(session, PROJECTS, asked, turned, public_only=True)
            shown = answer.texts + shown
            assert answer.next is not None
            back = answer.prev
        assert shown == every, (args, order)


def test_pairs_are_paged_by_their_distance(session: Session) -> None:
    for at in range(4):
        make_deposit(session, f"69.{at + 2} 41.3")
    for _ in range(3):
        make_project(session)
    session.flush()
    asked, page = Filter(CROSS_REFERENCES.id), Page(limit=2)
    pages = list(walk(session, CROSS_REFERENCES, asked, page, public_only=True))
    every = list(queries.texts(session, CROSS_REFERENCES, asked, Page(), public_only=True))
    assert [one.decode() for each in pages for one in each.texts] == every
    assert len(every) == pages[0].matched > 6
    assert (
        paging.answer(
            session, CROSS_REFERENCES, asked, Page(limit=2, cursor=pages[2].prev), public_only=True
        ).texts
        == pages[1].texts
    )


@pytest.mark.parametrize("order", ["", "name", "-capacity_mw"])
def test_links_stay_right_while_records_come_and_go(session: Session, order: str) -> None:
    fill(session)
    dice, asked = random.Random(3), Filter("projects")
    before = set(
        refs(
            [
                one.encode()
                for one in queries.texts(session, PROJECTS, asked, Page(), public_only=True)
            ]
        )
    )
    page = Page.parse({"sortby": [order], "limit": ["4"]}, PROJECTS)
    shown: list[str] = []
    gone: set[str] = set()
    for each in walk(session, PROJECTS, asked, page, public_only=True):
        shown += refs(each.texts)
        make_project(session, name=dice.choice(["Aaa", "zzz"]), capacity_mw=dice.choice([1, 900]))
        ref = dice.choice(sorted(before))
        gone.add(ref)
        session.execute(delete(Project).where(Project.ref == ref))
        session.flush()
    assert len(shown) == len(set(shown))
    assert before - gone <= set(shown)


def test_a_page_whose_records_are_gone_leads_on(session: Session) -> None:
    for _ in range(4):
        make_project(session)
    session.flush()
    asked = Filter("projects")
    second = paging.answer(session, PROJECTS, asked, Page(limit=2, offset=2), public_only=True)
    assert second.prev is not None
    session.execute(delete(Project).where(Project.id <= 2))
    empty = paging.answer(
        session, PROJECTS, asked, Page(limit=2, cursor=second.prev), public_only=True
    )
    assert (empty.texts, empty.matched, empty.prev) == ([], 2, None)
    assert empty.next == Cursor(())
    assert str(empty.next) == ""


def test_places_in_a_long_answer_are_remembered_until_something_changes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "STRIDE", 3)
    fill(session, 20)
    for args, _ in product(({}, {"q": ["park"]}, {"bbox": ["68,40,77,44"]}), range(3)):
        asked = Filter.parse(args, PROJECTS)
        every = list(queries.texts(session, PROJECTS, asked, Page(), public_only=True))
        for offset in (*range(15), 7, 2, 90):
            page = Page(limit=4, offset=offset)
            found = paging.answer(session, PROJECTS, asked, page, public_only=True)
            assert [each.decode() for each in found.texts] == every[offset : offset + 4]
        make_project(session, name="park")
        session.execute(delete(Project).where(Project.id == session.scalar(FIRST)))
        session.flush()


BROKEN = (
    "x",
    "W10",
    "W2ZhbHNlXQ",
    "W2ZhbHNlLCJ4Il0",
    "W2ZhbHNlLC0xXQ",
    "W2ZhbHNlLDEuNV0",
    "W2ZhbHNlLG51bGxd",
    "W2ZhbHNlLHRydWVd",
    "W2ZhbHNlLDFlNDBd",
    "W2ZhbHNlLDEsMl0",
    "é",
    "W" * 9000,
)


@pytest.mark.parametrize("said", BROKEN)
def test_a_cursor_that_is_none_is_told_so(said: str) -> None:
    with pytest.raises(BadFilter, match="cursor"):
        Page.parse({"cursor": [said]}, PROJECTS)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_cursor_of_a_moment_before_or_after_all_years_is_told_so(moment: str) -> None:
    said = base64.urlsafe_b64encode(orjson.dumps([False, moment, 1])).decode()
    with pytest.raises(BadFilter, match="cursor"):
        Page.parse({"cursor": [said], "sortby": ["updated_at"]}, PROJECTS)


def test_a_cursor_belongs_to_its_order_and_excludes_an_offset() -> None:
    said = str(Cursor((7,)))
    assert Page.parse({"cursor": [said]}, DEPOSITS).cursor == Cursor((7,))
    with pytest.raises(BadFilter, match="cursor"):
        Page.parse({"cursor": [said], "sortby": ["name"]}, PROJECTS)
    with pytest.raises(BadFilter, match="one of them"):
        Page.parse({"cursor": [said], "offset": ["3"]}, PROJECTS)


def test_one_record_is_found_by_its_ref_and_hidden_from_the_public(session: Session) -> None:
    shown = make_project(session)
    hidden = make_project(session, publication="internal")
    session.flush()
    found = paging.text_of(session, PROJECTS, shown.ref, public_only=True)
    assert orjson.loads(found)["id"] == shown.ref
    assert paging.text_of(session, PROJECTS, hidden.ref, public_only=False)
    for ref in (hidden.ref, "P-9"):
        with pytest.raises(NotFound):
            paging.text_of(session, PROJECTS, ref, public_only=True)


def test_a_count_is_never_older_than_the_records(store: Store) -> None:
    asked = Filter.parse({"bbox": ["69,41,70,42"]}, PROJECTS)
    for expected in (1, 2, 3):
        with store.writing() as session:
            make_project(session)
        with store.reading() as session:
            found = paging.answer(session, PROJECTS, asked, Page(limit=1), public_only=True)
            assert found.matched == expected


SIX: tuple[tuple[dict[str, list[str]], Page, str], ...] = (
    ({}, Page(limit=10), "ix_project_walk"),
    ({}, Page(limit=1000), "ix_project_walk"),
    ({"bbox": ["69,41,69.2,41.2"]}, Page(limit=10), "SCAN r VIRTUAL TABLE INDEX 2"),
    ({"country": ["KZ"], "sector": ["solar"]}, Page(limit=10), "ix_project_cell"),
    ({}, Page(limit=10, offset=900), "ix_project_walk"),
    ({}, Page(limit=10, cursor=Cursor((500,))), "ix_project_walk"),
)


def plan_of(session: Session, args: dict[str, list[str]], page: Page) -> str:
    """What the database says of each statement of an answer, but that of the stamp and counts."""
    ran: list[tuple[Statement, dict[str, Any]]] = []
    run = Statement.run

    def keep(self: Statement, in_session: Session, **told: Any) -> list[Any]:
        ran.append((self, told))
        return run(self, in_session, **told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statement, "run", keep)
        patch.setattr(paging, "_STEPS_TO_FIND", 0)  # as if there were very many
        paging.answer(session, PROJECTS, Filter.parse(args, PROJECTS), page, public_only=True)
    explain = "EXPLAIN QUERY PLAN " if dialect_of(session) == "sqlite" else "EXPLAIN "
    if dialect_of(session) != "sqlite":
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = [
        row[-1]
        for statement, told in ran
        for row in Statement(explain + statement.sql, statement.parameters).run(session, **told)
    ]
    return "\n".join(map(str, rows))


@pytest.mark.parametrize(("args", "page", "index"), SIX, ids=str)
def test_a_page_is_found_by_indexes(
    session: Session, args: dict[str, list[str]], page: Page, index: str
) -> None:
    fill(session, 12)
    make_project(session, ALMATY, sector="solar")
    session.flush()
    plan = plan_of(session, args, page)
    if dialect_of(session) == "sqlite":
        assert index in plan
        scans = re.findall(r"^(?:SCAN|SEARCH) project .*", plan, re.MULTILINE)
        # No row of the table is passed over, only entries of an index, and rows shown are sought.
        assert [scan for scan in scans if "COVERING" not in scan and "SEARCH" not in scan] == []
    else:
        assert "Seq Scan on project " not in plan
        assert "Index" in plan


def steps(store: Store, args: dict[str, list[str]], page: Page) -> int:
    """How many hundreds of steps SQLite's machine takes for an answer, counts anew."""
    paging.forget()
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1

    with store.reading() as session:
        driver: Any = session.connection().connection.driver_connection
        driver.set_progress_handler(step, 100)
        paging.answer(session, PROJECTS, Filter.parse(args, PROJECTS), page, public_only=True)
        driver.set_progress_handler(None, 0)
    return taken


def test_the_same_page_takes_no_more_steps_where_there_are_ten_times_as_many_projects(
    embedded: Store,
) -> None:
    with embedded.writing() as session:
        for _ in range(30):
            make_project(session, ALMATY, sector="solar")
        far = make_project(session, "60.5 42.5", sector="wind")
        session.flush()
        names = [column.name for column in Project.__table__.c if column.name not in ("id", "ref")]
        columns = ", ".join(names)
        copied = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            f"INSERT INTO project (ref, {columns}) SELECT 'X-{{count}}-' || n.i, {columns} "
            f"FROM project, n WHERE project.id = {far.id}"
        )
        session.execute(text(copied.format(count=1_000)))
    asked = [(args, page) for args, page, _ in SIX if args or page.limit == 10]
    few = [steps(embedded, args, page) for args, page in asked]
    with embedded.writing() as session:
        session.execute(text(copied.format(count=9_000)))
    many = [steps(embedded, args, page) for args, page in asked]
    for (args, page), before, after in zip(asked, few, many, strict=True):
        assert after <= 1.5 * before + 5, (args, page, before, after)
