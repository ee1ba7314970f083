"""Adding and editing by form: nothing typed is lost, nothing is overwritten."""

import html
import re

import pytest
from flask.testing import FlaskClient

from registry import history, queries
from registry.collections import PROJECTS
from registry.database.store import Store
from registry.filters import Filter
from registry.properties import PROJECT_PROPERTIES
from tests.factories import csrf_of, form, make_deposit
from web.edit import MOST_ROWS

BOW_TIE = "POLYGON((64 40, 66 42, 66 40, 64 42, 64 40))"
HOSTILE = "<img src=x onerror=alert(1)>${document.title=1}</script>"


def stored(store: Store, ref: str = "P-000001") -> dict[str, object]:
    """What the registry holds of a project."""
    with store.reading() as session:
        return dict(queries.get(session, PROJECTS, ref, public_only=False).properties)


def test_a_stored_form_leads_to_the_page_of_the_project(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_deposit(session, "69.3 41.3", name="Near by")
    answer = planner.post(
        "/projects",
        data=form(
            planner,
            name="Парк",
            partners=["JICA", ""],
            partner_countries=["JP", ""],
            partner_roles=["funder", ""],
        ),
    )
    assert answer.status_code == 303
    page = planner.get(answer.location)
    assert page.status_code == 200
    assert "Парк" in page.text
    assert "Near by" in page.text
    assert stored(embedded)["japan_involved"] is True
    with embedded.reading() as session:
        (change,) = history.changes(session, "projects", "P-000001")
    assert (change.actor, change.action) == ("local", "create")


def test_the_form_asks_for_every_property_that_is_not_computed(planner: FlaskClient) -> None:
    page = planner.get("/projects/new").text
    for prop in PROJECT_PROPERTIES:
        assert (f'name="{prop.name}"' in page) == (not prop.computed), prop.name


def test_a_refused_form_shows_every_fault_and_keeps_all_that_was_typed(
    planner: FlaskClient, embedded: Store
) -> None:
    typed = {
        "name": "",
        "summary": "A long story & more",
        "capacity_mw": "many",
        "start_year": "2040",
        "end_year": "2030",
        "geometry": BOW_TIE,
        "sources": "A | https://example.org | 2024",
        "reason": "Because",
        "partners": ["Masdar"],
        "partner_countries": ["AE"],
        "partner_roles": ["funder"],
    }
    answer = planner.post("/projects", data=form(planner, **typed))
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    for words in ("Name is needed", "takes a number", "comes before the start", "crosses itself"):
        assert words in page
    for words in (
        "A long story & more",
        "many",
        "2040",
        BOW_TIE,
        "https://example.org",
        "Masdar",
        "AE",
    ):
        assert words in page
    with embedded.reading() as session:
        assert queries.count(session, PROJECTS, Filter("projects"), public_only=False) == 0


@pytest.mark.parametrize("geometry", ["POINT EMPTY", "POLYGON EMPTY", "GEOMETRYCOLLECTION EMPTY"])
def test_an_empty_place_is_refused_with_all_that_was_typed(
    planner: FlaskClient, geometry: str
) -> None:
    answer = planner.post("/projects", data=form(planner, geometry=geometry, summary="Kept"))
    assert answer.status_code == 422
    assert "Kept" in answer.text


def test_the_second_of_two_editors_is_told_and_may_look_before_saving(
    planner: FlaskClient, embedded: Store
) -> None:
    planner.post("/projects", data=form(planner, name="Original"))
    first = planner.post("/projects/P-000001", data=form(planner, name="By the first", version=1))
    assert first.status_code == 303
    second = planner.post("/projects/P-000001", data=form(planner, name="By the second", version=1))
    assert second.status_code == 409
    page = html.unescape(second.text)
    assert "By the second" in page
    assert "By the first" in page
    assert stored(embedded)["name"] == "By the first"
    assert re.search(r'name="version"[^>]*value="2"|value="2"[^>]*name="version"', page)
    again = planner.post("/projects/P-000001", data=form(planner, name="By the second", version=2))
    assert again.status_code == 303


def test_an_edit_form_is_filled_with_what_is_stored(planner: FlaskClient) -> None:
    planner.post(
        "/projects",
        data=form(
            planner,
            name="Парк",
            summary="Words",
            partners="Masdar",
            capacity_mw="12.5",
            secondary_sectors=["grid", "hydrogen"],
        ),
    )
    page = html.unescape(planner.get("/projects/P-000001/edit").text)
    for words in ("Парк", "Words", "Masdar", "12.5", '"coordinates":[69.24,41.3]'):
        assert words in page


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/projects",
        "/projects/P-000001",
        "/projects/P-000001/history",
        "/projects/P-000001/edit",
    ],
)
def test_a_hostile_name_is_text_on_every_page(planner: FlaskClient, path: str) -> None:
    planner.post(
        "/projects",
        data=form(
            planner,
            name=HOSTILE,
            summary=HOSTILE,
            partners=[HOSTILE],
            sources=HOSTILE,
            alt_names=HOSTILE,
        ),
    )
    page = planner.get(path).text
    assert "<img src=x" not in page
    assert "${document.title=1}</script>" not in page
    assert html.escape("<img src=x onerror=alert(1)>", quote=False) in page or "\\u003cimg" in page


