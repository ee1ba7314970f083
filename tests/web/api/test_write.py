"""Writing over the API: by the rules of the form, told in the words of the standard."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry import decisions, history
from registry.collections import COLLECTIONS, PUBLISHED, Collection
from registry.database.store import Store
from tests.factories import REVIEWER, make_agreement, make_project, make_token
from web.app import create_app
from web.config import Rate, Settings

ROOT = "/api/collections"
ITEMS = f"{ROOT}/projects/items"
POINT = {"type": "Point", "coordinates": [69.24, 41.3]}
PROPERTIES = {"name": "Wind park", "sector": "wind", "status": "idea"}
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "projects": (PROPERTIES, POINT),
    "deposits": ({"name": "Hill", "commodities": ["gold"], "kind": "mine"}, POINT),
    "corridors": ({"name": "Road", "kind": "rail"}, None),
    "agreements": ({"title": "Memorandum", "country": "UZ", "kind": "jcm"}, None),
}
Send = Callable[..., TestResponse]


def feature(
    properties: Mapping[str, Any] = PROPERTIES, geometry: Any = POINT, **members: Any
) -> dict[str, Any]:
    """A Feature as it is sent."""
    return {"type": "Feature", "properties": properties, "geometry": geometry} | members


@pytest.fixture
def send(client: FlaskClient, embedded: Store) -> Send:
    """Send something with a token; by default a Feature of a reviewer."""
    held = {role: make_token(embedded, role, f"{role}-script") for role in ("reviewer", "planner")}

    def send_it(
        method: str, address: str, body: Any = None, role: str = "reviewer", **headers: str
    ) -> TestResponse:
        given = {"Authorization": f"Bearer {held[role]}"}
        if body is not None:
            patch = method == "PATCH"
            given["Content-Type"] = f"application/{'merge-patch' if patch else 'geo'}+json"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, str | bytes | None) else json.dumps(body)
        return client.open(address, method=method, data=data, headers=given)

    return send_it


@pytest.fixture
def stored(send: Send) -> tuple[str, str]:
    """The address and the tag of a project."""
    answer = send("POST", ITEMS, feature())
    return answer.location, answer.headers["ETag"]


def errors(answer: TestResponse, status: int = 422) -> dict[str, list[str]]:
    """The faults by field."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    said: dict[str, list[str]] = answer.get_json()["errors"]
    return said


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_a_record_is_created_replaced_changed_and_removed(
    send: Send, client: FlaskClient, embedded: Store, collection: Collection
) -> None:
    properties, geometry = EXAMPLES[collection.id]
    named = collection.named_by
    made = send("POST", f"{ROOT}/{collection.id}/items", feature(properties, geometry))
    assert (made.status_code, made.data) == (201, b"")
    assert "Content-Type" not in made.headers
    read = client.get(made.location)
    assert read.headers["ETag"] == made.headers["ETag"]
    assert read.get_json()["properties"][named] == properties[named]

    new = feature(properties | {named: "Replaced"}, geometry)
    replaced = send("PUT", made.location, new, If_Match=made.headers["ETag"])
    assert (replaced.status_code, replaced.data) == (204, b"")
    changed = send(
        "PATCH",
        made.location,
        {"properties": {named: "Changed"}},
        If_Match=replaced.headers["ETag"],
        Qadam_Reason="A better name",
    )
    assert changed.status_code == 204
    assert client.get(made.location).get_json()["properties"][named] == "Changed"
    gone = send("DELETE", made.location, If_Match=changed.headers["ETag"], Qadam_Reason="Twice")
    assert gone.status_code == 204
    read = client.get(made.location)
    assert (read.status_code, "was removed on" in read.get_json()["detail"]) == (404, True)
    with embedded.reading() as session:
        ref = made.location.rsplit("/", 1)[1]
        told = history.changes(session, collection.id, ref)
    assert [(one.action, one.actor, one.reason) for one in told] == [
        ("remove", "reviewer-script", "Twice"),
        ("revise", "reviewer-script", "A better name"),
        ("revise", "reviewer-script", None),
        ("create", "reviewer-script", None),
    ]


