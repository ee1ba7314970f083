"""Who saves while others write waits a moment, then is told so and keeps what was typed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.database.engine import make_engine
from registry.database.store import Store
from tests.factories import form, make_project, make_token, sign_in
from web.app import create_app
from web.config import Settings

PLACE = {"type": "Point", "coordinates": [69.24, 41.3]}
FEATURE = {
    "type": "Feature",
    "geometry": PLACE,
    "properties": {"name": "Sent", "sector": "wind", "status": "idea"},
}


@pytest.fixture
def hurried(store: Store) -> Iterator[Store]:
    """The same registry, by which a writer waits a fifth of a second."""
    records = make_engine(store.records.url, 200, turn=1)
    yield replace(store, records=records)
    records.dispose()


@pytest.fixture
def browser(hurried: Store, tmp_path: Path) -> FlaskClient:
    """A browser that is signed in."""
    settings = Settings(data=tmp_path / "data")
    return sign_in(create_app(settings, hurried).test_client(), hurried)


def test_a_form_is_kept_while_others_write(browser: FlaskClient, store: Store) -> None:
    with store.writing() as session:
        make_project(session, ref="old", name="Stored before")
    new = form(browser, name="Typed while others write")
    changed = form(browser, name="Changed while others write", version="1")
    with store.writing() as session:
        make_project(session, name="Of the others")
        for address, typed in (("/projects", new), ("/projects/old", changed)):
            answer = browser.post(address, data=typed)
            assert answer.status_code == 503
            assert "Others are writing to the registry; nothing was stored" in answer.text
            assert "save again in a moment" in answer.text
            assert "over theirs" not in answer.text
            assert f'value="{typed["name"]}"' in answer.text
    assert browser.post("/projects", data=new).status_code in (303, 409)
    assert browser.post("/projects/old", data=changed).status_code in (303, 409)


def test_a_program_is_told_when_to_come_back(browser: FlaskClient, store: Store) -> None:
    token = {"Authorization": f"Bearer {make_token(store, 'planner')}"}
    items = "/api/collections/projects/items"
    with store.writing() as session:
        make_project(session, name="Of the others")
        answer = browser.post(items, json=FEATURE, headers=token)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert "nothing was stored" in answer.get_json()["detail"]
    assert browser.post(items, json=FEATURE, headers=token).status_code == 201


def test_others_read_while_one_writes(browser: FlaskClient, store: Store) -> None:
    with store.writing() as session:
        make_project(session, name="Not yet")
        page = browser.get("/projects")
        assert page.status_code == 200
        assert "Not yet" not in page.text
