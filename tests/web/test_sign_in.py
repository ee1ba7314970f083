"""Signing in with a password: tries are counted, and other sites cannot do it for one."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry import users
from registry.database.engine import writing
from registry.database.store import Store
from web.app import create_app
from web.config import RATES, Rate, Settings

PASSWORD = "Toktogul-1976"


@pytest.fixture(autouse=True)
def aigerim(embedded: Store) -> None:
    """A reviewer with a password."""
    with writing(embedded.accounts) as session, session.begin():
        users.add(session, "aigerim", "reviewer", PASSWORD)


def try_to(
    client: FlaskClient, name: str = "aigerim", password: str = PASSWORD, **headers: str
) -> TestResponse:
    """Send the form."""
    return client.post("/sign-in", data={"name": name, "password": password}, headers=headers)


def test_a_name_and_a_password_sign_in(client: FlaskClient) -> None:
    assert 'name="password"' in client.get("/sign-in").text
    answer = try_to(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "reviewer" in client.get("/account").text


def test_a_wrong_password_is_told_and_what_was_typed_as_name_is_kept(client: FlaskClient) -> None:
    answer = try_to(client, "<aigerim>", "wrong")
    assert answer.status_code == 403
    assert "&lt;aigerim&gt;" in answer.text
    assert "name or the password is wrong" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_page_that_was_wanted_comes_after_the_password(client: FlaskClient) -> None:
    client.get(client.get("/projects/new").location)
    try_to(client, password="wrong")
    assert try_to(client).location == "/projects/new"


def test_another_site_signs_nobody_in(client: FlaskClient) -> None:
    assert try_to(client, Origin="https://evil.example").status_code == 400
    assert try_to(client, Origin="null").status_code == 400
    assert try_to(client, Origin="https://localhost").status_code == 303


def test_tries_are_counted_by_name_wherever_they_come_from(embedded: Store) -> None:
    client = create_app(Settings(rates=(Rate("sign_in_as", 3, 300, "Wait"),)), embedded)
    browser = client.test_client()
    for place in range(3):
        answer = browser.post(
            "/sign-in",
            data={"name": " AIGERIM", "password": "wrong"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{place}"},
        )
        assert answer.status_code == 403
    refused = try_to(browser)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 100
    assert "Wait" in refused.text


def test_tries_are_counted_by_address_whatever_the_name(embedded: Store) -> None:
    app = create_app(Settings(rates=(Rate("sign_in_from", 2, 300, "Wait"),)), embedded)
    for name in ("one", "two"):
        assert try_to(app.test_client(), name).status_code == 403
    assert try_to(app.test_client()).status_code == 429


def test_who_signs_in_rightly_is_never_told_to_wait(embedded: Store) -> None:
    rates = tuple(Rate(rate.name, 1, 300, rate.what) for rate in RATES)
    browser = create_app(Settings(rates=rates), embedded).test_client()
    assert {try_to(browser).status_code for _ in range(3)} == {303}


def test_a_session_ends_with_the_password(client: FlaskClient, embedded: Store) -> None:
    try_to(client)
    with writing(embedded.accounts) as session, session.begin():
        users.set_password(session, "aigerim", "Nurek-Dam-300m")
    assert client.get("/projects/new").status_code == 303
