"""Limits: as often as the table says, back again with time, and no memory without end."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import TooManyRequests

from web import rates
from web.config import Rate


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until a test moves it."""
    at = [1000.0]
    monkeypatch.setattr("web.rates.time.monotonic", lambda: at[0])
    return at


LIMIT = Rate("write", 3, 60, "Wait")


@pytest.fixture(params=["memory", "file"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An app with one limit, counted in memory or in a file."""
    return limited(tmp_path / "counts.db" if request.param == "file" else None)


def limited(shared: Path | None) -> Flask:
    """An app with one limit."""
    app = Flask(__name__)
    rates.init_app(app, [LIMIT], shared)
    return app


def test_processes_of_a_server_count_together(tmp_path: Path, clock: list[float]) -> None:
    apps = [limited(tmp_path / "counts.db") for _ in range(2)]
    for each in (*apps, apps[0]):
        with each.app_context():
            rates.spend("write", "one")
    for each in apps:
        with each.app_context(), pytest.raises(TooManyRequests, match="Wait 20 seconds"):
            rates.spend("write", "one")


def test_so_many_tries_are_allowed_and_come_back_one_by_one(app: Flask, clock: list[float]) -> None:
    with app.app_context():
        for _ in range(3):
            rates.spend("write", "one")
        with pytest.raises(TooManyRequests, match="Wait 20 seconds") as refused:
            rates.spend("write", "one")
        assert refused.value.retry_after == 20
        rates.spend("write", "another")
        clock[0] += 20
        rates.spend("write", "one")
        with pytest.raises(TooManyRequests):
            rates.spend("write", "one")


def test_a_try_that_went_well_does_not_count(app: Flask, clock: list[float]) -> None:
    with app.app_context():
        for _ in range(10):
            rates.spend("write", "one")
            rates.give_back("write", "one")


def test_what_is_not_in_the_table_is_not_limited(app: Flask) -> None:
    with app.app_context():
        for _ in range(100):
            rates.spend("other", "one")


def test_endless_keys_take_no_endless_memory(
    app: Flask, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "_MOST_KEYS", 5)
    monkeypatch.setattr(rates, "_TIDY_EACH", 10)
    with app.app_context():
        for key in range(50):
            clock[0] += 0.1
            rates.spend("write", str(key))
        assert len(app.extensions["qadam.rates"]) <= 5 + 1


@pytest.mark.parametrize(
    ("said", "counted"),
    [("10.1.2.3", "10.1.2.3"), ("2001:db8:1:2:3::4", "2001:db8:1:2::"), ("", "")],
)
def test_an_address_counts_as_one_household(app: Flask, said: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": said}):
        assert rates.address() == counted
