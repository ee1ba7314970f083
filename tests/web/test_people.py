"""`qadam user` and `qadam token`: secrets come by a pipe and go out once."""

import io
from collections.abc import Callable

import pytest

from tests.web.test_cli import Done, Run, qadam

__all__ = ["qadam"]
Type = Callable[[str], None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Type:
    """What comes by a pipe."""
    return lambda said: monkeypatch.setattr("sys.stdin", io.StringIO(said))


def test_a_user_is_added_with_a_password_from_a_pipe(qadam: Run, typed: Type) -> None:
    typed("Toktogul-1976\n")
    added = qadam("user", "add", "Aigerim", "--role", "reviewer", "--organisation", "JICA")
    assert (added.code, added.out) == (0, "")
    heads, row = qadam("user", "list").out.splitlines()
    assert heads.split("\t")[:3] == ["name", "role", "organisation"]
    assert row.split("\t")[:3] == ["aigerim", "reviewer", "JICA"]


def test_a_password_is_no_argument(qadam: Run) -> None:
    assert qadam("user", "add", "aigerim", "Toktogul-1976").code == 2


def test_a_poor_password_stores_nobody(qadam: Run, typed: Type) -> None:
    typed("short\n")
    refused = qadam("user", "add", "aigerim")
    assert (refused.code, "10 to 200 characters" in refused.err) == (1, True)
    assert len(qadam("user", "list").out.splitlines()) == 1


def test_roles_and_states_change(qadam: Run, typed: Type) -> None:
    typed("Toktogul-1976\nNurek-Dam-300m\n")
    qadam("user", "add", "aigerim")
    assert qadam("user", "password", "aigerim").code == 0
    assert qadam("user", "role", "aigerim", "viewer").code == 0
    assert qadam("user", "organisation", "aigerim", "ADB").code == 0
    assert qadam("user", "disable", "aigerim").code == 0
    row = qadam("user", "list").out.splitlines()[1].split("\t")
    assert (row[1], row[2], row[4]) == ("viewer", "ADB", "disabled")
    assert qadam("user", "enable", "aigerim").code == 0
    assert "disabled" not in qadam("user", "list").out
    assert qadam("user", "role", "aigerim", "boss").code == 2
    assert qadam("user", "disable", "nobody").code == 1


def test_a_token_is_printed_once_and_listed_without_itself(qadam: Run) -> None:
    made = qadam("token", "create", "--name", "qgis", "--role", "planner", "--days", "30")
    assert made.out.startswith("qadam_")
    assert len(made.out.split()) == 1
    listed = qadam("token", "list").out
    assert made.out.strip() not in listed
    assert listed.splitlines()[1].split("\t")[:2] == ["qgis", "planner"]
    assert qadam("token", "revoke", "qgis") == Done(0, "", "")
    assert "revoked" in qadam("token", "list").out
    assert qadam("token", "revoke", "nothing").code == 1
    assert qadam("token", "create", "--name", "x", "--role", "planner", "--days", "0").code == 1
