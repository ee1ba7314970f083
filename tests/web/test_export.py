"""What is seen is what is exported: one filter, one set of records."""

import json
import re
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import geopandas
import pytest
from flask.testing import FlaskClient
from werkzeug.test import create_environ

from geo.formats import FORMATS, Format
from registry.clock import now
from registry.collections import PUBLISHED, Collection
from registry.database.store import Store
from tests.factories import make_project
from web.app import create_app
from web.config import Settings

QUESTIONS = (
    "",
    "country=UZ",
    "country=UZ&country=KG&sector=hydro,wind",
    "phase=pipeline&min_capacity_mw=100",
    "q=zarafshan",
    "precision=unlocated",
    "bbox=60,38,70,43&sortby=-capacity_mw",
    "near=69.24,41.3,100",
    "commodity=gas",
    "partner=JP",
    "filter=capacity_mw >= 100 AND A_CONTAINS(countries, ('UZ'))&sector=solar",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_export_holds_exactly_what_the_map_shows(seeded_client: FlaskClient, question: str) -> None:
    exported = json.loads(seeded_client.get(f"/export/projects.geojson?{question}").data)
    drawn = json.loads(seeded_client.get(f"/map/projects.geojson?{question}").data)
    page = seeded_client.get(f"/?{question}").text
    refs = {feature["id"] for feature in exported["features"]}
    assert (
        exported["numberMatched"]
        == exported["numberReturned"]
        == len(exported["features"])
        == len(refs)
    )
    located = {feature["id"] for feature in exported["features"] if feature["geometry"]}
    assert {feature["id"] for feature in drawn["features"]} == located
    listed = set(re.findall(r"/projects/(P-\d{6})", page))
    assert listed == refs


def test_a_file_holds_as_many_as_it_says_while_records_are_added(store: Store) -> None:
    app = create_app(Settings(), store)
    with store.writing() as session:
        make_project(session)
    address = create_environ("/export/projects.geojson")
    answer = app.wsgi_app(address, lambda *_: lambda _: None)
    with store.writing() as session:
        make_project(session)
    document = json.loads(b"".join(answer))
    answer.close()  # type: ignore[attr-defined]  # a server does
    assert document["numberMatched"] == len(document["features"]) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_download_lets_go_of_the_database(embedded: Store, method: str) -> None:
    client = create_app(Settings(), embedded).test_client()
    for _ in range(3):
        with client.open("/export/projects.geojson", method=method) as answer:
            assert answer.status_code == 200
            assert len(answer.data) > 0 or method == "HEAD"
    assert embedded.records.pool.checkedout() == 0  # type: ignore[attr-defined]  # of its kind of pool


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_every_collection_can_be_exported(
    seeded_client: FlaskClient, collection: Collection, tmp_path: Path
) -> None:
    answer = seeded_client.get(f"/export/{collection.id}.geojson")
    assert answer.status_code == 200
    assert answer.content_type == "application/geo+json"
    (tmp_path / "a.geojson").write_bytes(answer.data)
    frame = geopandas.read_file(tmp_path / "a.geojson")
    assert len(frame) == json.loads(answer.data)["numberMatched"] > 0


def test_the_file_says_what_it_holds(seeded_client: FlaskClient) -> None:
    answer = seeded_client.get("/export/projects.geojson?country=UZ&sector=solar")
    name = f"qadam-projects_country-UZ_sector-solar_{now().date().isoformat()}.geojson"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    head = json.loads(answer.data)
    assert head["filter"] == {"country": ["UZ"], "sector": ["solar"]}
    assert head["timeStamp"].endswith("Z")


def test_a_file_is_valid_rfc_7946(seeded_client: FlaskClient) -> None:
    text = seeded_client.get("/export/corridors.geojson").text
    document = json.loads(text)
    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    for number in re.findall(r"-?\d+\.(\d+)", text.split('"features"')[1].split('"properties"')[0]):
        assert len(number) <= 7
    for feature in document["features"]:
        assert set(feature) >= {"type", "id", "geometry", "properties"}


def test_a_project_without_a_place_has_a_null_geometry(seeded_client: FlaskClient) -> None:
    document = json.loads(seeded_client.get("/export/projects.geojson?precision=unlocated").data)
    assert document["features"]
    assert all(feature["geometry"] is None for feature in document["features"])


def test_newline_geojson_is_one_feature_a_line(seeded_client: FlaskClient) -> None:
    lines = seeded_client.get("/export/projects.geojsonl?country=KG").text.splitlines()
    assert (
        len(lines)
        == json.loads(seeded_client.get("/export/projects.geojson?country=KG").data)[
            "numberMatched"
        ]
    )
    assert all(json.loads(line)["type"] == "Feature" for line in lines)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/export/projects.geojson?colour=red", 400, "colour"),
        ("/export/projects.geojson?sector=gas", 400, "solar, wind, hydro"),
        ("/export/projects.geojson?bbox=1,2", 400, "four numbers"),
        ("/export/projects.doc", 404, "geojson"),
        ("/export/planets.geojson", 404, "projects, deposits"),
        ("/?country=RU", 400, "KZ, KG, TJ, TM, UZ"),
        ("/projects?limit=0", 400, "limit"),
        ("/projects?cursor=W2ZhbHNlLDFd", 400, "is no filter of projects"),
        ("/export/projects.geojson?cursor=W2ZhbHNlLDFd", 400, "is no filter of projects"),
        ("/projects/P-999999", 404, "P-999999"),
        ("/deposits/none", 404, "none"),
        ("/nowhere", 404, "map"),
    ],
)
def test_a_wrong_address_gets_a_sentence(
    seeded_client: FlaskClient, path: str, status: int, words: str
) -> None:
    for accept in ("text/html", "application/json"):
        answer = seeded_client.get(path, headers={"Accept": accept})
        assert answer.status_code == status
        assert words in answer.text
        assert "Traceback" not in answer.text
    assert answer.content_type == "application/problem+json"


