"""Every format round-trips; broken files get a sentence, broken rows a fault."""

import io
import re
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from geo.errors import BadFile, UnknownFormat
from geo.feature import Feature, feature_text
from geo.formats import FORMATS, Column, Format, find_format
from geo.formats.flat import BATCH, split
from geo.geometry import check, read_geojson

COLUMNS = (
    Column("name", "text", "name"),
    Column("tags", "list", "tags"),
    Column("capacity_mw", "number", "cap_mw"),
    Column("start_year", "integer", "start_year"),
    Column("offshore", "boolean", "offshore"),
)
KINDS = {column.name: column.kind for column in COLUMNS}
NOTHING: dict[str, Any] = {
    "name": "No place",
    "tags": [],
    "capacity_mw": None,
    "start_year": None,
    "offshore": None,
}
HOSTILE = {
    "name": 'Құмкөл <img src=x onerror=alert(1)>${x}"\n',
    "tags": ["a; b", "水", '["x"]'],
    "capacity_mw": 0.1 + 0.2,
    "start_year": 2030,
    "offshore": False,
}
FORMULA = {
    "name": "=HYPERLINK(1)\r\n" + "Ж水" * 400,
    "tags": ["@x", "'=y"],
    "capacity_mw": 1e15 + 0.5,
    "start_year": 1950,
    "offshore": True,
}
HOLE = Polygon(
    [(60, 40), (61, 40), (61, 41), (60, 40)],
    [[(60.8, 40.4), (60.9, 40.5), (60.9, 40.4), (60.8, 40.4)]],
)
SHAPES = (
    Point(68.1, 41.2),
    MultiPoint([(60.1234567, 40)]),
    LineString([(60, 40), (61, 41), (60, 41)]),
    MultiLineString([[(60, 40), (61, 41)]]),
    HOLE,
    MultiPolygon([HOLE]),
    MultiPolygon([box(62, 40, 63, 41), box(60, 40, 61, 41)]),
    GeometryCollection([Point(68.1, 41.2), HOLE]),
    Polygon([(60 + i * 1e-5, 40 + (i % 2) * 1e-5) for i in range(3_000)] + [(60, 45)]),
)
FEATURES = [
    Feature("P-000001", SHAPES[0], HOSTILE),
    Feature("P-000002", None, NOTHING),
    *(Feature(f"S-{at}", shape, FORMULA) for at, shape in enumerate(SHAPES)),
]
HEAD = {"name": "projects", "title": "Projects", "filter": {"country": ["KZ"]}}
by_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
OGRINFO = shutil.which("ogrinfo")
# Formats that are a file of their own before the first byte leaves.
MADE_FIRST = ("gpkg", "fgb", "xlsx", "shp.zip", "parquet")


def written(form: Format, rows: list[Feature], **head: object) -> bytes:
    return b"".join(form.write((feature_text(row) for row in rows), HEAD | head, COLUMNS))


def meant(name: str, value: Any) -> Any:
    """A value as the registry's own properties read it from any format."""
    if KINDS[name] == "list":
        return [] if value is None else split(value) if isinstance(value, str) else value
    if not isinstance(value, str) or KINDS[name] == "text":
        return value
    return {"true": True, "false": False}[value] if KINDS[name] == "boolean" else float(value)


@by_format
def test_what_is_written_is_read_back(form: Format) -> None:
    for file in (written(form, FEATURES), io.BytesIO(written(form, FEATURES))):
        rows = list(form.read(file))
        first = 2 if form.tabular else 1  # below the header
        assert [row.row for row in rows] == list(range(first, first + len(FEATURES)))
        assert all(row.fault is None for row in rows)
        by_ref = {row.ref: row for row in rows}
        assert by_ref.keys() == {feature.ref for feature in FEATURES}
        for feature in FEATURES:
            row = by_ref[feature.ref]
            said = {name: meant(name, row.properties.get(name)) for name in KINDS}
            assert said == feature.properties
            assert place_of(row.geometry) == place_of(feature.geometry)


def place_of(geometry: Any) -> str | None:
    """A geometry as it is stored, as text."""
    if geometry is None:
        return None
    return check(read_geojson(geometry) if isinstance(geometry, dict) else geometry).wkt