def test_a_page_of_items_follows_every_change(
    send: Send, client: FlaskClient, stored: tuple[str, str]
) -> None:
    address, tag = stored
    for method, body in (("PATCH", {"properties": {"name": "New"}}), ("DELETE", None)):
        seen = client.get(ITEMS).headers["ETag"]
        assert client.get(ITEMS, headers={"If-None-Match": seen}).status_code == 304
        tag = send(method, address, body, If_Match=tag).headers.get("ETag", "")
        assert client.get(ITEMS, headers={"If-None-Match": seen}).status_code == 200


def test_what_was_read_can_be_sent_back_and_nothing_changes(
    send: Send, client: FlaskClient, stored: tuple[str, str]
) -> None:
    address, tag = stored
    again = send("PUT", address, client.get(address).get_json(), If_Match=tag)
    assert (again.status_code, again.headers["ETag"]) == (204, tag)
    assert client.get(address).get_json()["properties"]["version"] == 1


def test_a_patch_takes_away_what_it_calls_null(
    send: Send, client: FlaskClient, stored: tuple[str, str]
) -> None:
    address, tag = stored
    tag = send("PATCH", address, {"properties": {"summary": "Big"}}, If_Match=tag).headers["ETag"]
    assert client.get(address).get_json()["properties"]["summary"] == "Big"
    send("PATCH", address, {"properties": {"summary": None}}, If_Match=tag)
    assert client.get(address).get_json()["properties"]["summary"] is None


def test_the_stored_record_is_answered_to_who_prefers_it(send: Send) -> None:
    old = feature(PROPERTIES | {"start_year": 1990})
    answer = send("POST", ITEMS, old, Prefer="return=representation")
    assert answer.headers["Preference-Applied"] == "return=representation"
    document = answer.get_json()
    assert document["properties"]["countries"] == ["UZ"]
    assert "past" in document["warnings"][0]


@pytest.mark.parametrize(
    ("crs", "coordinates"),
    [
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", [69.24, 41.3]),
        (f"{EPSG}4326", [41.3, 69.24]),
        (f"{EPSG}3857", [7707761.542, 5056692.809]),
        (f"{EPSG}32642", [520092.578, 4572088.552]),
    ],
)
def test_a_place_may_come_in_other_systems(
    send: Send, client: FlaskClient, crs: str, coordinates: list[float]
) -> None:
    sent = feature(geometry={"type": "Point", "coordinates": coordinates})
    made = send("POST", ITEMS, sent, Content_Crs=f"<{crs}>")
    place = client.get(made.location).get_json()["geometry"]["coordinates"]
    assert place == pytest.approx([69.24, 41.3], abs=1e-6)
    # A patch without a place leaves it where it is, whatever the header says.
    changed = send(
        "PATCH",
        made.location,
        {"properties": {"name": "Park"}},
        If_Match=made.headers["ETag"],
        Content_Crs=f"<{crs}>",
    )
    assert changed.status_code == 204
    assert client.get(made.location).get_json()["geometry"]["coordinates"] == place
    there = {"geometry": {"type": "Point", "coordinates": coordinates}}
    tag = changed.headers["ETag"]
    moved = send("PATCH", made.location, there, If_Match=tag, Content_Crs=f"<{crs}>")
    assert moved.headers["ETag"] == tag


def test_an_unknown_system_is_told_those_that_there_are(send: Send) -> None:
    answer = send("POST", ITEMS, feature(), Content_Crs=f"<{EPSG}9999>")
    assert answer.status_code == 400
    assert "EPSG:32642" in answer.get_json()["detail"]


@pytest.mark.parametrize("crs", ["32642", "4326", "3857"])
@pytest.mark.parametrize("far", [1e30, -1e308])
def test_a_place_beyond_a_system_is_a_fault_of_the_geometry_alone(
    send: Send, crs: str, far: float
) -> None:
    beyond = {"type": "Point", "coordinates": [far, far]}
    answer = send("POST", ITEMS, feature(geometry=beyond), Content_Crs=f"<{EPSG}{crs}>")
    assert errors(answer).keys() == {"geometry"}