def test_drafts_are_exported_only_to_those_who_sign_in(
    client: FlaskClient, planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, publication="internal")
    assert json.loads(client.get("/export/projects.geojson").data)["numberMatched"] == 0
    assert json.loads(planner.get("/export/projects.geojson").data)["numberMatched"] == 1


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("address", ["projects", "opportunities"])
def test_every_format_is_offered_and_holds_what_the_page_shows(
    seeded_client: FlaskClient, form: Format, address: str
) -> None:
    page = seeded_client.get("/?country=KG" if address == "projects" else "/opportunities").text
    (link,) = set(re.findall(rf'href="(/export/{address}\.{form.extension}\b[^"]*)"', page))
    answer = seeded_client.get(link.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert answer.content_type == form.media_type
    assert answer.headers["Content-Disposition"].endswith(f'.{form.extension}"')
    refs = {row.ref for row in form.read(BytesIO(answer.data))}
    plain = link.replace("&amp;", "&").replace(form.extension, "geojson", 1)
    document = json.loads(seeded_client.get(plain).data)
    assert refs == {feature["id"] for feature in document["features"]} != set()


@pytest.mark.parametrize(
    ("ending", "inside"),
    [
        ("gpkg", None),
        ("kml", None),
        ("shp.zip", "projects_about.txt"),
        ("xlsx", "xl/worksheets/sheet2.xml"),
    ],
)
def test_a_file_says_its_filter_where_its_format_has_room(
    seeded_client: FlaskClient, ending: str, inside: str | None
) -> None:
    data = seeded_client.get(f"/export/projects.{ending}?country=KG&sector=hydro").data
    if inside:
        data = ZipFile(BytesIO(data)).read(inside)
    said = unescape(data.decode("utf-8", "replace"))
    assert '{"country":["KG"],"sector":["hydro"]}' in said
    assert "numberMatched" in said
