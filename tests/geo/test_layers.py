"""Every reference layer's file is there, readable, and attributed."""

import csv

import pytest

from geo.formats import find_format
from geo.geometry import check, read_geojson
from geo.layers import LAYERS, Layer, layer_path


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
def test_a_layer_has_a_file_a_source_and_an_attribution(layer: Layer) -> None:
    path = layer_path(layer)
    sources = (path.parent / "SOURCES.md").read_text("utf-8")
    assert layer.file in sources
    assert layer.attribution
    assert layer.licence
    if layer.kind == "place":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) > 500
        assert all(-180 <= float(row["lon"]) <= 180 for row in rows)
        return
    rows_of_file = list(find_format("geojson").read(path.read_bytes()))
    assert rows_of_file
    for row in rows_of_file:
        assert row.fault is None
        assert isinstance(row.geometry, dict)
        check(read_geojson(row.geometry))
