"""Every format round-trips; broken files get a sentence, broken rows a fault."""

import io
from collections.abc import Iterator
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo.errors import BadFile, UnknownFormat
from geo.feature import Feature, feature_text
from geo.formats import FORMATS, Format, find_format

NAMES = {"name": 'Құмкөл <img src=x onerror=alert(1)>${x}"\n', "tags": ["a; b", "水"], "mw": 1.5}
FEATURES = [
    Feature("P-000001", Point(68.1, 41.2), NAMES),
    Feature("P-000002", None, {"name": "No place", "mw": None}),
]
by_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


def written(form: Format, rows: list[Feature], **head: object) -> bytes:
    return b"".join(form.write((feature_text(row) for row in rows), head))


@by_format
def test_what_is_written_is_read_back(form: Format) -> None:
    for file in (written(form, FEATURES), io.BytesIO(written(form, FEATURES))):
        rows = list(form.read(file))
        assert [row.ref for row in rows] == ["P-000001", "P-000002"]
        assert [row.row for row in rows] == [1, 2]
        assert rows[0].geometry == {"type": "Point", "coordinates": [68.1, 41.2]}
        assert rows[1].geometry is None
        assert [dict(row.properties) for row in rows] == [f.properties for f in FEATURES]
        assert all(row.fault is None for row in rows)


@by_format
def test_a_file_is_written_in_constant_memory(form: Format) -> None:
    taken = 0

    def texts() -> Iterator[str]:
        nonlocal taken
        for _ in range(100_000):
            taken += 1
            yield feature_text(FEATURES[0])

    pieces = form.write(texts(), {})
    next(pieces)
    next(pieces)
    assert taken < 2_000


@by_format
def test_a_format_is_found_by_name_and_by_file_name(form: Format) -> None:
    assert find_format(form.name) is form
    assert find_format(f"Projects.KZ.{form.extension.upper()}") is form


def test_an_unknown_ending_names_the_known_ones() -> None:
    with pytest.raises(UnknownFormat, match=r"'x\.dwg' is of no known format; known are \.geojson"):
        find_format("C:/dir/x.dwg")


def test_a_collection_carries_its_head_and_is_valid_when_empty() -> None:
    form = find_format("geojson")
    value = orjson.loads(written(form, [], numberMatched=0, filter="country=KZ", features="no"))
    assert value == {
        "type": "FeatureCollection",
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
        find_format("geojson").read(data)


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
