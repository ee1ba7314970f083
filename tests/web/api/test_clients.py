"""GIS programs as they are read every collection: GDAL, QGIS, OWSLib, geopandas."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas
import pytest
from owslib.ogcapi.features import Features
from werkzeug.serving import make_server

from benchmarks import synthetic
from geo.formats import find_format
from registry import queries
from registry.collections import COUNTRIES, CROSS_REFERENCES, PROJECTS, PUBLISHED, Collection
from registry.database.store import Store, open_store
from registry.filters import Filter
from registry.imports import import_rows
from tests.factories import PLANNER
from web.app import create_app
from web.config import Settings

MANY = 10_500  # more than the longest page that the API gives
BOX = "60,38,72,45"
DEBIAN_PYTHON = "/usr/bin/python3"  # the only one that knows Debian's QGIS
READ_BY_QGIS = Path(__file__).with_name("qgis_reads.py")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Store]]:
    """The address of an API that is served, and its store."""
    store = open_store(folder, None)
    server = make_server("127.0.0.1", 0, create_app(Settings(), store), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api", store
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


@pytest.fixture(scope="module")
def served(
    seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store]]:
    """The shipped facts, served."""
    folder = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(seeded_folder, folder)
    with serving(folder) as address_and_store:
        yield address_and_store


@pytest.fixture(scope="module")
def many(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of more projects than one page holds."""
    folder = tmp_path_factory.mktemp("many") / "data"
    shutil.copytree(empty_folder, folder)
    with serving(folder) as (address, store):
        rows = find_format("a.geojsonl").read(b"".join(synthetic.projects(MANY)))
        with store.writing() as session:
            import_rows(session, PROJECTS, rows, PLANNER)
        yield address


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


def qgis(address: str, home: Path, *names: str) -> dict[str, Any]:
    """What QGIS reads of the layers; any warning in its log fails the test."""
    asked = [DEBIAN_PYTHON, "-c", "import qgis.core"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("QGIS is not there; install python3-qgis")
    alone = {**os.environ, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    words = [DEBIAN_PYTHON, str(READ_BY_QGIS), address, BOX, *names]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env=alone, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["complaints"] == []
    layers: dict[str, Any] = said["layers"]
    return layers


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


def test_qgis_counts_and_reads_every_collection(served: tuple[str, Store], tmp_path: Path) -> None:
    address, store = served
    layers = qgis(address, tmp_path, *(collection.id for collection in PUBLISHED))
    for collection in PUBLISHED:
        layer = layers[collection.id]
        assert layer["count"] == layer["read"] == layer["distinct"] == how_many(store, collection)
        if layer["system"]:  # an agreement has no geometry
            assert layer["system"] == "EPSG:4326"
            assert layer["boxed"] == how_many(store, collection, bbox=BOX) > 0
    assert [name for name in layers if not layers[name]["system"]] == ["agreements"]
    assert {"name", "sector", "status", "capacity_mw"} <= set(layers["projects"]["fields"])


def test_gdal_turns_pages_past_the_longest(many: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    gdal("ogr2ogr", "-f", "CSV", str(out), f"OAPIF:{many}", "projects", "-select", "id")
    assert len(set(out.read_text("utf-8").split())) == MANY + 1  # and the heading


def test_qgis_turns_pages_past_the_longest(many: str, tmp_path: Path) -> None:
    read = qgis(many, tmp_path, "projects")["projects"]
    assert read["count"] == read["read"] == read["distinct"] == MANY


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
