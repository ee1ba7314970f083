"""What a tile shows is what the filter shows, on both databases."""

from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy.orm import Session

from geo.webmercator import Tile
from registry import queries, tiles
from registry.collections import CORRIDORS, PROJECTS, find_collection
from registry.errors import NotFound
from registry.filters import Filter, Page
from registry.tiles import CLUSTERED_BELOW, TILED, find_tiled
from tests.factories import (
    ALMATY,
    BUKHARA,
    TASHKENT,
    make_agreement,
    make_corridor,
    make_deposit,
    make_project,
)

LINE = "LINESTRING(60 41.5, 64 44, 75 47)"


def read(
    session: Session, at: Tile, collection: str = "projects", public_only: bool = True, **args: str
) -> dict[str, list[dict[str, Any]]]:
    tiled = TILED[collection]
    asked = Filter.parse({name: [text] for name, text in args.items()}, tiled.collection)
    body = tiles.tile(session, tiled, asked, at, public_only=public_only)
    layers = mapbox_vector_tile.decode(body) if body else {}
    return {
        name: [feature["properties"] for feature in layer["features"]]
        for name, layer in layers.items()
    }


@pytest.fixture
def some(session: Session) -> Session:
    for number in range(3):
        make_project(session, f"69.2{number} 41.3", name=f"T{number}", capacity_mw=100)
    make_project(session, BUKHARA, name="B", sector="wind", capacity_mw=7)
    make_project(session, LINE, name="Line", sector="grid", location_precision="schematic")
    make_project(session, TASHKENT, name="Draft", publication="draft", capacity_mw=1)
    make_project(session, None, name="Nowhere")
    return session


def test_at_low_zoom_neighbours_are_a_cluster_and_long_lines_are_drawn(some: Session) -> None:
    found = read(some, Tile(0, 0, 0))
    assert found["projects_clusters"] == [{"count": 4, "capacity_mw": 300.0}]
    assert [each["name"] for each in found["projects"]] == ["B"]
    found = read(some, Tile(4, 5, 11))
    assert found["projects_clusters"] == [{"count": 3, "capacity_mw": 300.0}]
    assert [each["name"] for each in found["projects"]] == ["Line"]
    assert read(some, Tile(4, 6, 10))["projects"][0] == {
        "ref": "P-000004",
        "name": "B",
        "sector": "wind",
        "status": "idea",
        "phase": "pipeline",
        "capacity_mw": 7.0,
        "location_precision": "exact",
    }


def test_every_record_is_counted_once_at_every_zoom(some: Session) -> None:
    asked = Filter("projects")
    found = queries.features(some, PROJECTS, asked, Page(), public_only=True)
    located = {each.ref for each in found if each.geometry is not None}
    for zoom in range(CLUSTERED_BELOW + 1):
        refs, counted = set(), 0
        across = 2**zoom
        rows = range(int(across * 0.36), int(across * 0.40) + 1)
        for row in rows:
            for col in range(int(across * 0.66), int(across * 0.71) + 1):
                layers = read(some, Tile(zoom, row, col))
                refs |= {each["ref"] for each in layers.get("projects", ())}
                counted += sum(each["count"] for each in layers.get("projects_clusters", ()))
        assert len(refs) + counted == len(located), zoom


def test_from_the_ninth_zoom_on_every_record_is_drawn(some: Session) -> None:
    [found] = read(some, Tile(9, 191, 354)).values()
    assert [each["name"] for each in found] == ["T0", "T1", "T2"]


def test_tiles_follow_the_filter_and_who_asks(some: Session) -> None:
    at = Tile(9, 191, 354)
    assert read(some, at, sector="wind") == {}
    assert len(read(some, at, filter="name = 'T1'")["projects"]) == 1
    assert len(read(some, at, bbox="69.205,41,69.215,42")["projects"]) == 1
    assert len(read(some, at, public_only=False)["projects"]) == 4
    assert read(some, Tile(3, 0, 0)) == {}


def test_deposits_and_corridors_have_tiles_and_agreements_have_none(session: Session) -> None:
    make_deposit(session, ALMATY, name="Hill", commodities=["gold", "silver"])
    make_corridor(session, name="Road", commodity="gas")
    make_agreement(session)
    assert read(session, Tile(0, 0, 0), "deposits")["deposits"] == [
        {
            "ref": "D-000001",
            "name": "Hill",
            "kind": "deposit",
            "commodity": "gold",
            "location_precision": "exact",
        }
    ]
    assert [each["name"] for each in read(session, Tile(0, 0, 0), "corridors")["corridors"]] == [
        "Road"
    ]
    assert not find_tiled(CORRIDORS).clustered
    for collection in ("agreements", "cross_references"):
        with pytest.raises(NotFound, match="no tiles of"):
            find_tiled(find_collection(collection))
