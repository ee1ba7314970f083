"""Users: a password that is kept as no password, and what ends a session."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from registry import accounts, passwords, users
from registry.actors import Actor
from registry.database.engine import writing
from registry.database.store import Store
from registry.errors import Conflict, Forbidden, Invalid, NotFound

PASSWORD = "Toktogul-1976"


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A session on the accounts."""
    with writing(store.accounts) as opened:
        yield opened


def test_a_user_signs_in_with_the_password_and_no_other(session: Session) -> None:
    users.add(session, "Aigerim", "planner", PASSWORD, "Ministry of Energy")
    cookie = users.sign_in(session, users.known(session, " AIGERIM", PASSWORD))
    visitor = accounts.visitor(session, cookie)
    assert visitor is not None
    assert visitor.actor == Actor("aigerim", "planner", "Ministry of Energy")
    with pytest.raises(Forbidden):
        users.known(session, "aigerim", PASSWORD.lower())


def test_a_password_typed_with_other_code_points_is_the_same(session: Session) -> None:
    users.add(session, "erlan", "planner", "Жайық өзені 1")
    assert users.known(session, "erlan", "Жаи\u0306ық өзені 1").name == "erlan"


def test_only_an_argon2id_hash_is_kept(session: Session) -> None:
    users.add(session, "aigerim", "planner", PASSWORD)
    kept = session.execute(text("SELECT password_hash FROM user_account")).scalar_one()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_who_is_unknown_disabled_wrong_or_has_no_password_is_answered_alike(
    session: Session,
) -> None:
    users.add(session, "aigerim", "planner", PASSWORD)
    users.add(session, "gone", "planner", PASSWORD)
    users.disable(session, "gone")
    accounts.make_link(session)
    tries = [("nobody", PASSWORD), ("gone", PASSWORD), ("aigerim", "wrong"), ("local", "")]
    said = set()
    for name, password in [*tries, ("aigerim", "x" * 100_000)]:
        with pytest.raises(Forbidden) as refused:
            users.known(session, name, password)
        said.add(str(refused.value))
    assert len(said) == 1


@pytest.mark.parametrize("name", ["aigerim", "nobody", "gone", "local"])
def test_a_password_is_worked_on_as_long_for_any_name(
    session: Session, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.add(session, "aigerim", "planner", PASSWORD)
    users.disable(session, users.add(session, "gone", "planner", PASSWORD).name)
    accounts.make_link(session)
    passwords.is_right("first", None)
    verified = []
    hasher = passwords._HASHER

    class Counting:
        def verify(self, stored: str, password: bytes) -> bool:
            verified.append(stored[:30])
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    with pytest.raises(Forbidden):
        users.known(session, name, "wrong password")
    assert verified == ["$argon2id$v=19$m=65536,t=3,p=4"]


@pytest.mark.parametrize("change", ["disable", "password"])
def test_sessions_end_with_the_password_or_the_user(session: Session, change: str) -> None:
    user = users.add(session, "aigerim", "planner", PASSWORD)
    cookie = accounts.begin(session, user)
    link = accounts.make_link(session, "aigerim")
    if change == "disable":
        users.disable(session, "aigerim")
    else:
        users.set_password(session, "aigerim", PASSWORD + "!")
    assert accounts.visitor(session, cookie) is None
    assert not accounts.link_is_good(session, link)


def test_a_password_that_changed_while_it_was_checked_signs_nobody_in(session: Session) -> None:
    users.add(session, "aigerim", "planner", PASSWORD)
    found = users.known(session, "aigerim", PASSWORD)
    session.expunge(found)
    users.set_password(session, "aigerim", PASSWORD + "!")
    with pytest.raises(Forbidden):
        users.sign_in(session, found)


def test_a_role_counts_from_the_next_request_on(session: Session) -> None:
    cookie = accounts.begin(session, users.add(session, "aigerim", "viewer", PASSWORD))
    users.set_role(session, "aigerim", "reviewer")
    visitor = accounts.visitor(session, cookie)
    assert visitor is not None
    assert visitor.actor.may_review


def test_an_enabled_user_signs_in_again(session: Session) -> None:
    users.add(session, "aigerim", "planner", PASSWORD)
    users.disable(session, "aigerim")
    assert users.enable(session, "aigerim") is users.known(session, "aigerim", PASSWORD)


def test_every_fault_of_a_new_user_is_told_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        users.add(session, "a b", "boss", "short", "x" * 301)
    assert refused.value.faults.keys() == {"name", "role", "password", "organisation"}


@pytest.mark.parametrize("name", ["", "operator", "Seeds", "a/b", "a\nb", "x" * 65, "-a"])
def test_a_name_that_histories_or_addresses_use_is_refused(session: Session, name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        users.add(session, name, "planner", PASSWORD)


@pytest.mark.parametrize("password", ["", "a" * 9, "a" * 201, "aaaaaaaaaaaa", "my-Aigerim-2026"])
def test_a_password_that_is_soon_guessed_is_refused(session: Session, password: str) -> None:
    with pytest.raises(Invalid, match=r"password"):
        users.add(session, "aigerim", "planner", password)


def test_a_name_stands_once(session: Session) -> None:
    users.add(session, "aigerim", "planner", PASSWORD)
    with pytest.raises(Conflict, match="already"):
        users.add(session, "ＡIGERIM", "planner", PASSWORD)


def test_the_one_who_starts_the_program_stays_its_administrator(session: Session) -> None:
    accounts.make_link(session)
    with pytest.raises(Forbidden):
        users.disable(session, "local")
    with pytest.raises(Forbidden):
        users.set_role(session, "local", "viewer")
    with pytest.raises(NotFound):
        users.disable(session, "nobody")
