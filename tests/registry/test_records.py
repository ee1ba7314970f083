"""Writing records: refs, versions, the life cycle, who may."""

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.feature import feature_text
from registry import history, queries, records
from registry.clock import now
from registry.collections import PROJECTS
from registry.drafts import parse
from registry.errors import Conflict, Forbidden, Invalid
from registry.features import to_feature
from registry.models import Organisation, Project
from tests.factories import PLANNER, VIEWER, make_agreement, make_deposit, make_project


def change(
    session: Session,
    project: Project,
    *,
    reason: str = "",
    version: int | None = None,
    **values: object,
) -> Project:
    """The project with some of its properties changed."""
    given = dict(to_feature(project).properties) | values
    draft = parse("projects", given, project.geometry, now().date())
    revised: Project = records.revise(
        session,
        PROJECTS,
        project,
        draft,
        PLANNER,
        version=version or project.version,
        reason=reason,
    )
    return revised


def test_stored_text_is_what_a_fresh_serialization_gives(session: Session) -> None:
    agreement = make_agreement(session)
    parent = make_project(session, name='Зарафшан \\ "quoted" 風力', alt_names=["Zarafşan @uz"])
    project = make_project(
        session,
        "POLYGON((64 40, 65 40, 65 41, 64 41, 64 40))",
        parent=parent.ref,
        agreement=agreement.ref,
        partners=["JICA", "Masdar"],
        partner_countries=["JP", "AE"],
        partner_roles=["funder", None],
        capacity_mw=100,
    )
    session.flush()
    session.expire_all()
    for row in session.scalars(select(Project)):
        assert row.text == feature_text(to_feature(row))
    published = orjson.loads(project.text)["properties"]
    assert published["parent"] == parent.ref
    assert published["agreement"] == agreement.ref
    assert published["japan_involved"] is True
    assert published["reduction_computed_tco2e_per_year"] == pytest.approx(
        100 * 0.17 * 8760 * 0.558, abs=1
    )


def test_refs_count_up_and_are_never_given_twice(session: Session) -> None:
    first = make_project(session)
    make_project(session, ref="P-000007")
    third = make_project(session)
    assert (first.ref, third.ref) == ("P-000001", "P-000008")


def test_a_change_raises_the_version_and_keeps_what_was_before(session: Session) -> None:
    project = make_project(session, name="Old name")
    change(session, project, name="New name", reason="A better name")
    assert project.version == 2
    last, first = history.changes(session, "projects", project.ref)
    assert [(field.name, field.before, field.after) for field in last.fields] == [
        ("name", "Old name", "New name")
    ]
    assert last.reason == "A better name"
    assert last.actor == "planner"
    assert first.action == "create"


def test_the_second_editor_is_told_and_overwrites_nothing(session: Session) -> None:
    project = make_project(session)
    change(session, project, name="By the first", version=1)
    with pytest.raises(Conflict, match="somebody else"):
        change(session, project, name="By the second", version=1)
    assert project.name == "By the first"


def test_a_viewer_may_not_write(session: Session) -> None:
    with pytest.raises(Forbidden):
        make_project(session, by=VIEWER)


def test_one_organisation_however_it_is_spelt(session: Session) -> None:
    make_project(session, partners=["Masdar"])
    make_project(session, partners=["MASDAR "])
    assert len(session.scalars(select(Organisation)).all()) == 1


def test_a_parent_that_is_not_there_is_a_fault(session: Session) -> None:
    with pytest.raises(Invalid) as error:
        make_project(session, parent="P-999999")
    assert "parent" in error.value.faults


def test_status_moves_follow_the_table(session: Session) -> None:
    project = make_project(session, status="idea")
    with pytest.raises(Invalid, match="“Idea” a project goes to “Proposed”"):
        change(session, project, status="operating")
    change(session, project, status="proposed")
    assert project.status_date == now().date()


def test_a_step_back_needs_a_reason(session: Session) -> None:
    project = make_project(session, status="approved")
    with pytest.raises(Invalid) as error:
        change(session, project, status="feasibility")
    assert "reason" in error.value.faults
    change(session, project, status="feasibility", reason="The permit was withdrawn")


def test_a_suspended_project_returns_to_the_status_it_left(session: Session) -> None:
    project = make_project(session, status="construction")
    change(session, project, status="suspended")
    with pytest.raises(Invalid, match="Under construction"):
        change(session, project, status="operating")
    change(session, project, status="construction")


def test_a_dead_project_stays_dead(session: Session) -> None:
    project = make_project(session, status="cancelled")
    with pytest.raises(Invalid, match="add a new project"):
        change(session, project, status="proposed", reason="Again")


def test_training_may_run_as_soon_as_it_is_agreed(session: Session) -> None:
    course = make_project(session, sector="people", status="agreed")
    change(session, course, status="construction")


def test_a_line_over_two_countries_has_shares_that_sum_to_one(session: Session) -> None:
    line = make_project(session, "LINESTRING(69.24 41.30, 69.6 42.32)", sector="grid")
    feature = queries.get(session, PROJECTS, line.ref, public_only=True)
    assert set(feature.properties["countries"]) == {"UZ", "KZ"}
    assert sum(feature.properties["country_shares"]) == pytest.approx(1, abs=1e-5)


def test_commodities_keep_the_order_in_which_they_are_said(session: Session) -> None:
    deposit = make_deposit(session, commodities=["gold", "copper", "silver"])
    session.expire_all()
    assert to_feature(deposit).properties["commodities"] == ["gold", "copper", "silver"]


def test_a_project_is_not_part_of_its_own_part(session: Session) -> None:
    whole = make_project(session, name="Whole")
    part = make_project(session, name="Part", parent=whole.ref)
    with pytest.raises(Invalid, match="itself part of this project"):
        change(session, whole, parent=part.ref)


def test_a_public_project_names_no_hidden_parent(session: Session) -> None:
    hidden = make_project(session, publication="draft")
    with pytest.raises(Invalid, match="is not public"):
        make_project(session, parent=hidden.ref)
    make_project(session, parent=hidden.ref, publication="internal")


def test_a_parent_of_a_public_project_stays_public(session: Session) -> None:
    whole = make_project(session)
    make_project(session, parent=whole.ref)
    with pytest.raises(Invalid) as error:
        change(session, whole, publication="draft")
    assert "publication" in error.value.faults


def test_saying_nothing_of_who_may_see_it_keeps_a_draft_a_draft(session: Session) -> None:
    draft = make_project(session, publication="draft")
    change(session, draft, publication=None, name="Renamed")
    assert draft.publication == "draft"
    assert make_project(session).publication == "public"


def test_the_public_sees_no_change_from_before_it_was_public(session: Session) -> None:
    project = make_project(session, name="Secret name", publication="draft")
    change(session, project, name="Public name", publication="public")
    (seen,) = history.changes(session, "projects", project.ref, public_only=True)
    assert all(field.before is None for field in seen.fields)
    assert len(history.changes(session, "projects", project.ref)) == 2


def test_a_number_that_came_with_a_file_is_passed_over(session: Session) -> None:
    make_project(session, ref="P-999999999")
    make_project(session, ref="P-1000000000")
    assert make_project(session).ref == "P-1000000001"
