"""The whole program on either database: every page, file and tile, and the life of a record."""

from typing import Any

import pytest
from flask import Flask

from geo.formats import FORMATS
from registry import integrity
from registry.collections import COLLECTIONS, PUBLISHED, Collection
from registry.database.store import Store
from tests.factories import (
    make_agreement,
    make_corridor,
    make_deposit,
    make_project,
    make_token,
    sign_in,
)
from web.app import create_app
from web.config import Settings

POINT = {"type": "Point", "coordinates": [69.24, 41.3]}
EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "projects": ({"name": "Wind park", "sector": "wind", "status": "idea"}, POINT),
    "deposits": ({"name": "Hill", "commodities": ["gold"], "kind": "mine"}, POINT),
    "corridors": ({"name": "Road", "kind": "rail"}, None),
    "agreements": ({"title": "Memorandum", "country": "UZ", "kind": "jcm"}, None),
}
API = "/api/collections"
PAGES = (
    *("/", "/projects", "/projects/new", "/duplicates", "/import", "/account", "/admin/users"),
    *("/projects/P-000001", "/projects/P-000001/edit", "/projects/P-000001/history"),
    *("/deposits/D-000001?within_km=300", "/corridors/C-000001", "/search?q=park"),
    *("/opportunities", "/opportunities?kind=projects", "/export/opportunities.geojson"),
    *("/map/projects.geojson", "/map/cross_references.geojson", "/healthz"),
    *(API, f"{API}?f=html", f"{API}/projects/items/P-000001?f=html"),
    *(f"{API}/{each.id}/items?f=html" for each in PUBLISHED),
    *(f"{API}/{each.id}?f=html" for each in PUBLISHED),
    *(f"{API}/projects/tiles/WebMercatorQuad/{at}" for at in ("0/0/0", "9/191/354")),
    *(f"{API}/corridors/tiles/WebMercatorQuad/{at}" for at in ("0/0/0", "9/191/354")),
)


@pytest.fixture
def app(store: Store) -> Flask:
    """The application on an empty registry, once on each database."""
    return create_app(Settings(), store)


def test_every_page_file_and_tile_is_made(app: Flask, store: Store) -> None:
    with store.writing() as session:
        make_project(session, parent=make_project(session, name="Whole", sector="grid").ref)
        make_deposit(session)
        make_corridor(session)
        make_agreement(session)
    browser = sign_in(app.test_client(), store)
    for path in PAGES:
        assert browser.get(path).status_code == 200, path
    for collection in PUBLISHED:
        for ending in (each.extension.lstrip(".") for each in FORMATS if not each.missing()):
            with browser.get(f"/export/{collection.id}.{ending}") as answer:
                assert (answer.status_code, len(answer.data) > 0) == (200, True), ending


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda each: each.id)
def test_a_record_is_added_changed_and_removed(
    app: Flask, store: Store, collection: Collection
) -> None:
    client, named = app.test_client(), collection.named_by
    bearer = {"Authorization": f"Bearer {make_token(store, 'reviewer')}"}
    properties, place = EXAMPLES[collection.id]
    body = {"type": "Feature", "properties": properties, "geometry": place}
    made = client.post(f"{API}/{collection.id}/items", json=body, headers=bearer)
    assert made.status_code == 201
    began = bearer | {"If-Match": made.headers["ETag"]}
    body["properties"] = properties | {named: "Second"}
    assert client.put(made.location, json=body, headers=bearer).status_code == 428
    second = client.put(made.location, json=body, headers=began)
    assert second.status_code == 204
    patch = {"json": {"properties": {named: "Third"}}, "content_type": "application/geo+json"}
    assert client.patch(made.location, headers=began, **patch).status_code == 412
    third = client.patch(
        made.location, headers=bearer | {"If-Match": second.headers["ETag"]}, **patch
    )
    assert third.status_code == 204
    assert client.get(made.location).get_json()["properties"][named] == "Third"
    assert client.delete(made.location, headers=began).status_code == 412
    gone = client.delete(made.location, headers=bearer | {"If-Match": third.headers["ETag"]})
    assert (gone.status_code, client.get(made.location).status_code) == (204, 404)
    with store.reading() as session:
        assert list(integrity.check(session)) == []
