"""HTTP itself at every address of the API: methods, versions that are asked for, odd requests."""

import pytest
from flask.testing import FlaskClient

from registry.collections import PUBLISHED
from registry.database.store import Store
from tests.factories import (
    TASHKENT,
    make_agreement,
    make_corridor,
    make_deposit,
    make_project,
    make_token,
)

ITEMS = "/api/collections/projects/items"


@pytest.fixture
def filled(client: FlaskClient, embedded: Store) -> FlaskClient:
    """A browser of the public over a record of each collection."""
    with embedded.writing() as session:
        make_project(session, TASHKENT)
        make_deposit(session, TASHKENT)
        make_corridor(session)
        make_agreement(session)
    return client


COLLECTIONS = [f"/api/collections/{collection.id}" for collection in PUBLISHED]
REFS = ("P-000001", "D-000001", "C-000001", "A-000001", "P-000001~D-000001", "KZ")
TILES = "/api/collections/projects/tiles"
READ = (
    *("/api", "/api/conformance", "/api/openapi.json", "/api/api.html", "/api/collections"),
    *COLLECTIONS,
    *(f"{each}/{part}" for each in COLLECTIONS for part in ("schema", "queryables", "items")),
    *(f"{each}/items/{ref}" for each, ref in zip(COLLECTIONS, REFS, strict=True)),
    *("/api/tileMatrixSets", "/api/tileMatrixSets/WebMercatorQuad", TILES),
    *(f"{TILES}/WebMercatorQuad", f"{TILES}/WebMercatorQuad/0/0/0"),
)
# What a server and a clock add, and what names the scripts of one answer.
BESIDE = {"Date", "Content-Security-Policy"}


@pytest.mark.parametrize("path", READ)
def test_head_says_what_get_says_without_a_body(filled: FlaskClient, path: str) -> None:
    whole, head = filled.get(path), filled.head(path)
    assert (whole.status_code, head.status_code, head.data) == (200, 200, b"")
    said, expected = ({k: v for k, v in each.headers if k not in BESIDE} for each in (head, whole))
    assert said == expected


@pytest.mark.parametrize("path", READ)
def test_each_address_says_what_may_be_sent_to_it_and_takes_nothing_else(
    filled: FlaskClient, embedded: Store, path: str
) -> None:
    asked = filled.options(path)
    allowed = set(asked.allow)
    assert asked.status_code == 200
    assert {"GET", "HEAD", "OPTIONS"} <= allowed
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    token = {"Authorization": f"Bearer {make_token(embedded, 'reviewer')}"}
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        answer = filled.open(path, method=method, headers=token)
        assert (answer.status_code == 405) == (method not in allowed), method
        if answer.status_code == 405:
            assert set(answer.allow) == allowed
            assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", [*READ, "/api/nothing", f"{ITEMS}?q=%00"])
def test_a_bad_token_is_told_of_wherever_it_is_shown(filled: FlaskClient, path: str) -> None:
    answer = filled.get(path, headers={"Authorization": "Bearer qadam_x"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, gzip"])
def test_a_packed_body_is_refused(filled: FlaskClient, embedded: Store, encoding: str) -> None:
    headers = {
        "Authorization": f"Bearer {make_token(embedded, 'planner')}",
        "Content-Type": "application/geo+json",
        "Content-Encoding": encoding,
    }
    answer = filled.post(ITEMS, data="{}", headers=headers)
    assert answer.status_code == 415
    assert "send it as it is" in answer.get_json()["detail"]


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/P-000001", "/api", "/api/collections"])
def test_a_read_that_names_another_version_is_told_so(filled: FlaskClient, path: str) -> None:
    answer = filled.get(path, headers={"If-Match": '"other"'})
    assert answer.status_code == 412
    assert answer.content_type == "application/problem+json"
    assert "If-Match" in answer.get_json()["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert filled.get(path, headers={"If-Match": "*"}).status_code == 200


def test_a_read_that_names_this_version_is_answered(filled: FlaskClient) -> None:
    path = f"{ITEMS}/P-000001"
    tag = filled.get(path).headers["ETag"]
    assert filled.get(path, headers={"If-Match": f'"other", {tag}'}).status_code == 200
    both = {"If-Match": tag, "If-None-Match": tag}
    assert filled.get(path, headers=both).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "status", "kind"),
    [
        ("application/geo+json;charset=utf-8", 200, "application/geo+json"),
        ("text/html; charset=utf-8, */*;q=0.1", 200, "text/html; charset=utf-8"),
        ("application/json;q=0, */*", 200, "application/geo+json"),
        (",,,", 200, "application/geo+json"),
        ("*/*;q=0", 406, "application/problem+json"),
        ("image/png", 406, "application/problem+json"),
    ],
)
def test_what_is_accepted_is_read_with_its_weights_alone(
    filled: FlaskClient, accepted: str, status: int, kind: str
) -> None:
    answer = filled.get(ITEMS, headers={"Accept": accepted})
    assert (answer.status_code, answer.content_type) == (status, kind)


@pytest.mark.parametrize("name", ["crs", "bbox-crs", "bbox", "limit", "filter", "f"])
def test_a_parameter_that_takes_one_value_takes_no_second(filled: FlaskClient, name: str) -> None:
    crs = "http://www.opengis.net/def/crs/EPSG/0/4326"
    given = {"bbox": "1,2,3,4", "limit": "1", "filter": "TRUE", "f": "json"}.get(name, crs)
    more = "" if name == "bbox-crs" else f"&bbox-crs={crs}"
    answer = filled.get(f"{ITEMS}?{name}={given}&{name}={given}{more}")
    assert answer.status_code == 400
    assert name in answer.get_json()["errors"]