@by_format
def test_a_file_of_nothing_is_whole_and_has_no_rows(form: Format) -> None:
    assert list(form.read(written(form, []))) == []


@by_format
def test_a_file_is_written_in_constant_memory(form: Format) -> None:
    taken, most = 0, 0

    def texts() -> Iterator[str]:
        nonlocal taken
        text = feature_text(FEATURES[0])
        for _ in range(6_000):
            taken += 1
            yield text

    tracemalloc.start()
    pieces = form.write(texts(), HEAD, COLUMNS)
    for piece in pieces:
        if form.name not in MADE_FIRST and not most:
            assert taken <= BATCH
        most = max(most, len(piece))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == 6_000
    assert most < 4e6
    assert peak < 60e6


@pytest.mark.skipif(OGRINFO is None, reason="GDAL's programs are not installed (Debian: gdal-bin)")
@by_format
def test_gdal_and_geopandas_open_what_is_written(form: Format, tmp_path: Path) -> None:
    path = tmp_path / f"projects.{form.extension}"
    path.write_bytes(written(form, FEATURES))
    if form.name == "parquet":  # the GDAL of Debian cannot; geopandas reads it itself
        frame = geopandas.read_parquet(path)
        assert (len(frame), str(frame.crs)) == (len(FEATURES), "OGC:CRS84")
        return
    address = f"/vsizip/{path}" if form.name == "shp.zip" else str(path)
    told = ("-oo", "KEEP_GEOM_COLUMNS=NO") if form.name == "csv" else ()
    done = subprocess.run(
        ["ogrinfo", "-ro", "-al", *told, address], capture_output=True, text=True, check=True
    )
    ids = re.findall(r"^  id \(String\) = (\S+)$", done.stdout, re.MULTILINE)
    assert sorted(set(ids)) == sorted(feature.ref for feature in FEATURES)
    assert "Құмкөл" in done.stdout
    assert "水" in done.stdout
    if form.name not in ("shp.zip", "xlsx", "kml", "csv"):
        if form.name != "geojsonl":  # that driver is none of those that may be loaded here
            assert len(geopandas.read_file(path)) == len(FEATURES)
        assert "Warning" not in done.stderr


@by_format
def test_a_format_is_found_by_name_and_by_file_name(form: Format) -> None:
    assert find_format(form.name) is form
    assert find_format(f"Projects.KZ.{form.extension.upper()}") is form
    assert find_format("survey.zip").extension == "shp.zip"


def test_an_unknown_ending_names_the_known_ones() -> None:
    with pytest.raises(UnknownFormat, match=r"'x\.dwg' is of no known format; known are \.geojson"):
        find_format("C:/dir/x.dwg")


def test_a_collection_carries_its_head_and_is_valid_when_empty() -> None:
    form = find_format("geojson")
    value = orjson.loads(written(form, [], numberMatched=0, filter="country=KZ", features="no"))
    assert value == {
        "type": "FeatureCollection",
        "name": "projects",
        "title": "Projects",
        "numberMatched": 0,
        "filter": "country=KZ",
        "features": [],
    }
    assert list(form.read(written(form, []))) == []


