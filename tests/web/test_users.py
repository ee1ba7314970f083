"""Accounts on pages: one's own tokens and password, and who may sign in."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry import users
from registry.database.engine import writing
from registry.database.store import Store
from tests.factories import csrf_of, make_project

PASSWORD = "Toktogul-1976"
ITEMS = "/api/collections/projects/items"
FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [69.24, 41.3]},
    "properties": {"name": "Park", "sector": "wind", "status": "idea"},
}


@pytest.fixture
def admin(planner: FlaskClient) -> FlaskClient:
    """A browser of the administrator `local`."""
    return planner


def signed_in(app: Flask, store: Store, role: str, works_for: str = "") -> FlaskClient:
    """A browser in which Aigerim signed in with a password."""
    name = "aigerim"
    with writing(store.accounts) as session, session.begin():
        users.add(session, name, role, PASSWORD, works_for)
    browser = app.test_client()
    answer = browser.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303
    return browser


def csrf(browser: FlaskClient) -> str:
    """The token of the forms on the account page."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account").text)
    assert found
    return found[1]


def test_a_token_of_ones_own_is_shown_once_and_writes(app: Flask, embedded: Store) -> None:
    browser = signed_in(app, embedded, "planner")
    sent = {"csrf": csrf(browser), "name": "qgis", "role": "planner", "days": "30"}
    page = browser.post("/account/tokens", data=sent)
    found = re.search(r"qadam_[\w-]+", page.text)
    assert found
    assert page.headers["Cache-Control"] == "private, no-store"
    account = browser.get("/account").text
    assert found[0] not in account
    assert "aigerim/qgis" in account
    headers = {"Authorization": f"Bearer {found[0]}"}
    assert app.test_client().post(ITEMS, json=FEATURE, headers=headers).status_code == 201
    gone = browser.post("/account/tokens/revoke", data=sent | {"name": "aigerim/qgis"})
    assert "revoked" in browser.get(gone.location).text
    assert app.test_client().get(ITEMS, headers=headers).status_code == 401


def test_a_token_of_ones_own_is_no_more_than_oneself(app: Flask, embedded: Store) -> None:
    browser = signed_in(app, embedded, "viewer")
    assert 'value="admin"' not in browser.get("/account").text
    sent = {"csrf": csrf(browser), "name": "a b", "role": "admin", "days": "9999"}
    answer = browser.post("/account/tokens", data=sent)
    assert answer.status_code == 422
    for told in ("cannot be admin", "3,650 days", "“a b” cannot be"):
        assert told in answer.text


def test_a_new_password_takes_the_old_one_and_signs_out(app: Flask, embedded: Store) -> None:
    browser = signed_in(app, embedded, "viewer")
    sent = {"csrf": csrf(browser), "password": "wrong", "new_password": "Nurek-Dam-300m"}
    refused = browser.post("/account/password", data=sent)
    assert (refused.status_code, "is wrong" in refused.text) == (422, True)
    short = browser.post(
        "/account/password", data=sent | {"password": PASSWORD, "new_password": "x"}
    )
    assert (short.status_code, "10 to 200" in short.text) == (422, True)
    done = browser.post("/account/password", data=sent | {"password": PASSWORD})
    assert "was changed" in browser.get(done.location).text
    again = {"name": "aigerim", "password": "Nurek-Dam-300m"}
    assert browser.post("/sign-in", data=again).status_code == 303


def test_an_administrator_adds_and_changes_users(admin: FlaskClient, app: Flask) -> None:
    new = {"csrf": csrf_of(admin), "name": "Erlan", "role": "viewer", "password": PASSWORD}
    assert admin.post("/admin/users", data=new | {"organisation": "<b>"}).status_code == 303
    page = admin.get("/admin/users").text
    assert "erlan" in page
    assert "&lt;b&gt;" in page
    browser = app.test_client()
    browser.post("/sign-in", data={"name": "erlan", "password": PASSWORD})
    assert browser.get("/projects/new").status_code == 403
    for act, status in (("role", 200), ("disable", 303), ("enable", 303)):
        changed = admin.post(f"/admin/users/erlan/{act}", data=new | {"role": "planner"})
        assert admin.get(changed.location).status_code == 200
        assert browser.get("/projects/new").status_code == status
    long = admin.post("/admin/users/erlan/organisation", data=new | {"organisation": "x" * 301})
    assert long.status_code == 422
    admin.post("/admin/users/erlan/organisation", data=new | {"organisation": "Ministry"})
    assert "Ministry" in admin.get("/admin/users").text
    short = admin.post("/admin/users/erlan/password", data=new | {"password": "x"})
    assert short.status_code == 422
    assert admin.post("/admin/users/erlan/password", data=new).status_code == 303


def test_a_faulty_new_user_is_told_all_and_what_was_typed_is_kept(admin: FlaskClient) -> None:
    new = {"csrf": csrf_of(admin), "name": "seeds", "role": "boss", "password": "x"}
    answer = admin.post("/admin/users", data=new | {"organisation": "JICA"})
    assert answer.status_code == 422
    for told in ("cannot be a user", "10 to 200", "viewer, planner", 'value="JICA"'):
        assert told in answer.text
    assert 'value="x"' not in answer.text


def test_nobody_is_locked_out_by_a_slip(admin: FlaskClient, app: Flask, embedded: Store) -> None:
    form = {"csrf": csrf_of(admin)}
    assert admin.post("/admin/users/local/disable", data=form).status_code == 403
    other = signed_in(app, embedded, "admin")
    assert other.post("/admin/users/aigerim/disable", data={"csrf": csrf(other)}).status_code == 403
    assert admin.post("/admin/users/nobody/disable", data=form).status_code == 404
    assert admin.post("/admin/users/aigerim/promote", data=form).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "planner", "reviewer"])
def test_others_do_not_see_who_may_sign_in(app: Flask, embedded: Store, role: str) -> None:
    browser = signed_in(app, embedded, role)
    assert browser.get("/admin/users").status_code == 403
    assert "/admin/users" not in browser.get("/account").text
    for path in ("/admin/users", "/admin/users/local/disable"):
        assert browser.post(path, data={"csrf": csrf(browser)}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/account/tokens",
        "/account/tokens/revoke",
        "/account/password",
        "/admin/users",
        "/admin/users/aigerim/disable",
    ],
)
def test_every_form_proves_where_it_comes_from(admin: FlaskClient, app: Flask, path: str) -> None:
    assert admin.post(path, data={"name": "x"}).status_code == 400
    answer = app.test_client().post(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.location) == (303, "/account")


def test_a_planner_edits_the_projects_of_her_organisation(app: Flask, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", partners=["ADB"])
        make_project(session, ref="P-2", partners=["JICA", "Masdar"], name="Other")
    browser = signed_in(app, embedded, "planner", "Jica")
    refused = browser.get("/projects/P-1/edit", headers={"Accept": "text/html"})
    assert (refused.status_code, "no project of Jica" in refused.text) == (403, True)
    assert browser.get("/projects/P-2/edit").status_code == 200
    sent = {"csrf": csrf(browser), "name": "New", "sector": "solar", "status": "idea"}
    sent |= {"countries": "UZ", "version": "1"}
    assert browser.post("/projects/P-1", data=sent).status_code == 403
    assert browser.post("/projects/P-2", data=sent).status_code == 303