def test_every_fault_is_told_at_once_by_its_field(send: Send) -> None:
    wrong = {"sector": "gas", "status": "idea", "capcity_mw": 5, "end_year": 1, "parent": "P-9"}
    answer = send("POST", ITEMS, {"type": "Thing", "properties": wrong, "geometry": {"a": 1}})
    assert errors(answer).keys() == {
        "type",
        "name",
        "sector",
        "capcity_mw",
        "end_year",
        "parent",
        "geometry",
    }


@pytest.mark.parametrize(
    "properties", [None, [], "x", 1, {"name": {"a": [1]}, "sector": [[]], "capacity_mw": {}}]
)
def test_properties_of_any_shape_are_a_fault_and_no_failure(send: Send, properties: Any) -> None:
    assert errors(send("POST", ITEMS, feature(properties)))


def test_endless_unknown_names_are_refused_in_few_words(send: Send) -> None:
    many = {f"{place}{'x' * 5_000}": 1 for place in range(100)}
    assert len(send("POST", ITEMS, feature(PROPERTIES | many)).data) < 20_000


def test_the_id_of_another_record_is_a_fault(send: Send, stored: tuple[str, str]) -> None:
    address, tag = stored
    assert errors(send("PUT", address, feature(id="P-9"), If_Match=tag)).keys() == {"id"}
    assert errors(send("PATCH", address, {"id": "P-9"}, If_Match=tag)).keys() == {"id"}


def test_an_agreement_has_no_place(send: Send) -> None:
    sent = feature(EXAMPLES["agreements"][0], POINT)
    assert errors(send("POST", f"{ROOT}/agreements/items", sent)).keys() == {"geometry"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nothing",
        b"\xff\xfe",
        '{"type": "Feature", "properties": {"name": NaN}}',
        "[" * 5_000 + "]" * 5_000,
        '{"type":"Feature","properties":{"sources":' + "[" * 100 + "]" * 100 + "}}",
    ],
)
def test_a_body_that_is_no_json_or_too_deep_is_refused(send: Send, body: str | bytes) -> None:
    answer = send("POST", ITEMS, body)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert "body is" in answer.get_json()["detail"]


@pytest.mark.parametrize("body", ["[]", "1", "null", '"Feature"'])
def test_a_body_that_is_no_object_is_a_fault(send: Send, body: str) -> None:
    assert errors(send("POST", ITEMS, body)).keys() == {"body"}


def test_collections_of_collections_end(send: Send) -> None:
    nested: dict[str, Any] = POINT
    for _ in range(25):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    assert errors(send("POST", ITEMS, feature(geometry=nested))).keys() == {"geometry"}


