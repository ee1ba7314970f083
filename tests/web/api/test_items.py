"""Items and item: parameters, systems, forms of an answer, and what is wrong with a question."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry import decisions
from registry.collections import PUBLISHED
from registry.database.store import Store
from registry.features import refresh_text
from registry.models import Project
from tests.factories import ALMATY, BUKHARA, REVIEWER, TASHKENT, make_agreement, make_project

ITEMS = "/api/collections/projects/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def three(client: FlaskClient, embedded: Store) -> FlaskClient:
    """Projects in Tashkent, Bukhara and Almaty, and one without a place."""
    with embedded.writing() as session:
        for ref, place in (("T", TASHKENT), ("B", BUKHARA), ("A", ALMATY), ("N", None)):
            make_project(session, place, ref=ref, name=f"Park {ref}", capacity_mw=ord(ref))
    return client


def refs(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 200, answer.text
    return [feature["id"] for feature in answer.get_json()["features"]]


def links(answer: TestResponse) -> dict[str, str]:
    return {one["rel"]: one["href"] for one in answer.get_json()["links"]}


@pytest.mark.parametrize(
    ("box", "crs", "expected"),
    [
        ("64,39,70,42", "", ["T", "B"]),
        ("64,39,-100,70,42,9000", "", ["T", "B"]),
        ("75,40,-170,60", "", ["A"]),
        ("39,64,42,70", "4326", ["T", "B"]),
        ("40,75,60,-170", "4326", ["A"]),
        ("39,64,0,42,70,0", "4326", ["T", "B"]),
        ("7000000,4800000,7800000,5100000", "3857", ["T", "B"]),
        ("500000,4500000,700000,4700000", "32642", ["T"]),
    ],
)
def test_a_box_is_read_in_the_system_it_is_given_in(
    three: FlaskClient, box: str, crs: str, expected: list[str]
) -> None:
    assert refs(three, f"bbox={box}" + (f"&bbox-crs={EPSG}{crs}" if crs else "")) == expected


@pytest.mark.parametrize(
    ("crs", "expected"),
    [
        ("4326", [41.3, 69.24]),
        ("3857", [7707761.543, 5056692.809]),  # as GDAL's own gdaltransform has them
        ("32642", [520092.578, 4572088.552]),
    ],
)
def test_positions_are_answered_in_the_system_asked_for(
    three: FlaskClient, crs: str, expected: list[float]
) -> None:
    for path in (f"{ITEMS}?limit=1&crs={EPSG}{crs}", f"{ITEMS}/T?crs={EPSG}{crs}"):
        answer = three.get(path)
        assert answer.headers["Content-Crs"] == f"<{EPSG}{crs}>"
        first = answer.get_json().get("features", [answer.get_json()])[0]
        assert first["geometry"]["coordinates"] == pytest.approx(expected, abs=0.001)


def test_without_a_crs_the_answer_says_crs84(three: FlaskClient) -> None:
    for path in (ITEMS, f"{ITEMS}/T", f"{ITEMS}/N?crs={EPSG}3857"):
        assert three.get(path).headers["Content-Crs"].startswith("<http://www.opengis.net/def/crs/")
    assert "CRS84" in three.get(ITEMS).headers["Content-Crs"]


def test_only_the_properties_asked_for_are_sent(three: FlaskClient) -> None:
    for path in (f"{ITEMS}?limit=1&properties=name,sector", f"{ITEMS}/T?properties=name,sector"):
        document = three.get(path).get_json()
        first = document.get("features", [document])[0]
        assert first["properties"] == {"name": "Park T", "sector": "solar"}
        assert first["geometry"]["type"] == "Point"


def test_the_page_s_own_filters_are_parameters(seeded_client: FlaskClient) -> None:
    query = "country=KZ&sector=solar,wind&min_capacity_mw=50&sortby=-capacity_mw&limit=1000"
    from_api = seeded_client.get(f"{ITEMS}?{query}").get_json()
    from_file = json.loads(seeded_client.get(f"/export/projects.geojson?{query}").data)
    assert from_api["features"] == from_file["features"]
    assert from_api["numberMatched"] == from_file["numberMatched"] > 0


def test_a_limit_above_the_maximum_is_clamped(three: FlaskClient) -> None:
    assert three.get(f"{ITEMS}?limit=99999").status_code == 200
    assert len(refs(three, "limit=2")) == 2
    assert refs(three, "offset=3") == ["N"]
    assert refs(three, "offset=30") == []


def test_without_a_limit_there_are_ten(seeded_client: FlaskClient) -> None:
    assert seeded_client.get(ITEMS).get_json()["numberReturned"] == 10


def test_prev_leads_back(three: FlaskClient) -> None:
    first = three.get(f"{ITEMS}?limit=2&sortby=-name")
    second = three.get(links(first)["next"])
    assert "next" not in links(second)
    back = three.get(links(second)["prev"])
    assert back.get_json()["features"] == first.get_json()["features"]


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3", "bbox=1,2,3,4,5", "bbox=1,50,2,40", "bbox=nan,1,2,3", "bbox=1,2,inf,4",
        "bbox=1,2,3,400", "bbox=a,b,c,d", "bbox=1,2,3,4&bbox=1,2,3,4",
        "bbox=1,2,3,4&bbox-crs=EPSG:2154", f"bbox=1,9,0,2&bbox-crs={EPSG}3857",
        f"bbox=nan,1,2,3&bbox-crs={EPSG}32642", "crs=EPSG:2154", "crs=" + "x" * 4000,
        "limit=0", "limit=-1", "limit=many", "limit=1.5", "limit=" + "9" * 5000, "limit=1&limit=2",
        "offset=-1", "f=xml", "f=" + "j" * 4000, "datetime=now", "datetime=2026-01-02/2026-01-01",
        "sortby=colour", "properties=colour", "colour=red", "capacity_mw=much", "sector=gas",
        "q=", "near=1,2", "filter-lang=sql", "filter-crs=EPSG:2154", "filter=name", "filter=((((",
    ],
)  # fmt: skip
def test_a_question_that_is_wrong_is_told_what_and_where(three: FlaskClient, query: str) -> None:
    answer = three.get(f"{ITEMS}?{query}")
    if query == "q=":  # an empty value is not set, as a form sends it
        assert answer.status_code == 200
        return
    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == 400
    assert query.split("=", maxsplit=1)[0].split("-crs", maxsplit=1)[0] in problem["detail"]
    assert len(problem["detail"]) < 1200


@pytest.mark.parametrize("path", ["/api", "/api/conformance", "/api/collections", f"{ITEMS}/T"])
def test_no_address_takes_what_it_does_not_know(three: FlaskClient, path: str) -> None:
    answer = three.get(f"{path}?colour=red")
    assert answer.status_code == 400
    assert "colour" in answer.get_json()["detail"]


def test_drafts_leak_by_no_parameter(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", name="Secret", publication="draft", capacity_mw=7)
        make_project(session, ref="P-2", name="Within", publication="internal", start_year=2030)
    for query in (
        "", "publication=draft", "name=Secret", "q=secret", "capacity_mw=7", "sortby=name",
        "bbox=60,40,80,45", "datetime=2030-06-01", "near=69.24,41.3,10", "properties=name",
        f"crs={EPSG}3857",
    ):  # fmt: skip
        answer = client.get(f"{ITEMS}?{query}").get_json()
        assert (answer["numberMatched"], answer["features"]) == (0, []), query
    for ref in ("P-1", "P-2"):
        assert client.get(f"{ITEMS}/{ref}").status_code == 404
    assert "extent" not in client.get("/api/collections/projects").get_json()


def test_one_who_signed_in_sees_drafts_and_nobody_keeps_them(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", publication="draft")
    answer = planner.get(ITEMS)
    assert answer.get_json()["numberMatched"] == 1
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"Cookie", "Authorization"} <= set(answer.vary.as_set(preserve_casing=True))


def test_records_without_a_place_lie_in_no_box(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_agreement(session)
    items = "/api/collections/agreements/items"
    assert client.get(items).get_json()["numberMatched"] == 1
    assert client.get(f"{items}?bbox=-180,-90,180,90").get_json()["numberMatched"] == 0


def test_a_merged_record_leads_to_the_one_that_stands(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1"), make_project(session, ref="P-2")
        decisions.merge(session, "P-1", "P-2", REVIEWER, "the same plant")
    answer = client.get(f"{ITEMS}/P-2")
    assert answer.status_code == 301
    assert answer.location.endswith(f"{ITEMS}/P-1")


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/P-000001", "/api/collections"])
def test_what_has_not_changed_is_not_sent_again(seeded_client: FlaskClient, path: str) -> None:
    for encoding in ("identity", "gzip", "zstd"):
        headers = {"Accept-Encoding": encoding}
        tag = seeded_client.get(path, headers=headers).headers["ETag"]
        again = seeded_client.get(path, headers=headers | {"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


def test_a_change_changes_the_tags(client: FlaskClient, embedded: Store) -> None:
    paths = (ITEMS, f"{ITEMS}/P-1", "/api/collections")
    with embedded.writing() as session:
        make_project(session, ref="P-1")
    before = [client.get(path).headers["ETag"] for path in paths]
    with embedded.writing() as session:
        project = session.scalar(select(Project))
        assert project is not None
        project.name, project.start_year = "Another name", 2027
        refresh_text(project)
    assert not set(before) & {client.get(path).headers["ETag"] for path in paths}


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_long_answers_are_packed_as_asked(
    seeded_client: FlaskClient, asked: str, sent: str | None
) -> None:
    plain: Any = seeded_client.get(f"{ITEMS}?limit=50").get_json()["features"]
    answer = seeded_client.get(f"{ITEMS}?limit=50", headers={"Accept-Encoding": asked})
    unpack: dict[str | None, Callable[[bytes], bytes]]
    unpack = {"gzip": gzip.decompress, "zstd": zstandard.decompress, None: bytes}
    assert answer.headers.get("Content-Encoding") == sent
    assert json.loads(unpack[sent](answer.data))["features"] == plain
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_short_answers_are_sent_as_they_are(client: FlaskClient) -> None:
    answer = client.get(ITEMS, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_head_says_what_get_would(seeded_client: FlaskClient, collection: Any) -> None:
    path = f"/api/collections/{collection.id}/items"
    head, got = seeded_client.head(path), seeded_client.get(path)
    assert head.data == b""
    for name in ("Content-Type", "ETag", "Content-Crs", "Vary"):
        assert head.headers[name] == got.headers[name]


def test_other_methods_are_told_which_there_are(client: FlaskClient) -> None:
    assert {"GET", "HEAD", "OPTIONS"} <= set(client.options(ITEMS).allow)
    refused = client.open("/api/collections", method="DELETE")
    assert refused.status_code == 405
    assert refused.content_type == "application/problem+json"
    assert {"GET", "HEAD", "OPTIONS"} <= set(refused.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/api", ITEMS, f"{ITEMS}/none", "/api/nowhere", f"{ITEMS}?f=x"])
def test_pages_elsewhere_may_read_without_credentials(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://map.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert client.get("/").headers.get("Access-Control-Allow-Origin") is None


def test_an_address_that_nobody_has_is_a_problem_for_programs(client: FlaskClient) -> None:
    for path in ("/api/nowhere", "/api/collections/none", "/api/collections/none/items"):
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    page = client.get("/api/nowhere", headers={"Accept": "text/html"})
    assert page.content_type.startswith("text/html")


def test_a_form_that_nobody_writes_is_refused(client: FlaskClient) -> None:
    answer = client.get(ITEMS, headers={"Accept": "image/png"})
    assert (answer.status_code, answer.content_type) == (406, "application/problem+json")
