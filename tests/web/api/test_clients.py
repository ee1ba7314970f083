"""GIS programs as they are read every collection: GDAL, OWSLib, geopandas."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest
from owslib.ogcapi.features import Features
from werkzeug.serving import make_server

from registry import queries
from registry.collections import COUNTRIES, CROSS_REFERENCES, PROJECTS, PUBLISHED, Collection
from registry.database.store import Store, open_store
from registry.filters import Filter
from web.app import create_app
from web.config import Settings


@pytest.fixture(scope="module")
def served(
    seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store]]:
    """The address of an API that is served, and its store."""
    folder = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(seeded_folder, folder)
    store = open_store(folder, None)
    server = make_server("127.0.0.1", 0, create_app(Settings(), store), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api", store
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


def gdal(program: str, *words: str) -> str:
    """What a program of GDAL says; any error or warning of it fails the test."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} of GDAL is not there; install gdal-bin")
    # Our own reading allows few drivers, and says so in the environment.
    plain = {name: value for name, value in os.environ.items() if not name.endswith("_SKIP")}
    done = subprocess.run(
        [found, *words], capture_output=True, text=True, check=False, env=plain, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def how_many(store: Store, collection: Collection, **asked: str) -> int:
    question = Filter.parse({name: [text] for name, text in asked.items()}, collection)
    with store.reading() as session:
        return queries.count(session, collection, question, public_only=True)


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_gdal_counts_and_reads_every_collection(
    served: tuple[str, Store], collection: Collection, tmp_path: Path
) -> None:
    address, store = served
    said = gdal("ogrinfo", "-so", f"OAPIF:{address}", collection.id)
    expected = how_many(store, collection)
    assert f"Feature Count: {expected}\n" in said
    out = tmp_path / "out.geojson"
    paged = ("-oo", "PAGE_SIZE=40", "-lco", "ID_FIELD=id")
    gdal("ogr2ogr", "-f", "GeoJSON", str(out), f"OAPIF:{address}", collection.id, *paged)
    features = json.loads(out.read_text("utf-8"))["features"]
    assert len({feature["id"] for feature in features}) == len(features) == expected


def test_gdal_filters_by_attribute_and_place(served: tuple[str, Store], tmp_path: Path) -> None:
    address, store = served
    out = tmp_path / "out.geojson"
    only = ("-where", "sector = 'solar'", "-spat", "60", "38", "72", "45")
    gdal("ogr2ogr", "-f", "GeoJSON", str(out), f"OAPIF:{address}", "projects", *only)
    found = json.loads(out.read_text("utf-8"))["features"]
    assert len(found) == how_many(store, PROJECTS, sector="solar", bbox="60,38,72,45") > 0


def test_owslib_finds_its_way(served: tuple[str, Store]) -> None:
    address, store = served
    client = Features(address)
    assert set(client.feature_collections()) == {collection.id for collection in PUBLISHED}
    assert client.api()["openapi"].startswith("3.0")
    assert len(client.conformance()["conformsTo"]) > 5
    for collection in PUBLISHED:
        page = client.collection_items(collection.id, limit=3)
        assert page["numberMatched"] == how_many(store, collection)
        first = page["features"][0]["id"]
        assert client.collection_item(collection.id, first)["id"] == first
        assert client.collection_schema(collection.id)["type"] == "object"
        assert client.collection_queryables(collection.id)["type"] == "object"
    boxed = client.collection_items("projects", bbox=[60, 38, 72, 45], sector="solar")
    assert boxed["numberMatched"] == how_many(store, PROJECTS, sector="solar", bbox="60,38,72,45")


@pytest.mark.parametrize("collection", [PROJECTS, CROSS_REFERENCES, COUNTRIES], ids=lambda c: c.id)
def test_geopandas_reads_a_page(served: tuple[str, Store], collection: Collection) -> None:
    address, store = served
    frame = geopandas.read_file(f"{address}/collections/{collection.id}/items?limit=1000")
    assert len(frame) == how_many(store, collection)
    assert frame.crs is not None
    assert frame.crs.to_epsg() == 4326
    assert not frame.geometry.is_empty.any()
