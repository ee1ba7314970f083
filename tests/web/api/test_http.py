"""HTTP itself at every address of the API: methods, versions that are asked for, odd requests."""

import pytest
from flask.testing import FlaskClient

from registry.database.store import Store
from tests.factories import make_project

ITEMS = "/api/collections/projects/items"


@pytest.fixture
def filled(client: FlaskClient, embedded: Store) -> FlaskClient:
    """A browser of the public over one project."""
    with embedded.writing() as session:
        make_project(session)
    return client


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
