"""Tokens: who reads what is not public, and who is turned away, with the reason."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from registry import tokens
from registry.clock import now
from registry.database.engine import writing
from registry.database.store import Store
from tests.factories import make_project, make_token
from web.app import create_app
from web.config import Rate, Settings

ITEMS = "/api/collections/projects/items"


def bearer(token: str) -> dict[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {token}"}


def test_a_token_reads_what_is_not_public(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", publication="draft")
    assert client.get(f"{ITEMS}/P-1").status_code == 404
    answer = client.get(f"{ITEMS}/P-1", headers=bearer(make_token(embedded, "viewer")))
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]


def test_a_token_counts_under_the_api_alone(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", publication="draft")
    headers = bearer(make_token(embedded, "admin"))
    assert client.get("/projects/P-1", headers=headers).status_code == 404
    assert client.get("/apix", headers=headers).status_code == 404


@pytest.mark.parametrize("state", ["unknown", "revoked", "expired"])
def test_a_token_that_is_not_good_is_told_why(
    client: FlaskClient, embedded: Store, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_token(embedded, "planner")
    if state == "unknown":
        token += "x"
    if state == "revoked":
        with writing(embedded.accounts) as session, session.begin():
            tokens.revoke(session, "script")
    if state == "expired":
        later = now() + timedelta(days=tokens.DAYS)
        monkeypatch.setattr("registry.tokens.now", lambda: later)
    answer = client.get(ITEMS, headers=bearer(token))
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert state in answer.get_json()["detail"]
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("said", ["Basic YTpi", "Bearer", "Bearer ", "qadam_x", "Bearer a b", "é"])
def test_another_kind_of_header_is_told_what_it_takes(client: FlaskClient, said: str) -> None:
    answer = client.get(ITEMS, headers={"Authorization": said.encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_guessing_tokens_ends_soon(embedded: Store) -> None:
    rates = (Rate("refused_token", 2, 60, "Wait"),)
    client = create_app(Settings(rates=rates), embedded).test_client()
    statuses = [client.get(ITEMS, headers=bearer("guess")).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert client.get(ITEMS, headers=bearer(make_token(embedded, "viewer"))).status_code == 200


def test_the_last_use_of_a_token_is_known(client: FlaskClient, embedded: Store) -> None:
    client.get(ITEMS, headers=bearer(make_token(embedded, "viewer")))
    with writing(embedded.accounts) as session:
        assert tokens.every(session)[0].last_used_at