@pytest.mark.parametrize("source", ["T | http://[bad | 2020", "T | http://a℀b/", "T | 2020-13"])
def test_no_source_is_too_odd_to_be_shown(planner: FlaskClient, source: str) -> None:
    assert planner.post("/projects", data=form(planner, sources=source)).status_code == 303
    assert planner.get("/projects/P-000001").status_code == 200


def test_an_unchanged_form_changes_no_figure(planner: FlaskClient, embedded: Store) -> None:
    figure = "1234567890123"
    typed = form(planner, cost_amount=figure, cost_currency="USD", cost_year="2020")
    planner.post("/projects", data=typed)
    assert f'value="{figure}"' in planner.get("/projects/P-000001/edit").text


@pytest.mark.parametrize("name", ["\u200b", "\u202e\u2066", "\u0301"])
def test_a_name_that_shows_nothing_is_needed(planner: FlaskClient, name: str) -> None:
    answer = planner.post("/projects", data=form(planner, name=name))
    assert (answer.status_code, "Name is needed" in answer.text) == (422, True)


def test_a_reason_is_cleaned_and_bounded(planner: FlaskClient, embedded: Store) -> None:
    refused = planner.post("/projects", data=form(planner, reason="x" * 501, sector="gas"))
    assert refused.status_code == 422
    assert "The reason has 501 characters" in refused.text
    assert "Sector takes" in refused.text
    planner.post("/projects", data=form(planner, reason="Seen\u202e  in\x07 print"))
    assert "Seen in print" in planner.get("/projects/P-000001/history").text


def test_a_form_with_endless_partners_is_shown_again_in_part(planner: FlaskClient) -> None:
    answer = planner.post("/projects", data=form(planner, partners=["A"] * 5000))
    assert answer.status_code == 422
    assert answer.text.count('name="partners"') == MOST_ROWS + 1


def test_the_public_is_sent_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/projects/new")
    assert answer.status_code == 303
    assert "/account" in answer.location


def test_a_form_without_its_token_is_refused(planner: FlaskClient) -> None:
    answer = planner.post("/projects", data=form(planner) | {"csrf": "0"})
    assert answer.status_code == 400
    assert "out of date" in answer.text


def test_a_form_of_nobody_is_refused(client: FlaskClient, embedded: Store) -> None:
    assert client.post("/projects", data={"name": "A"}).status_code in (303, 401)


def test_the_token_of_one_browser_is_of_no_use_to_another(
    planner: FlaskClient, client: FlaskClient
) -> None:
    assert client.post("/projects", data={"csrf": csrf_of(planner), "name": "A"}).status_code in (
        303,
        401,
    )
