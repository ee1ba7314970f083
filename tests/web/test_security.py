"""What every answer carries, and what signing in takes."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from registry import accounts
from registry.database.engine import writing
from registry.database.store import Store
from tests.factories import csrf_of, make_deposit, make_project
from web import create_app
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


def test_signing_in_never_leads_to_another_site(client: FlaskClient) -> None:
    page = client.get("/account?next=//evil.example/").text
    assert "evil.example" not in page


def test_too_large_a_body_is_refused_in_words(embedded: Store) -> None:
    client = create_app(Settings(largest_body_bytes=1000), embedded).test_client()
    with writing(embedded.accounts) as session, session.begin():
        token = accounts.make_link(session)
    client.post(f"/sign-in/{token}")
    answer = client.post("/projects", data={"name": "x" * 5000})
    assert answer.status_code == 413
    assert "more was sent" in answer.text.lower()


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
