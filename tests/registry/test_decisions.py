"""Two projects that are one, phases of one, or different: what each verdict does."""

from io import BytesIO

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.formats import find_format
from registry import crossref, decisions, history, queries, records
from registry.collections import CROSS_REFERENCES, PROJECTS
from registry.database import store as stores
from registry.database.store import Store
from registry.errors import Forbidden, Invalid, Moved, NotFound
from registry.exports import export
from registry.filters import Filter, Page
from registry.imports import import_rows
from registry.models import Project
from registry.reports import ImportRefused
from seeds.load import load
from tests.factories import PLANNER, REVIEWER, TASHKENT, VIEWER, make_deposit, make_project

ZARAFSHAN = "64.3174 41.5969"


@pytest.fixture
def two(session: Session) -> Session:
    """One wind farm twice, with different partners, sources and spellings, and a deposit by it."""
    make_project(
        session,
        ZARAFSHAN,
        name="Zarafshan wind farm",
        sector="wind",
        partners=["Masdar"],
        partner_countries=["AE"],
        partner_roles=["proponent"],
        sources=["Close | https://example.org/a | 2022"],
        alt_names=["Зарафшанская ВЭС @ru"],
        capacity_mw=500,
    )
    make_project(
        session,
        "64.33 41.6",
        name="ザラフシャン風力発電所",
        sector="wind",
        partners=["MASDAR", "JBIC"],
        partner_countries=["AE", "JP"],
        partner_roles=[None, "funder"],
        sources=["Same close | https://example.org/a", "Loan | https://example.org/b"],
        alt_names=["Зарафшанская ВЭС @ru", "Tamdy wind @en"],
        summary="What only the second says.",
    )
    make_deposit(session, "64.34 41.6")
    return session


def get(session: Session, ref: str, public_only: bool = True) -> dict[str, object]:
    return dict(queries.get(session, PROJECTS, ref, public_only=public_only).properties)


def test_a_merge_gives_the_kept_one_what_it_lacked(two: Session) -> None:
    decisions.merge(two, "P-000001", "P-000002", REVIEWER, "Same turbines")
    kept = get(two, "P-000001")
    assert kept["alt_names"] == [
        "Зарафшанская ВЭС @ru",
        "ザラフシャン風力発電所",
        "Tamdy wind @en",
    ]
    assert kept["partners"] == ["Masdar", "JBIC"]
    assert kept["partner_countries"] == ["AE", "JP"]
    assert kept["partner_roles"] == ["proponent", "funder"]
    assert kept["sources"] == [
        "Close | https://example.org/a | 2022",
        "Loan | https://example.org/b",
    ]
    assert (kept["name"], kept["capacity_mw"], kept["summary"]) == (
        "Zarafshan wind farm",
        500,
        None,
    )
    assert kept["version"] == 2
    assert kept["japan_involved"] is True


def test_a_merged_ref_leads_to_the_kept_one_and_is_listed_no_more(two: Session) -> None:
    decisions.merge(two, "P-000001", "P-000002", REVIEWER)
    with pytest.raises(Moved, match=r"P-000002 was merged into P-000001\.") as moved:
        queries.get(two, PROJECTS, "P-000002", public_only=True)
    assert moved.value.ref == "P-000001"
    with pytest.raises(Moved):
        records.load(two, PROJECTS, "P-000002")
    body = b"".join(
        export(
            two, PROJECTS, Filter("projects"), Page(), find_format("geojsonl"), public_only=False
        )
    )
    assert body.count(b'"id":"P-') == 1
    asked = Filter("cross_references")
    assert queries.count(two, CROSS_REFERENCES, asked, public_only=False) == 1
    assert crossref.drift(two) == 0


def test_the_history_of_both_stays(two: Session) -> None:
    decisions.merge(two, "P-000001", "P-000002", REVIEWER, "Same turbines")
    dropped = history.changes(two, "projects", "P-000002")
    assert [change.action for change in dropped] == ["merge", "create"]
    assert dropped[0].reason == "P-000002 was merged into P-000001: Same turbines"
    assert any(field.after == "What only the second says." for field in dropped[1].fields)
    kept = history.changes(two, "projects", "P-000001")
    assert [change.action for change in kept] == ["merge", "create"]
    assert {field.name for field in kept[0].fields} == {
        "alt_names",
        "partners",
        "partner_countries",
        "partner_roles",
        "japan_involved",
        "sources",
    }


def test_a_ref_of_a_hidden_record_leads_the_public_nowhere(session: Session) -> None:
    make_project(session, name="One", publication="draft")
    make_project(session, name="Two", publication="draft")
    decisions.merge(session, "P-000001", "P-000002", REVIEWER)
    with pytest.raises(NotFound) as refused:
        queries.get(session, PROJECTS, "P-000002", public_only=True)
    assert not isinstance(refused.value, Moved)


def test_a_chain_of_merges_leads_to_its_end(session: Session) -> None:
    for name in ("One", "Two", "Three"):
        make_project(session, name=name)
    decisions.merge(session, "P-000002", "P-000003", REVIEWER)
    decisions.merge(session, "P-000001", "P-000002", REVIEWER)
    for ref in ("P-000002", "P-000003"):
        with pytest.raises(Moved) as moved:
            queries.get(session, PROJECTS, ref, public_only=True)
        assert moved.value.ref == "P-000001"
    assert get(session, "P-000001")["alt_names"] == ["Two", "Three"]


def test_parts_of_the_dropped_one_move_with_it(session: Session) -> None:
    make_project(session, name="Kept")
    make_project(session, name="Dropped")
    make_project(session, name="Part", parent="P-000002")
    decisions.merge(session, "P-000001", "P-000002", REVIEWER)
    part = get(session, "P-000003")
    assert (part["parent"], part["version"]) == ("P-000001", 2)
    child = make_project(session, name="Later", parent="P-000002")
    assert child.parent.ref == "P-000001"  # type: ignore[union-attr]  # it has one


