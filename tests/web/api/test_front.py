"""The layer before Flask says what Flask says, and leaves to it all that it does not know."""

import gzip
from typing import Any
from unittest import mock

import orjson
import pytest
import zstandard
from flask.testing import FlaskClient

from registry.database.store import Store
from tests.factories import make_deposit, make_project
from web.api.front import Front
from web.app import create_app
from web.config import Settings

ITEMS = "/api/collections/projects/items"
ANSWERED = (
    ITEMS,
    f"{ITEMS}?limit=2",
    f"{ITEMS}?f=json&limit=2&offset=2",
    f"{ITEMS}?country=UZ&sector=solar,wind&limit=1",
    f"{ITEMS}?bbox=69,41,70,42&q=park",
    f"{ITEMS}?q=%D1%81%D0%BE%D0%BB%D0%BD%D1%86%D0%B5",
    f"{ITEMS}?min_capacity_mw=&limit=1",
    f"{ITEMS}?country=UZ&sector=solar&country=KZ&limit=1",
    f"{ITEMS}/P-000001",
    f"{ITEMS}/P-000001?f=json",
    "/api/collections/deposits/items?commodity=copper",
    "/api/collections/agreements/items",
    "/api/collections/corridors/items",
)
LEFT = (
    "/api/collections",
    "/api/collections/projects",
    "/api/collections/nothing/items",
    f"{ITEMS}?f=html",
    f"{ITEMS}?sortby=name",
    f"{ITEMS}?partner=JICA",
    f"{ITEMS}?near=69,41,50",
    f"{ITEMS}?crs=http://www.opengis.net/def/crs/EPSG/0/4326",
    f"{ITEMS}?properties=name",
    f"{ITEMS}?limit=0",
    f"{ITEMS}?limit=1&limit=2",
    f"{ITEMS}?bbox=1,2,3",
    f"{ITEMS}?cursor=x",
    f"{ITEMS}?nothing=1",
    f"{ITEMS}?q=%00",
    f"{ITEMS}?q=%ff",
    f"{ITEMS}/P-9",
    f"{ITEMS}/P-000001/more",
    f"{ITEMS}/P-000006",
    f"{ITEMS}/",
    "/api/collections/cross_references/items",
)


@pytest.fixture
def client(embedded: Store) -> FlaskClient:
    """The whole application over some projects, one of which is not public."""
    with embedded.writing() as session:
        for at in range(5):
            make_project(session, name=f"Park {at}", sector="solar" if at else "wind")
        make_project(session, publication="internal")
        make_deposit(session)
    return create_app(Settings(), embedded).test_client()


def by(client: FlaskClient, address: str, *, front: bool, **headers: str) -> Any:
    """An answer, and that it came from the layer before Flask or not."""
    answer = Front._answer
    found: list[bool] = []

    def keep(self: Front, environ: Any) -> Any:
        got = answer(self, environ) if front else None
        found.append(got is not None)
        return got

    with mock.patch.object(Front, "_answer", keep):
        response = client.get(address, headers=headers)
    return response, any(found)


@pytest.mark.parametrize("address", ANSWERED)
def test_what_it_answers_is_what_flask_answers(client: FlaskClient, address: str) -> None:
    quick, was_quick = by(client, address, front=True)
    slow, _ = by(client, address, front=False)
    assert was_quick
    assert quick.status_code == slow.status_code == 200
    said, expected = (orjson.loads(each.data) for each in (quick, slow))
    assert said | {"timeStamp": ""} == expected | {"timeStamp": ""}
    # A server adds the date; the policy for scripts is one for documents without any.
    policy = "Content-Security-Policy"
    for name in {*quick.headers.keys(), *slow.headers.keys()} - {policy, "Date"}:
        assert _words(quick.headers[name]) == _words(slow.headers[name]), name
    assert policy in quick.headers


