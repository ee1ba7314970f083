"""The addresses of the API and what each answers."""

import pytest
from flask.testing import FlaskClient

from registry.collections import PUBLISHED, Collection
from registry.database.store import Store
from tests.factories import make_project


def test_the_landing_page_leads_to_all_else(client: FlaskClient) -> None:
    for link in client.get("/api").get_json()["links"]:
        assert client.get(link["href"]).status_code == 200, link


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_every_collection_answers_with_its_items(
    seeded_client: FlaskClient, collection: Collection
) -> None:
    answer = seeded_client.get(f"/api/collections/{collection.id}/items?limit=3")
    assert answer.content_type == "application/geo+json"
    assert answer.get_json()["numberReturned"] == len(answer.get_json()["features"]) == 3
    first = answer.get_json()["features"][0]
    item = seeded_client.get(f"/api/collections/{collection.id}/items/{first['id']}").get_json()
    assert {name: item[name] for name in first} == first


def test_next_links_lead_through_every_record_once(seeded_client: FlaskClient) -> None:
    refs: list[str] = []
    address = "/api/collections/projects/items?country=KZ&limit=7"
    while address:
        page = seeded_client.get(address).get_json()
        refs += [feature["id"] for feature in page["features"]]
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert len(refs) == len(set(refs)) == page["numberMatched"] > 7


def test_a_draft_is_not_there_for_the_public(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", publication="draft")
    assert client.get("/api/collections/projects/items").get_json()["numberMatched"] == 0
    answer = client.get("/api/collections/projects/items/P-1")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_an_unknown_parameter_is_named(client: FlaskClient) -> None:
    answer = client.get("/api/collections/projects/items?colour=red")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert "colour" in answer.get_json()["detail"]
