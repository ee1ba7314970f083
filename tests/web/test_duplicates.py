"""Possible duplicates: asked about before storing, decided on by a reviewer."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry import accounts, decisions, history
from registry.database.engine import reading, writing
from registry.database.store import Store
from registry.models import Project
from tests.factories import ALMATY, BUKHARA, csrf_of, form, make_project

NEAR = "69.27 41.31"
BOX: dict[str, Any] = {"name": "Chirchik wind farm", "capacity_mw": 500}


@pytest.fixture
def known(embedded: Store) -> Store:
    """A registry with one wind farm."""
    with writing(embedded.records) as session, session.begin():
        make_project(session, sector="wind", partners=["Masdar"], **BOX)
    return embedded


@pytest.fixture
def pair(known: Store) -> Store:
    """A registry in which that wind farm stands twice."""
    with writing(known.records) as session, session.begin():
        make_project(session, NEAR, sector="wind", name="Чирчик wind farm", capacity_mw=500)
    return known


def typed(client: FlaskClient, **values: Any) -> dict[str, Any]:
    """The same wind farm, as another donor enters it."""
    given = {"name": "Wind farm Chirchik", "capacity_value": "500", "capacity_unit": "MW"}
    return form(client, geometry=NEAR, summary="Typed once", **(given | values))


def refs(store: Store) -> set[str]:
    """All projects that are stored."""
    with reading(store.records) as session:
        return set(session.scalars(select(Project.ref)))


def decided(store: Store) -> list[tuple[tuple[str, str], str, str]]:
    with reading(store.records) as session:
        return [(one.refs, one.verdict, one.actor) for one in decisions.decisions(session)]


def as_role(app: Flask, store: Store, role: str) -> FlaskClient:
    """A browser that is signed in with a role."""
    client = app.test_client()
    with writing(store.accounts) as session, session.begin():
        token = accounts.make_link(session, role, role)
    assert client.post(f"/sign-in/{token}").status_code == 303
    return client


def test_what_may_be_here_already_is_shown_instead_of_stored(
    planner: FlaskClient, known: Store
) -> None:
    answer = planner.post("/projects", data=typed(planner, reason="From the donor"))
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    for words in ("This may be a project that is here already", "Masdar", "agree", "They are"):
        assert words in page
    for kept in ("Wind farm Chirchik", "Typed once", "From the donor", NEAR):
        assert kept in page
    assert refs(known) == {"P-000001"}


def test_saving_anyway_stores_and_keeps_who_found_them_different(
    planner: FlaskClient, known: Store
) -> None:
    shown = planner.post("/projects", data=typed(planner)).text
    told = re.findall(r'name="told" value="([^"]+)"', shown)
    assert told == ["P-000001"]
    answer = planner.post("/projects", data=typed(planner, told=told, anyway="yes"))
    assert answer.status_code == 303
    assert refs(known) == {"P-000001", "P-000002"}
    assert decided(known) == [(("P-000001", "P-000002"), "different", "local")]
    assert "No two projects look alike" in planner.get("/duplicates").text


@pytest.mark.parametrize(
    "sent", [{"told": "P-000001"}, {"anyway": "yes"}, {"told": "P-000009", "anyway": "yes"}]
)
def test_going_on_needs_that_all_were_shown(
    planner: FlaskClient, known: Store, sent: dict[str, str]
) -> None:
    assert planner.post("/projects", data=typed(planner, **sent)).status_code == 409
    assert refs(known) == {"P-000001"}


def test_what_resembles_nothing_is_stored_at_once(planner: FlaskClient, known: Store) -> None:
    answer = planner.post("/projects", data=form(planner, name="Aral dunes", geometry=BUKHARA))
    assert answer.status_code == 303
    assert not decided(known)


def test_an_edit_is_stopped_only_by_a_likeness_that_it_makes(
    planner: FlaskClient, pair: Store
) -> None:
    same = typed(planner, name="Чирчик wind farm", version=1)
    assert planner.post("/projects/P-000002", data=same).status_code == 303
    planner.post("/projects", data=form(planner, name="Aral dunes", geometry=BUKHARA))
    moved = typed(planner, name="Chirchik wind farm", version=1)
    answer = planner.post("/projects/P-000003", data=moved)
    assert answer.status_code == 409
    assert "2 projects here may be this one" in answer.text
    told = re.findall(r'name="told" value="([^"]+)"', answer.text)
    answer = planner.post("/projects/P-000003", data=moved | {"told": told, "anyway": "yes"})
    assert answer.status_code == 303
    assert len(decided(pair)) == 2


def test_pairs_are_shown_side_by_side(planner: FlaskClient, pair: Store) -> None:
    page = html.unescape(planner.get("/duplicates").text)
    assert "1 pair</strong> of projects may be one" in page
    for words in ("Chirchik wind farm", "Чирчик wind farm", "% alike", "Both have 500 MW."):
        assert words in page
    assert 'value="P-000001~P-000002"' in page
    assert "No two projects of this country" in planner.get("/duplicates?country=TM").text


def decide(client: FlaskClient, act: str, first: str, second: str, **more: str) -> Any:
    sent = {"pair": f"{first}~{second}", "csrf": csrf_of(client)} | more
    return client.post(f"/duplicates/{act}", data=sent)


def test_a_pair_marked_as_different_is_not_shown_again(planner: FlaskClient, pair: Store) -> None:
    answer = decide(planner, "different", "P-000001", "P-000002", reason="Two plots")
    assert answer.status_code == 303
    page = planner.get(answer.location).text
    assert "No two projects look alike" in page
    assert "Stored: P-000001 and P-000002. Different projects." in page
    assert "Two plots" in page


def test_a_phase_becomes_part_of_the_other(planner: FlaskClient, pair: Store) -> None:
    assert decide(planner, "phases", "P-000001", "P-000002").status_code == 303
    assert 'href="/projects/P-000001"' in planner.get("/projects/P-000002").text
    assert decided(pair)[0][1] == "phases"


@pytest.mark.parametrize("path", ["", "/history", "/edit", "/card"])
def test_a_merged_project_leads_to_the_kept_one(
    planner: FlaskClient, pair: Store, path: str
) -> None:
    answer = decide(planner, "merge", "P-000001", "P-000002", confirm="yes", reason="One plot")
    assert answer.status_code == 303
    assert refs(pair) == {"P-000001"}
    led = planner.get(f"/projects/P-000002{path}")
    assert (led.status_code, led.location) == (301, f"/projects/P-000001{path}")
    with reading(pair.records) as session:
        actions = [change.action for change in history.changes(session, "projects", "P-000001")]
    assert "merge" in actions


def test_a_change_of_a_merged_project_is_not_stored(planner: FlaskClient, pair: Store) -> None:
    decide(planner, "merge", "P-000002", "P-000001", confirm="yes")
    answer = planner.post("/projects/P-000001", data=typed(planner, version=1))
    assert answer.status_code == 409
    assert "P-000001 was merged into P-000002." in answer.text


def test_merging_needs_a_tick(planner: FlaskClient, pair: Store) -> None:
    assert decide(planner, "merge", "P-000001", "P-000002").status_code == 422
    assert refs(pair) == {"P-000001", "P-000002"}


@pytest.mark.parametrize(
    ("act", "sent", "status"),
    [
        ("different", {"pair": "P-000001"}, 422),
        ("different", {"pair": "P-000001~P-000001"}, 422),
        ("different", {"pair": "P-000001~P-000077"}, 404),
        ("different", {"pair": "P-000001~P-000002", "reason": "x" * 400}, 422),
        ("burn", {"pair": "P-000001~P-000002"}, 404),
        ("different", {"pair": "P-000001~P-000002", "csrf": "0"}, 400),
    ],
)
def test_what_is_wrong_with_a_decision_is_said(
    planner: FlaskClient, pair: Store, act: str, sent: dict[str, str], status: int
) -> None:
    data = {"csrf": csrf_of(planner)} | sent
    assert planner.post(f"/duplicates/{act}", data=data).status_code == status
    assert not decided(pair)


def test_the_public_is_sent_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/duplicates", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert "/account" in answer.location


def test_names_that_were_typed_stay_text(planner: FlaskClient, known: Store) -> None:
    name = "Chirchik wind farm <b>x</b>"
    assert "<b>x</b>" not in planner.post("/projects", data=typed(planner, name=name)).text
    with writing(known.records) as session, session.begin():
        make_project(session, NEAR, sector="wind", name=name, capacity_mw=500)
    assert "<b>x</b>" not in planner.get("/duplicates").text


def test_far_projects_of_one_name_are_two(planner: FlaskClient, known: Store) -> None:
    assert planner.post("/projects", data=typed(planner) | {"geometry": ALMATY}).status_code == 303


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("planner", 403), ("reviewer", 200), ("admin", 200)]
)
def test_only_who_reviews_decides_on_pairs(app: Flask, pair: Store, role: str, status: int) -> None:
    client = as_role(app, pair, role)
    assert client.get("/duplicates").status_code == status
    assert ("Possible duplicates" in client.get("/projects").text) is (status == 200)


def test_pairs_are_shown_page_by_page(app: Flask, pair: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.duplicates.MOST_PAIRS", 1)
    with writing(pair.records) as session, session.begin():
        make_project(session, NEAR, sector="wind", name="Chirchik wind farm", capacity_mw=500)
    client = as_role(app, pair, "reviewer")
    first = client.get("/duplicates").text
    assert "1 to 1 are shown" in first
    assert 'rel="next" href="/duplicates?offset=1"' in first
    last = client.get("/duplicates?offset=2").text
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last
    assert "The list ends before this page." in client.get("/duplicates?offset=9").text