GOOD = b'{"type":"Feature","id":7,"geometry":null,"properties":{"name":"x"}}'


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'{"type":"FeatureCollection","features":[' + GOOD + b",", "breaks off at line 1"),
        (b'{"type":"FeatureCollection",\n"features":[' + GOOD + b"x]}", "broken at line 2, column"),
        (b"name,lon,lat\nx,1,2", "does not begin with"),
        (b"<OGRVRTDataSource/>", "XML"),
        (b"PK\x03\x04zip", "zip"),
        (b"SQLite format 3\0", "GeoPackage"),
        (b'{"type":"gdal_streamed_alg","command_line":"x"}', "not GeoJSON"),
        (b'{"type":"Topology"}', "not GeoJSON"),
        (b"[1,2]", "not GeoJSON"),
        (b'{"type":"Point","coordinates":[1,2]}', "bare Point"),
        (b'{"type":"FeatureCollection"}', "no list called features"),
        (
            b'{"type":"Feature","crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::3857"}}}',
            "EPSG::3857; reproject",
        ),
        ('{"type":"Feature"}'.encode("utf-16"), "UTF-16"),
        ('{"type":"Feature","id":"Қ"'.encode("cp1251", "replace") + b"\xd0", "broken|UTF-8|breaks"),
        (b'{"a":' * 5_000, "broken|breaks"),
    ],
)
def test_a_file_that_is_no_geojson_gets_a_sentence(data: bytes, hint: str) -> None:
    with pytest.raises(BadFile, match=hint):
        list(find_format("geojson").read(data))


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_the_crs_member_of_gdal_is_let_pass(name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    data = orjson.dumps({"type": "FeatureCollection", "crs": crs, "features": []})
    assert list(find_format("geojson").read(data)) == []


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        (b"17", "not a Feature"),
        (b'{"type":"Point","coordinates":[1,2]}', "not a Feature"),
        (b'{"type":"Feature","geometry":null}', "no properties"),
        (b'{"type":"Feature","geometry":[1,2],"properties":{}}', "geometry must be"),
        (b'{"type":"Feature","id":true,"geometry":null,"properties":{}}', "id must be"),
        (b'{"type":"Feature","id":[],"geometry":null,"properties":{}}', "id must be"),
    ],
)
def test_one_bad_row_among_thousands_is_a_fault_of_that_row(row: bytes, hint: str) -> None:
    many = [GOOD] * 2_000 + [row] + [GOOD] * 10
    collection = b'{"type":"FeatureCollection","features":[' + b",".join(many) + b"]}"
    for name, data in (("geojson", collection), ("geojsonl", b"\n".join(many))):
        rows = list(find_format(name).read(data))
        assert len(rows) == 2_011
        assert [read.row for read in rows if read.fault] == [2_001]
        assert hint in str(rows[2_000].fault)


@pytest.mark.parametrize(
    ("ref", "text"), [(b"7", "7"), (b"7.0", "7"), (b"1.5", "1.5"), (b'"A-1"', "A-1")]
)
def test_a_numeric_id_becomes_text(ref: bytes, text: str) -> None:
    (row,) = find_format("geojson").read(GOOD.replace(b"7", ref))
    assert row.ref == text


def test_lines_may_be_parted_by_record_separators_and_run_on() -> None:
    data = b"\x1e" + GOOD.replace(b",", b",\n") + b"\n\x1e" + GOOD + b"\n"
    assert [row.ref for row in find_format("geojsonl").read(data)] == ["7", "7"]


def test_a_broken_line_is_a_fault_of_that_row_and_says_where() -> None:
    rows = list(find_format("geojsonl").read(GOOD + b"\r\n\r\n" + GOOD[:-5] + b"\n" + GOOD))
    assert [row.fault is None for row in rows] == [True, False, True]
    assert "Line 3 is broken at column" in str(rows[1].fault)


@pytest.mark.parametrize("crs", [b'{"properties":null}', b'{"properties":[]}', b"[]", b"7"])
def test_a_reference_system_that_is_none_is_refused_in_words(crs: bytes) -> None:
    data = b'{"type":"FeatureCollection","crs":' + crs + b',"features":[]}'
    with pytest.raises(BadFile, match="reproject it to WGS 84"):
        list(find_format("geojson").read(data))


def test_what_is_written_of_nothing_is_read_as_no_rows() -> None:
    form = find_format("geojsonl")
    assert list(form.read(written(form, []))) == []


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"name,lon\n", "not newline GeoJSON"),
        (b'{"type":"FeatureCollection","features":[]}', "ending .geojson"),
    ],
)
def test_a_file_without_lines_of_json_gets_a_sentence(data: bytes, hint: str) -> None:
    with pytest.raises(BadFile, match=hint):
        list(find_format("geojsonl").read(data))


@by_format
@given(data=st.binary(max_size=80))
def test_no_bytes_do_worse_than_be_refused(form: Format, data: bytes) -> None:
    for start in (b"", b"{", b'{"type":"Feature",', b"\x1e{"):
        with suppress(BadFile):
            list(form.read(start + data))