def test_a_body_that_is_too_large_is_refused(embedded: Store) -> None:
    client = create_app(Settings(longest_record_bytes=1_000), embedded).test_client()
    headers = {"Authorization": f"Bearer {make_token(embedded, 'planner')}"}
    headers["Content-Type"] = "application/geo+json"
    for length, status in ((200, 201), (2_000, 413)):
        sent = json.dumps(feature(PROPERTIES | {"summary": "x" * length})).encode()
        answer = client.post(ITEMS, data=sent, headers=headers)
        assert answer.status_code == status
        assert status == 201 or answer.content_type == "application/problem+json"
        chunked = {"wsgi.input_terminated": True}
        stream = io.BytesIO(sent.replace(b"Wind park", b"Sun farm").replace(b"wind", b"solar"))
        answer = client.post(ITEMS, input_stream=stream, headers=headers, environ_overrides=chunked)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("POST", "text/plain"),
        ("POST", "application/xml"),
        ("POST", "application/x-www-form-urlencoded"),
        ("PUT", "application/merge-patch+json"),
        ("PATCH", "application/json-patch+json"),
    ],
)
def test_another_media_type_is_told_which_are_taken(
    send: Send, stored: tuple[str, str], method: str, kind: str
) -> None:
    address = ITEMS if method == "POST" else stored[0]
    body = json.dumps(feature())
    answer = send(method, address, body, Content_Type=kind, If_Match=stored[1])
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")
    assert "application/geo+json" in answer.get_json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("said", "status"),
    [(None, 428), ("*", 428), ('"stale"', 412), ("stale", 412), ("", 412), ('""', 412)],
)
def test_a_change_says_which_version_it_began_with(
    send: Send,
    client: FlaskClient,
    stored: tuple[str, str],
    method: str,
    said: str | None,
    status: int,
) -> None:
    address, tag = stored
    body = None if method == "DELETE" else feature(PROPERTIES | {"name": "Other"})
    headers = {} if said is None else {"If_Match": said}
    answer = send(method, address, body, **headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert client.get(address).headers["ETag"] == tag
    assert send(method, address, body, If_Match=f"W/{tag}").status_code == 412
    assert send(method, address, body, If_Match=f'"old", {tag}').status_code == 204


def test_the_tag_of_any_form_of_a_record_names_its_version(
    send: Send, client: FlaskClient, stored: tuple[str, str]
) -> None:
    address, _ = stored
    read = client.get(f"{address}?crs={EPSG}32642&properties=name")
    changed = {"properties": {"summary": "x" * 2_000}}
    tag = send("PATCH", address, changed, If_Match=read.headers["ETag"]).headers["ETag"]
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["ETag"] != tag
    answer = send(
        "PATCH", address, {"properties": {"summary": "Short"}}, If_Match=packed.headers["ETag"]
    )
    assert answer.status_code == 204


def test_writing_takes_a_token(client: FlaskClient, planner: FlaskClient) -> None:
    for browser in (client, planner):
        answer = browser.post(ITEMS, json=feature())
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Qadam"'


def test_a_role_that_may_only_read_is_told_so(client: FlaskClient, embedded: Store) -> None:
    headers = {"Authorization": f"Bearer {make_token(embedded, 'viewer')}"}
    assert client.post(ITEMS, json=feature(), headers=headers).status_code == 403


def test_a_planner_withdraws_and_a_reviewer_removes(send: Send, stored: tuple[str, str]) -> None:
    answer = send("DELETE", stored[0], role="planner", If_Match=stored[1])
    assert answer.status_code == 403
    assert "withdrawn" in answer.get_json()["detail"]


def test_writing_too_often_is_told_when_to_come_back(embedded: Store) -> None:
    client = create_app(Settings(rates=(Rate("write", 2, 60, "Wait"),)), embedded).test_client()
    headers = {"Authorization": f"Bearer {make_token(embedded, 'planner')}"}
    statuses = [client.post(ITEMS, json={}, headers=headers).status_code for _ in range(3)]
    assert statuses == [422, 422, 429]
    assert 0 < int(client.post(ITEMS, json={}, headers=headers).headers["Retry-After"]) <= 60
    assert client.get(ITEMS, headers=headers).status_code == 200


@pytest.mark.parametrize("read_only", [c for c in PUBLISHED if c.read_only], ids=lambda c: c.id)
def test_what_is_computed_is_only_read(send: Send, read_only: Collection) -> None:
    for method, address in (("POST", "items"), ("PUT", "items/x"), ("DELETE", "items/x")):
        answer = send(method, f"{ROOT}/{read_only.id}/{address}", feature())
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        asked = send("OPTIONS", f"{ROOT}/{read_only.id}/{address}")
        assert asked.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_each_address_says_what_may_be_sent_to_it(client: FlaskClient) -> None:
    records, record = (client.options(address) for address in (ITEMS, f"{ITEMS}/x"))
    assert records.allow == {"GET", "HEAD", "OPTIONS", "POST"}
    assert "application/geo+json" in records.headers["Accept-Post"]
    assert record.allow == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}
    assert "application/merge-patch+json" in record.headers["Accept-Patch"]


def test_a_body_of_no_type_is_asked_what_it_is(send: Send) -> None:
    answer = send("POST", ITEMS, json.dumps(feature()), Content_Type="")
    assert (answer.status_code, "Content-Type" in answer.get_json()["detail"]) == (400, True)


