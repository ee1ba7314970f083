"""Tiles over HTTP: addresses, metadata, tags, and what is wrong with an address."""

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient

from geo.mvt import MEDIA_TYPE
from registry.database.store import Store
from registry.tiles import TILED
from tests.factories import make_project

TILES = "/api/collections/projects/tiles"
TASHKENT_TILE = f"{TILES}/WebMercatorQuad/9/191/354"


@pytest.fixture
def one(client: FlaskClient, embedded: Store) -> FlaskClient:
    with embedded.writing() as session:
        make_project(session, name="Sun")
        make_project(session, name="Secret", publication="draft")
    return client


def test_a_tile_is_found_from_the_collection(one: FlaskClient) -> None:
    collection = one.get("/api/collections/projects").get_json()
    rel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
    [href] = [link["href"] for link in collection["links"] if link["rel"] == rel]
    [brief] = one.get(href).get_json()["tilesets"]
    assert brief["dataType"] == "vector"
    assert brief["tileMatrixSetURI"].endswith("/WebMercatorQuad")
    tileset = one.get(brief["links"][0]["href"]).get_json()
    [template] = [link for link in tileset["links"] if link["rel"] == "item"]
    assert template["templated"] is True
    address = template["href"].format(tileMatrix=9, tileRow=191, tileCol=354)
    answer = one.get(address)
    assert answer.content_type == MEDIA_TYPE == template["type"]
    layers = mapbox_vector_tile.decode(answer.data)
    assert list(layers) == ["projects"]
    said = {layer["id"]: layer["propertiesSchema"]["properties"] for layer in tileset["layers"]}
    [feature] = layers["projects"]["features"]
    assert feature["properties"].keys() <= said["projects"].keys()
    assert said.keys() == {"projects", "projects_clusters"}


@pytest.mark.parametrize("collection", TILED)
def test_every_tiled_collection_answers(seeded_client: FlaskClient, collection: str) -> None:
    base = f"/api/collections/{collection}/tiles"
    assert seeded_client.get(base).status_code == 200
    assert seeded_client.get(f"{base}/WebMercatorQuad").status_code == 200
    answer = seeded_client.get(f"{base}/WebMercatorQuad/4/6/11")
    layers = mapbox_vector_tile.decode(answer.data)
    assert set(layers) <= {collection, f"{collection}_clusters"}
    assert layers


def test_the_grid_of_the_tiles_is_described(one: FlaskClient) -> None:
    [brief] = one.get("/api/tileMatrixSets").get_json()["tileMatrixSets"]
    found = one.get(brief["links"][0]["href"]).get_json()
    first, *_, last = found["tileMatrices"]
    # OGC 17-083r4, annex D.1, table D.1
    assert first["scaleDenominator"] == pytest.approx(559082264.028717)
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    assert (last["id"], last["matrixWidth"]) == ("24", 2**24)
    tileset = one.get(f"{TILES}/WebMercatorQuad").get_json()
    rel = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
    [scheme] = [link["href"] for link in tileset["links"] if link["rel"] == rel]
    assert one.get(scheme).get_json() == found


def test_an_unchanged_tile_is_not_sent_again_and_a_change_is(
    one: FlaskClient, embedded: Store
) -> None:
    first = one.get(TASHKENT_TILE)
    tag = first.headers["ETag"]
    again = one.get(TASHKENT_TILE, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert one.get(f"{TASHKENT_TILE}?sector=wind").headers["ETag"] != tag
    with embedded.writing() as session:
        make_project(session, name="Another")
    changed = one.get(TASHKENT_TILE, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert len(mapbox_vector_tile.decode(changed.data)["projects"]["features"]) == 2


def test_an_empty_tile_has_no_bytes(one: FlaskClient) -> None:
    for query in ("?sector=wind", "?filter=capacity_mw>400"):
        answer = one.get(TASHKENT_TILE + query)
        assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("projects/tiles/WebMercatorQuad/25/0/0", 404, "zooms from 0 to 24"),
        ("projects/tiles/WebMercatorQuad/3/8/0", 404, "rows from 0 to 7"),
        ("projects/tiles/WebMercatorQuad/3/0/8", 404, "columns from 0 to 7"),
        ("projects/tiles/WebMercatorQuad/3/-1/8", 400, "tileRow takes a whole number"),
        ("projects/tiles/WebMercatorQuad/x/y/z", 400, "tileMatrix takes a whole number"),
        (f"projects/tiles/WebMercatorQuad/{'9' * 5000}/0/0", 400, "whole number"),
        ("projects/tiles/WebMercatorQuad/٣/0/0", 400, "whole number"),
        ("projects/tiles/WorldCRS84Quad/0/0/0", 404, "there are in WebMercatorQuad"),
        ("projects/tiles/WorldCRS84Quad", 404, "there are in WebMercatorQuad"),
        ("agreements/tiles", 404, "no tiles of agreements"),
        ("cross_references/tiles/WebMercatorQuad/0/0/0", 404, "no tiles of cross_references"),
        ("nothing/tiles/WebMercatorQuad/0/0/0", 404, "no collection"),
        ("projects/tiles/WebMercatorQuad/0/0/0?colour=red", 400, "colour"),
        ("projects/tiles/WebMercatorQuad/0/0/0?limit=5", 400, "holds all that match"),
        ("projects/tiles/WebMercatorQuad/0/0/0?f=png", 400, "f takes mvt"),
        ("projects/tiles/WebMercatorQuad/0/0/0?filter=((", 400, "at character"),
        ("projects/tiles?sector=wind", 400, "sector"),
        ("projects/tiles?f=xml", 400, "f takes json"),
        ("../tileMatrixSets/WorldCRS84Quad", 404, "there is WebMercatorQuad"),
    ],
)
def test_what_is_not_there_is_told_as_a_problem(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    answer = client.get(f"/api/collections/{path}".replace("/collections/..", ""))
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert words in answer.get_json()["detail"]
