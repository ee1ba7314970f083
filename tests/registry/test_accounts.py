"""Signing in: once, within ten minutes, and nothing secret is stored."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from registry import accounts
from registry.clock import now
from registry.database.engine import writing
from registry.database.store import Store
from registry.errors import Forbidden


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A session on the accounts."""
    with writing(store.accounts) as opened:
        yield opened


def test_a_link_signs_in_once(session: Session) -> None:
    token = accounts.make_link(session)
    assert accounts.link_is_good(session, token)
    visitor = accounts.visitor(session, accounts.sign_in(session, token))
    assert visitor is not None
    assert (visitor.actor.name, visitor.actor.role) == ("local", "admin")
    with pytest.raises(Forbidden, match="used already"):
        accounts.sign_in(session, token)


def test_looking_at_a_link_does_not_use_it_up(session: Session) -> None:
    token = accounts.make_link(session)
    assert accounts.link_is_good(session, token)
    assert accounts.link_is_good(session, token)


def test_a_link_is_good_for_ten_minutes(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    token, later = accounts.make_link(session), now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(accounts, "now", lambda: later)
    assert not accounts.link_is_good(session, token)


def test_a_new_link_ends_the_old_one(session: Session) -> None:
    old = accounts.make_link(session)
    accounts.make_link(session)
    assert not accounts.link_is_good(session, old)


def test_signing_out_ends_the_session(session: Session) -> None:
    cookie = accounts.sign_in(session, accounts.make_link(session))
    accounts.sign_out(session, cookie)
    assert accounts.visitor(session, cookie) is None


def test_no_token_is_stored_as_it_is(session: Session) -> None:
    token = accounts.make_link(session)
    stored = [session.execute(text("SELECT token_hash FROM sign_in_link")).scalar()]
    cookie = accounts.sign_in(session, token)
    stored.append(session.execute(text("SELECT token_hash FROM signed_in")).scalar())
    assert token not in stored
    assert cookie not in stored
