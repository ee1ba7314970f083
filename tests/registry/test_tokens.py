"""Tokens: shown once, good for a while, never more than their user."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from registry import tokens, users
from registry.actors import Actor
from registry.clock import now
from registry.database.engine import writing
from registry.database.store import Store
from registry.errors import BadToken, Conflict, Invalid, NotFound

PASSWORD = "Toktogul-1976"


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A session on the accounts."""
    with writing(store.accounts) as opened:
        yield opened


def test_a_token_stands_for_its_name_and_role(session: Session) -> None:
    token = tokens.create(session, "qgis", "planner")
    assert tokens.actor(tokens.holder(session, token)) == Actor("qgis", "planner")


def test_only_the_hash_of_a_token_is_kept(session: Session) -> None:
    token = tokens.create(session, "qgis", "planner")
    kept = session.execute(text("SELECT * FROM api_token")).one()
    assert token not in [str(value) for value in kept]


def test_an_unknown_token_is_refused(session: Session) -> None:
    tokens.create(session, "qgis", "planner")
    with pytest.raises(BadToken, match="unknown"):
        tokens.holder(session, "qadam_guess")


def test_a_revoked_token_is_refused(session: Session) -> None:
    token = tokens.create(session, "qgis", "planner")
    tokens.revoke(session, "qgis")
    with pytest.raises(BadToken, match="revoked"):
        tokens.holder(session, token)


def test_an_expired_token_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    token, later = tokens.create(session, "qgis", "planner", days=2), now() + timedelta(days=2)
    monkeypatch.setattr(tokens, "now", lambda: later)
    with pytest.raises(BadToken, match="expired"):
        tokens.holder(session, token)


def test_a_users_token_may_no_more_than_the_user(session: Session) -> None:
    user = users.add(session, "aigerim", "reviewer", PASSWORD, "JICA")
    token = tokens.create(session, "qgis", "planner", user=user)
    assert tokens.actor(tokens.holder(session, token)) == Actor("aigerim/qgis", "planner", "JICA")
    users.set_role(session, "aigerim", "viewer")
    assert not tokens.actor(tokens.holder(session, token)).may_write
    users.disable(session, "aigerim")
    with pytest.raises(BadToken, match="no longer"):
        tokens.holder(session, token)
    with pytest.raises(Invalid, match="cannot be admin"):
        tokens.create(session, "more", "admin", user=user)


def test_a_token_is_revoked_by_its_own_user_alone(session: Session) -> None:
    one = users.add(session, "aigerim", "planner", PASSWORD)
    other = users.add(session, "erlan", "planner", PASSWORD)
    tokens.create(session, "qgis", "planner", user=one)
    with pytest.raises(NotFound):
        tokens.revoke(session, "aigerim/qgis", other)
    assert tokens.every(session, other) == []
    assert tokens.revoke(session, "aigerim/qgis", one).revoked_at


def test_a_name_that_stands_in_histories_is_not_given_again(session: Session) -> None:
    tokens.create(session, "qgis", "planner")
    tokens.revoke(session, "qgis")
    with pytest.raises(Conflict, match="histories"):
        tokens.create(session, "qgis", "planner")


def test_every_fault_of_a_new_token_is_told_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        tokens.create(session, "a/b", "boss", days=0)
    assert refused.value.faults.keys() == {"name", "role", "days"}


@pytest.mark.parametrize("name", ["operator", "seeds", "local", "", "a b", "x" * 33])
def test_a_token_has_no_name_of_somebody_else(session: Session, name: str) -> None:
    with pytest.raises(Invalid):
        tokens.create(session, name, "planner")


def test_a_token_has_no_name_of_a_user(session: Session) -> None:
    users.add(session, "aigerim", "planner", PASSWORD)
    with pytest.raises(Conflict):
        tokens.create(session, "aigerim", "planner")


def test_the_last_use_is_noted_now_and_then(session: Session) -> None:
    held = tokens.holder(session, tokens.create(session, "qgis", "planner"))
    assert not tokens.is_fresh(held)
    tokens.note_use(session, held.id)
    assert tokens.is_fresh(held)