def _words(header: str) -> set[str]:
    return set(header.split(", "))


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br, zstd", "br", "identity;q=1"])
@pytest.mark.parametrize("address", [ITEMS, f"{ITEMS}/P-000001", f"{ITEMS}?limit=1&offset=4"])
def test_it_packs_as_flask_packs(client: FlaskClient, address: str, accepted: str) -> None:
    quick, was_quick = by(client, address, front=True, **{"Accept-Encoding": accepted})
    slow, _ = by(client, address, front=False, **{"Accept-Encoding": accepted})
    assert was_quick
    for name in ("Content-Encoding", "ETag"):
        assert quick.headers.get(name) == slow.headers.get(name)
    said, expected = (_unpacked(each) for each in (quick, slow))
    assert said | {"timeStamp": ""} == expected | {"timeStamp": ""}


def _unpacked(response: Any) -> Any:
    encoding, data = response.headers.get("Content-Encoding"), response.data
    if encoding == "gzip":
        data = gzip.decompress(data)
    elif encoding == "zstd":
        data = zstandard.ZstdDecompressor().decompress(data)
    return orjson.loads(data)


@pytest.mark.parametrize("address", LEFT)
def test_what_it_does_not_know_is_left_to_flask(client: FlaskClient, address: str) -> None:
    response, was_quick = by(client, address, front=True)
    assert not was_quick
    assert response.status_code < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/html"},
        {"Authorization": "Bearer x"},
        {"If-Match": '"x"'},
    ],
    ids=str,
)
def test_a_request_that_says_more_is_left_to_flask(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    _, was_quick = by(client, ITEMS, front=True, **headers)
    assert not was_quick


def test_a_browser_that_signed_in_is_left_to_flask(client: FlaskClient) -> None:
    client.set_cookie("qadam", "x")
    _, was_quick = by(client, ITEMS, front=True)
    assert not was_quick


def test_its_tag_asks_again_and_changes_with_the_records(
    client: FlaskClient, embedded: Store
) -> None:
    for address in (ITEMS, f"{ITEMS}/P-000001"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert again.status_code == 304
    with embedded.writing() as session:
        make_project(session)
    again = client.get(ITEMS, headers={"If-None-Match": client.get(ITEMS).headers["ETag"]})
    assert again.status_code == 304
    assert client.get(ITEMS, headers={"If-None-Match": tag}).status_code == 200


def test_pages_lead_on_to_the_end_and_back(client: FlaskClient) -> None:
    seen, page = [], f"{ITEMS}?limit=2"
    while page:
        found = orjson.loads(client.get(page).data)
        seen += [feature["id"] for feature in found["features"]]
        links = {link["rel"]: link["href"] for link in found["links"]}
        page, last = links.get("next", ""), links
    assert seen == [f"P-{number:06d}" for number in range(1, 6)]
    found = orjson.loads(client.get(last["prev"]).data)
    assert [feature["id"] for feature in found["features"]] == seen[2:4]


def test_a_record_that_becomes_public_is_seen_at_once(client: FlaskClient, embedded: Store) -> None:
    before = orjson.loads(client.get(ITEMS).data)["numberMatched"]
    with embedded.writing() as session:
        make_project(session)
    assert orjson.loads(client.get(ITEMS).data)["numberMatched"] == before + 1


@pytest.mark.parametrize("accepted", ["", "gzip"])
@pytest.mark.parametrize("address", ANSWERED)
def test_who_has_an_answer_hears_that_nothing_changed(
    client: FlaskClient, address: str, accepted: str
) -> None:
    had = client.get(address, headers={"Accept-Encoding": accepted}).headers["ETag"]
    told = {"Accept-Encoding": accepted, "If-None-Match": f'"x", {had}'}
    quick, was_quick = by(client, address, front=True, **told)
    slow, _ = by(client, address, front=False, **told)
    assert was_quick
    assert quick.status_code == slow.status_code == 304
    assert quick.data == slow.data == b""
    assert {*quick.headers.keys()} == {*slow.headers.keys()} - {"Date"}
    assert quick.headers["ETag"] == slow.headers["ETag"]


@pytest.mark.parametrize("address", ANSWERED)
def test_who_has_another_answer_gets_this_one(client: FlaskClient, address: str) -> None:
    told = {"If-None-Match": 'W/"x", "y"'}
    quick, was_quick = by(client, address, front=True, **told)
    assert was_quick
    assert quick.status_code == 200
    assert orjson.loads(quick.data)