def test_what_is_not_there_cannot_be_changed(send: Send, stored: tuple[str, str]) -> None:
    for address in (f"{ITEMS}/P-9", f"{ROOT}/nothing/items"):
        method = "POST" if address.endswith("items") else "PUT"
        answer = send(method, address, feature(), If_Match=stored[1])
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_merged_project_is_not_changed_under_its_old_ref(send: Send, embedded: Store) -> None:
    with embedded.writing() as session:
        one, other = make_project(session, ref="P-1"), make_project(session, ref="P-2")
        decisions.merge(session, one.ref, other.ref, REVIEWER)
    answer = send("PUT", f"{ITEMS}/P-2", feature(), If_Match='"x"')
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert "P-1" in answer.get_json()["detail"]


def test_what_looks_the_same_is_stored_once_told_apart(
    send: Send, embedded: Store, stored: tuple[str, str]
) -> None:
    twin = feature(PROPERTIES | {"name": "Wind park II"})
    asked = send("POST", ITEMS, twin)
    assert (asked.status_code, asked.content_type) == (409, "application/problem+json")
    (similar,) = asked.get_json()["similar"]
    assert stored[0].endswith(similar["ref"])
    made = send("POST", ITEMS, twin, Qadam_Different_From=similar["ref"], Qadam_Reason="Stage 2")
    assert made.status_code == 201
    with embedded.reading() as session:
        (decision,) = decisions.decisions(session, similar["ref"])
    assert (decision.verdict, decision.actor) == ("different", "reviewer-script")
    assert "Stage 2" in (decision.reason or "")


def test_a_step_back_needs_its_reason(send: Send, client: FlaskClient) -> None:
    made = send("POST", ITEMS, feature(PROPERTIES | {"status": "construction"}))
    back = {"properties": {"status": "approved"}}
    refused = send("PATCH", made.location, back, If_Match=made.headers["ETag"])
    assert errors(refused).keys() == {"reason"}
    jump = send(
        "PATCH", made.location, {"properties": {"status": "retired"}}, If_Match=made.headers["ETag"]
    )
    assert errors(jump).keys() == {"status"}
    encoded = "%D0%9E%D1%88%D0%B8%D0%B1%D0%BA%D0%B0"
    tag = made.headers["ETag"]
    assert send("PATCH", made.location, back, If_Match=tag, Qadam_Reason=encoded).status_code == 204
    assert "Ошибка" in client.get(f"/projects/{made.location.rsplit('/', 1)[1]}/history").text


def test_a_reason_in_plain_utf8_is_read_too_and_one_too_long_is_a_fault(
    send: Send, embedded: Store
) -> None:
    plain = "Ошибка 100%".encode().decode("latin-1")
    made = send("POST", ITEMS, feature(), Qadam_Reason=plain)
    with embedded.reading() as session:
        (told,) = history.changes(session, "projects", made.location.rsplit("/", 1)[1])
    assert told.reason == "Ошибка 100%"
    long = send("POST", ITEMS, feature({"name": "x"}), Qadam_Reason="x" * 501)
    assert errors(long).keys() == {"reason", "sector", "status"}


def test_an_agreement_that_a_project_stands_on_is_not_removed(
    send: Send, client: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        ref = make_agreement(session).ref
        make_project(session, ref="P-1", agreement=ref)
    address = f"{ROOT}/agreements/items/{ref}"
    answer = send("DELETE", address, If_Match=client.get(address).headers["ETag"])
    assert (answer.status_code, "P-1" in answer.get_json()["detail"]) == (409, True)


@pytest.mark.parametrize("place", [[], "", 0, False, "69.24 41.30"], ids=str)
def test_a_place_that_is_no_object_does_not_take_the_place_away(
    send: Send, client: FlaskClient, stored: tuple[str, str], place: object
) -> None:
    address, tag = stored
    before = client.get(address).get_json()["geometry"]
    answer = send("PATCH", address, {"geometry": place}, If_Match=tag)
    assert errors(answer).keys() == {"geometry"}
    assert client.get(address).get_json()["geometry"] == before
