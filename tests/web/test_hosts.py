"""The names that the server answers to."""

import pytest

from registry.database.store import Store
from web.app import create_app
from web.config import Settings

ITEMS = "/api/collections/projects/items"
PATHS = ("/healthz", "/api", ITEMS)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"]
)
def test_on_this_machine_its_own_names_are_answered(embedded: Store, path: str, host: str) -> None:
    client = create_app(Settings(host="::1"), embedded).test_client()
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 200
    if path == ITEMS:
        assert f"http://{host.lower()}/" in answer.get_json()["links"][0]["href"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "::1", "", "a b"])
def test_on_this_machine_another_name_gets_nothing(embedded: Store, path: str, host: str) -> None:
    client = create_app(Settings(), embedded).test_client()
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert answer.text == "This server does not answer to that name.\n"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("host", "status"), [("qadam.example:81", 200), ('a"><b', 400)])
def test_elsewhere_every_name_is_answered_that_is_one(
    embedded: Store, host: str, status: int
) -> None:
    client = create_app(Settings(host="0.0.0.0"), embedded).test_client()  # that is the case
    assert client.get(ITEMS, headers={"Host": host}).status_code == status