def test_a_part_can_take_the_place_of_the_whole(session: Session) -> None:
    make_project(session, name="Above")
    make_project(session, name="Whole", parent="P-000001")
    make_project(session, name="Part", parent="P-000002")
    decisions.merge(session, "P-000003", "P-000002", REVIEWER)
    assert get(session, "P-000003")["parent"] == "P-000001"
    assert get(session, "P-000003")["alt_names"] == ["Whole"]


def test_a_merged_ref_is_never_given_again(two: Session) -> None:
    decisions.merge(two, "P-000001", "P-000002", REVIEWER)
    assert make_project(two).ref == "P-000003"


def test_a_row_of_a_merged_ref_is_refused_on_import_and_says_where_it_went(two: Session) -> None:
    body = b"".join(
        export(two, PROJECTS, Filter("projects"), Page(), find_format("geojson"), public_only=False)
    )
    decisions.merge(two, "P-000001", "P-000002", REVIEWER)
    rows = list(find_format("geojson").read(BytesIO(body)))
    with pytest.raises(ImportRefused, match="“P-000002” was merged into P-000001"):
        import_rows(two, PROJECTS, rows, PLANNER, keep_ids=True)


def test_new_seeds_leave_a_merge_as_it_is(seeded: Store) -> None:
    with seeded.writing() as session:
        decisions.merge(session, "P-000002", "P-000001", REVIEWER)
    with seeded.writing() as session:
        assert all(done.created == done.revised == 0 for done in load(session))
        with pytest.raises(Moved):
            queries.get(session, PROJECTS, "P-000001", public_only=True)


def test_phases_are_told_by_the_parent(two: Session) -> None:
    decisions.mark_phases(two, "P-000001", "P-000002", REVIEWER, "Second stage")
    assert get(two, "P-000002")["parent"] == "P-000001"
    (decision,) = decisions.decisions(two, "P-000002")
    assert (decision.refs, decision.verdict) == (("P-000001", "P-000002"), "phases")
    assert (decision.actor, decision.reason) == ("reviewer", "Second stage")
    with pytest.raises(Invalid, match="already stands under"):
        decisions.mark_phases(two, "P-000002", "P-000001", REVIEWER)


def test_a_public_part_never_names_a_hidden_whole(session: Session) -> None:
    make_project(session, name="Hidden", publication="draft")
    make_project(session, name="Shown")
    make_project(session, name="Part", parent="P-000002")
    with pytest.raises(Invalid, match="P-000001 is not public, so P-000002 cannot name it"):
        decisions.mark_phases(session, "P-000001", "P-000002", REVIEWER)
    with pytest.raises(Invalid, match="so P-000003 cannot name it"):
        decisions.merge(session, "P-000001", "P-000002", REVIEWER)
    assert decisions.decisions(session) == []


def test_a_verdict_can_be_changed_and_is_one(two: Session) -> None:
    decisions.mark_different(two, "P-000002", "P-000001", PLANNER)
    decisions.mark_phases(two, "P-000001", "P-000002", REVIEWER)
    assert [one.verdict for one in decisions.decisions(two)] == ["phases"]


def test_what_was_different_from_the_dropped_one_is_different_from_the_kept(two: Session) -> None:
    make_project(two, ZARAFSHAN, name="Other", sector="wind")
    decisions.mark_different(two, "P-000002", "P-000003", PLANNER)
    decisions.merge(two, "P-000001", "P-000002", REVIEWER)
    assert frozenset(("P-000001", "P-000003")) in decisions.decided(two)


def test_who_may_only_read_decides_nothing(two: Session) -> None:
    for decide in (decisions.merge, decisions.mark_phases, decisions.mark_different):
        with pytest.raises(Forbidden):
            decide(two, "P-000001", "P-000002", VIEWER)
    assert decisions.decisions(two) == []
    assert get(two, "P-000002")["version"] == 1


def test_a_planner_finds_projects_different_and_decides_no_more(two: Session) -> None:
    for decide in (decisions.merge, decisions.mark_phases):
        with pytest.raises(Forbidden, match="planner may not decide on possible duplicates"):
            decide(two, "P-000001", "P-000002", PLANNER)
    assert get(two, "P-000002")["parent"] is None
    decisions.mark_different(two, "P-000001", "P-000002", PLANNER)
    assert [one.verdict for one in decisions.decisions(two)] == ["different"]


@pytest.mark.parametrize("decide", [decisions.merge, decisions.mark_different])
def test_one_project_is_no_pair(two: Session, decide: object) -> None:
    with pytest.raises(Invalid, match="the same project"):
        decide(two, "P-000001", "P-000001", REVIEWER)  # type: ignore[operator]  # one of both
    with pytest.raises(NotFound):
        decide(two, "P-000001", "P-000009", REVIEWER)  # type: ignore[operator]  # same


def test_an_old_registry_is_brought_up_to_date_with_its_records(store: Store) -> None:
    with store.writing() as session:
        make_project(session, TASHKENT, name="Kept over")
    with store.records.execution_options(qadam_writes=True).begin() as connection:
        config = stores._config("records")
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    with store.reading() as session, pytest.raises(DBAPIError):
        session.execute(text("SELECT count(*) FROM redirect"))
    stores._migrate(store.records, "records")
    with store.writing() as session:
        other = make_project(session, TASHKENT, name="New")
        decisions.merge(session, "P-000001", other.ref, REVIEWER)
        names = session.scalars(select(Project.name)).all()
    assert names == ["Kept over"]
