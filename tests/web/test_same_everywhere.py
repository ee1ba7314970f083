"""What you see is what you export: any question finds the same records on every surface."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from registry.collections import PROJECTS, PUBLISHED, Collection
from registry.database.store import Store, open_store
from registry.fields import FIELDS
from tests import postgis
from tests.factories import make_agreement, make_corridor, make_deposit, make_project, sign_in
from tests.questions import questions
from web.app import create_app
from web.cli import qadam
from web.config import Settings

Args = dict[str, list[str]]
PLACES = (
    None,
    "69.24 41.30",
    "64.42 39.77",
    "76.95 43.25",
    "51.2 44.0",
    "LINESTRING(69 41, 70.5 42.9)",
    "LINESTRING(60 40, 80 60)",
    "POLYGON((58 37.9, 58.6 37.9, 58.6 38.4, 58 38.4, 58 37.9))",
    "MULTIPOINT((67 48), (74.6 42.9))",
)
NAMES = ("Солнце", "Wind of Zarafşan", "100% SUN_park", "Ёлка-2", "ßtraße İ", "が park", "O'Neill")
DRAWN = {"projects", "deposits", "corridors"}


@dataclass(frozen=True)
class Served:
    """A registry with the browsers that ask it, how the command finds it, and what is in it."""

    public: FlaskClient
    insider: FlaskClient
    settings: Settings
    file: Path
    records: dict[str, list[Any]]


def fill(session: Session) -> None:
    """Records of every collection that differ in all that can be asked for."""
    agreement = make_agreement(session, title="Договор Ё", date="2019", status="signed").ref
    make_agreement(session, title="New", date="2021-05", country="KZ", kind="energy")
    make_agreement(session, title="Newer", date="2027-01-01", country="TJ", kind="energy")
    for at, place in enumerate(PLACES * 3):
        make_project(
            session,
            place,
            name=NAMES[at % len(NAMES)],
            sector=("solar", "wind", "hydro", "grid", "hydrogen")[at % 5],
            status=("idea", "operating", "withdrawn", "construction")[at % 4],
            location_precision=("exact", "town", "region")[at % 3] if place else None,
            capacity_mw=(None, 10, 60.5, 400)[at % 4],
            start_year=(None, 2026, 2030)[at % 3],
            end_year=(None, 2031)[at % 2],
            publication=("public", "public", "internal", "draft")[at % 4],
            partners=([], ["JICA"], ["Masdar", "Ҷамъият"])[at % 3],
            partner_countries=([], ["JP"], ["AE", "TJ"])[at % 3],
            agreement=(None, agreement)[at % 2],
            alt_names=([], ["Quyosh @uz"])[at % 2],
        )
    for at, place in enumerate(PLACES[1:] * 2):
        make_deposit(
            session,
            place,
            name=NAMES[at % len(NAMES)],
            commodities=(["copper"], ["gas", "oil"], ["uranium"])[at % 3],
            status=("operating", None)[at % 2],
            kind=("field", "mine", "deposit")[at % 3],
            location_precision=("exact", "town", "approximate")[at % 3],
        )
    for at, line in enumerate(
        ("69 41, 75 40", "170 50, 180 55", "-180 55, -170 60", "60 40, 30 50")
    ):
        make_corridor(session, f"LINESTRING({line})", name=NAMES[at], transits_china=at % 2 == 0)


def served(store: Store, found_by: Settings, file: Path) -> Served:
    """The filled registry behind the whole program."""
    with store.writing() as session:
        fill(session)
    app = create_app(found_by, store)
    public, insider = app.test_client(), sign_in(app.test_client(), store)
    every = {
        each.id: insider.get(f"/export/{each.id}.geojson", buffered=True).get_json()["features"]
        for each in PUBLISHED
    }
    return Served(public, insider, found_by, file, every)


@pytest.fixture(scope="module", params=["geopackage", "postgis"])
def registry(
    request: pytest.FixtureRequest, empty_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A filled registry, once on each database."""
    if request.param == "geopackage":
        folder = tmp_path_factory.mktemp("same") / "data"
        shutil.copytree(empty_folder, folder)
        found_by = Settings(data=folder)
    else:
        server: str = request.getfixturevalue("server")
        name = f"same_{os.getpid()}"
        postgis.execute(server, f"CREATE DATABASE {name} TEMPLATE {postgis.TEMPLATE}")
        found_by = Settings(data=None, database_url=postgis.url(server, name))
    store = open_store(found_by.data, found_by.database_url)
    yield served(store, found_by, tmp_path_factory.mktemp("files") / "a.geojson")
    store.close()
    if found_by.data is None:
        postgis.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@settings(
    max_examples=50,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_any_question_finds_the_same_everywhere(registry: Served, data: st.DataObject) -> None:
    collection = data.draw(st.sampled_from(PUBLISHED), label="collection")
    asked: Args = data.draw(questions(collection, registry.records[collection.id]), label="asked")
    is_public = data.draw(st.booleans(), label="public")
    browser = registry.public if is_public else registry.insider
    check_same(registry, browser, collection, asked, is_public)


def check_same(
    registry: Served, browser: FlaskClient, collection: Collection, asked: Args, is_public: bool
) -> None:
    """Every surface gives these records in this order, or all refuse the question."""
    query = urlencode(asked, doseq=True)
    exported = browser.get(f"/export/{collection.id}.geojson?{query}", buffered=True)
    items = f"/api/collections/{collection.id}/items?{query}"
    if exported.status_code != 200:
        assert exported.status_code == 400
        assert browser.get(items).status_code == 400
        return
    found = exported.get_json()
    refs = [feature["id"] for feature in found["features"]]
    assert found["numberMatched"] == found["numberReturned"] == len(refs)
    located = {feature["id"] for feature in found["features"] if feature["geometry"]}
    page = max(1, len(refs) // 3)
    assert walked(browser, f"{items}&limit={page}", len(refs)) == refs
    middle = browser.get(f"{items}&limit={page}&offset={page}").get_json()
    assert [feature["id"] for feature in middle["features"]] == refs[page : 2 * page]
    assert middle["numberMatched"] == len(refs)
    if collection.id in DRAWN:
        drawn = browser.get(f"/map/{collection.id}.geojson?{query}").get_json()
        assert {feature["id"] for feature in drawn["features"]} == located
    if collection is PROJECTS:
        listed = browser.get(f"/projects?{query}").text
        assert re.findall(r'class="quiet ref">([^<]+)<', listed) == refs
        assert counted(listed) == counted(browser.get(f"/?{query}").text) == len(refs)
    if asked.keys() <= {field.name for field in FIELDS[collection.id]} | {"sortby"}:
        assert by_command(registry, collection, asked, is_public) == refs


def counted(page: str) -> int:
    """How many projects a page says it shows."""
    said = re.search(r'id="live-sentence".*?<strong>(\d+)</strong>', page, re.DOTALL)
    assert said
    return int(said[1])


def walked(browser: FlaskClient, first: str, count: int) -> list[str]:
    """The refs of all pages by their `next` links; by `prev` the same pages come backwards."""
    pages: list[list[str]] = []
    address, back = first, ""
    while address:
        document = browser.get(address).get_json()
        assert document["numberMatched"] == count
        pages.append([feature["id"] for feature in document["features"]])
        links = {link["rel"]: link["href"] for link in document["links"]}
        address, back = links.get("next", ""), links.get("prev", "")
    backwards = pages[-1:]
    while back:
        document = browser.get(back).get_json()
        backwards.insert(0, [feature["id"] for feature in document["features"]])
        back = {link["rel"]: link["href"] for link in document["links"]}.get("prev", "")
    refs = list(chain(*pages))
    assert list(chain(*backwards)) == refs
    return refs


def by_command(registry: Served, collection: Collection, asked: Args, is_public: bool) -> list[str]:
    """The refs in the file that `qadam export` writes."""
    words = [
        word
        for name, texts in asked.items()
        for text in texts
        for word in (f"--{name.replace('_', '-')}", text)
    ]
    source = ["--data", str(registry.settings.data)] if registry.settings.data else []
    url = {"QADAM_DATABASE_URL": registry.settings.database_url or ""}
    seen = ["--public"] if is_public else []
    to = ["export", str(registry.file), "--collection", collection.id]
    with mock.patch.dict(os.environ, url):
        done = CliRunner().invoke(qadam, [*to, *source, *seen, *words])
    assert done.exit_code == 0, done.output
    return [feature["id"] for feature in json.loads(registry.file.read_bytes())["features"]]
