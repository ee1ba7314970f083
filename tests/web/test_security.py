"""What every answer carries, and what signing in takes."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from registry import accounts
from registry.database.engine import writing
from registry.database.store import Store
from registry.errors import Conflict, StoreError
from tests.factories import csrf_of, form, make_deposit, make_project, sign_in
from web import db
from web.app import create_app
from web.config import Settings


@pytest.mark.parametrize(
    "path", ["/", "/projects", "/nowhere", "/export/projects.geojson", "/account", "/healthz"]
)
def test_every_answer_is_guarded(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_nonce_is_used_once(client: FlaskClient) -> None:
    policies = {client.get("/account").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_a_link_signs_in_once_and_the_cookie_is_for_the_browser_alone(
    client: FlaskClient, embedded: Store
) -> None:
    with writing(embedded.accounts) as session, session.begin():
        token = accounts.make_link(session)
    assert client.get(f"/sign-in/{token}").status_code == 200
    answer = client.post(f"/sign-in/{token}")
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/projects/new").status_code == 200
    again = client.post(f"/sign-in/{token}")
    assert again.status_code == 403
    assert "used already" in again.text


def test_signing_out_ends_it(planner: FlaskClient) -> None:
    assert planner.post("/sign-out", data={"csrf": csrf_of(planner)}).status_code == 303
    assert planner.get("/projects/new").status_code == 303


def test_too_large_a_body_is_refused_in_words(embedded: Store) -> None:
    client = create_app(Settings(largest_body_bytes=1000), embedded).test_client()
    with writing(embedded.accounts) as session, session.begin():
        token = accounts.make_link(session)
    client.post(f"/sign-in/{token}")
    answer = client.post("/projects", data={"name": "x" * 5000})
    assert answer.status_code == 413
    assert "more was sent" in answer.text.lower()


def test_too_long_a_form_is_refused_in_words(embedded: Store) -> None:
    settings = Settings(longest_form_bytes=1000)
    client = sign_in(create_app(settings, embedded).test_client(), embedded)
    assert client.post("/projects", data={"name": "x" * 5000}).status_code == 413


@pytest.mark.parametrize("token", ["ключ", "", "a" * 64])
def test_a_wrong_token_of_any_letters_is_refused(planner: FlaskClient, token: str) -> None:
    assert planner.post("/projects", data={"csrf": token}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/projects/P%00", "/?q=%00", "/?%00=1", "/search.json?q=a%00b", "/account?next=/%00"]
)
def test_a_zero_byte_is_refused_before_the_database_sees_it(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, "zero byte" in answer.text) == (400, True)


def test_a_zero_byte_in_a_form_is_refused(planner: FlaskClient) -> None:
    assert planner.post("/projects", data=form(planner, name="a\0b")).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/projects", 405),
        ("DELETE", "/projects/P-000001", 405),
        ("POST", "/nowhere", 404),
        ("POST", "/projects", 303),
        ("GET", "/export/projects.x/y.geojson", 404),
        ("GET", "/export/projects.x.geojson", 404),
    ],
)
def test_what_is_not_there_is_said_before_who_may(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method, headers={"Accept": "text/html"})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "path", ["/", "/projects", "/nowhere", "/map/projects.geojson", "/search.json?q=aa", "/account"]
)
def test_no_cache_keeps_what_one_visitor_sees(
    client: FlaskClient, embedded: Store, path: str
) -> None:
    assert "private" in client.get(path).headers["Cache-Control"]
    answer = sign_in(client, embedded).get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/layers/countries.geojson", "/static/icon.svg"])
def test_what_is_the_same_to_all_may_be_kept(planner: FlaskClient, path: str) -> None:
    with planner.get(path) as answer:
        assert "no-store" not in answer.headers["Cache-Control"]
        assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    "question",
    [
        "&".join(f"partner=Firm{place}" for place in range(676)),
        "&".join(["sortby=name"] * 3000 + ["limit=" + "9" * 5000]),
        "partner=" + "x" * 60_000,
        "offset=" + "9" * 5000,
        "limit=%D9%A3",
        "&".join(f"x{place}=1" for place in range(900)),
    ],
)
def test_an_endless_question_is_refused_in_few_words(client: FlaskClient, question: str) -> None:
    answer = client.get(f"/projects?{question}")
    assert answer.status_code == 400
    assert len(answer.text) < 20_000


def test_a_partner_of_a_draft_looks_like_one_that_nobody_has(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, partners=["Hidden"], publication="draft")
    assert planner.get("/?partner=Hidden").status_code == 200
    planner.delete_cookie("qadam")
    hidden, unknown = (planner.get(f"/projects?partner={name}") for name in ("Hidden", "Nobody"))
    assert (hidden.status_code, unknown.status_code) == (400, 400)
    assert "no partner is called “Hidden”" in hidden.text


def test_a_change_at_the_very_same_moment_is_a_conflict(app: Flask) -> None:
    twice = text("INSERT INTO organisation (name, slug) VALUES ('Sun', 'sun'), ('Sun', 'sun')")
    with app.app_context(), pytest.raises(Conflict, match="same moment"), db.writing() as session:
        session.execute(twice)


def test_who_waits_for_a_writer_leaves_threads_to_readers(embedded: Store) -> None:
    app = create_app(Settings(most_waiting=1), embedded)
    with app.app_context(), db.writing():
        with pytest.raises(StoreError, match="try again"), db.writing():
            pass
        assert app.test_client().get("/projects").status_code == 200
    with app.app_context(), db.writing():
        pass


def count_queries(store: Store, client: FlaskClient, path: str) -> int:
    """How many statements an address takes."""
    statements = []

    def note(*arguments: object) -> None:
        statements.append(arguments[2])

    event.listen(store.records, "before_cursor_execute", note)
    assert client.get(path).status_code == 200
    event.remove(store.records, "before_cursor_execute", note)
    return len(statements)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?country=UZ&sector=solar&q=park",
        "/projects",
        "/map/projects.geojson",
        "/map/deposits.geojson",
        "/export/projects.geojson",
        "/projects/P-000001",
    ],
)
def test_queries_do_not_grow_with_the_number_of_projects(
    embedded: Store, client: FlaskClient, path: str
) -> None:
    def add(session: Session, number: int) -> None:
        for place in range(number):
            make_project(
                session,
                f"{69 + place / 100} 41.3",
                name=f"Park {place}",
                partners=["A", f"B {place}"],
            )
            make_deposit(session, f"{69 + place / 100} 41.4", name=f"Hill {place}")

    with embedded.writing() as session:
        add(session, 2)
    few = count_queries(embedded, client, path)
    with embedded.writing() as session:
        add(session, 40)
    assert count_queries(embedded, client, path) <= few
    assert few <= 16
