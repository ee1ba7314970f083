"""Files that mean harm or say too little: each gets a sentence, and nothing else is ever read."""

import io
import json
import os
import sqlite3
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.raw
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from shapely.geometry.base import BaseGeometry

from geo import drivers
from geo.errors import BadFile, UnwritableFile
from geo.formats import FORMATS, Format, RawFeature, find_format, parquet, xlsx
from geo.formats.flat import join, plain_cell, safe_cell, split
from geo.geometry import check
from tests.geo.test_formats import FEATURES, written

CUT = [form for form in FORMATS if form.name not in ("geojson", "geojsonl")]
UTM = (512_345.0, 4_573_210.0)


def assert_is_there(row: RawFeature) -> None:
    """The row's place is that of UTM 42 in degrees, by pyproj's own words."""
    lon, lat = pyproj.Proj("EPSG:32642")(*UTM, inverse=True)
    assert isinstance(row.geometry, shapely.Point)
    assert (row.geometry.x, row.geometry.y) == pytest.approx((lon, lat), abs=1e-7)


def read(name: str, data: bytes) -> list[RawFeature]:
    """All rows of a file."""
    return list(find_format(name).read(data))


def gdal_file(
    path: Path, driver: str, crs: str | None, *places: BaseGeometry | None, **options: Any
) -> bytes:
    """A file of places with their names, made by GDAL."""
    wkb = shapely.to_wkb(np.array(places, dtype=object))
    names = np.array([f"n{at}" for at in range(len(places))], dtype=object)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL says that the system is missing
        pyogrio.raw.write(path, wkb, [names], np.array(["name"]), driver=driver, crs=crs, **options)
    return path.read_bytes() if path.is_file() else b""


def shapefile(folder: Path, crs: str | None, *left_out: str, **more: bytes) -> bytes:
    """A zipped shapefile without the files of these endings, with others beside."""
    gdal_file(
        folder / "parks.shp",
        "ESRI Shapefile",
        crs,
        shapely.Point(68.1, 41.2),
        geometry_type="Point",
    )
    return zipped(
        {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix not in left_out}
        | {name.replace("_", "."): data for name, data in more.items()}
    )


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def workbook(*rows: list[Any]) -> bytes:
    """A workbook as a person makes it."""
    book, made = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(made)
    return made.getvalue()


def test_gdal_knows_the_drivers_of_our_formats_and_no_other() -> None:
    asked = "import geo.formats, pyogrio, json; print(json.dumps(list(pyogrio.list_drivers())))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == drivers.OURS
    assert done.stderr == ""  # no name on the list is unknown to GDAL


def test_a_gdal_that_knows_more_is_given_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(written(find_format("gpkg"), FEATURES))
    asked = (
        "import pyogrio, geo.formats as f; list(f.find_format('a.gpkg').read(open('a.gpkg', 'rb')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "OGR_SKIP"}
        | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert "no file is handed to it" in done.stderr


def test_importing_the_formats_loads_neither_gdal_nor_pandas() -> None:
    asked = (
        "import geo.formats, sys; slow = {'pyogrio', 'pandas', 'openpyxl', 'pyarrow'}; "
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "hostile",
    [
        "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>",
        '{{"type": "gdal_streamed_alg", "command_line": "gdal vector read {}"}}',
        "GEOJSON:{}",
        "{}",
    ],
    ids=["vrt", "algorithm", "prefix", "path"],
)
def test_a_file_that_points_at_another_is_refused_in_every_format(
    form: Format, hostile: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.geojson"
    secret.write_bytes(written(find_format("geojson"), FEATURES))
    try:
        said = repr(list(form.read(hostile.format(secret).encode())))
    except BadFile as error:
        said = str(error)
    assert "Құмкөл" not in said
    assert "geometry=<" not in said


@pytest.mark.parametrize("form", CUT, ids=lambda form: form.name)
@pytest.mark.parametrize("other", FORMATS, ids=lambda form: form.name)
def test_the_content_must_fit_the_ending(form: Format, other: Format) -> None:
    if form is other:
        return
    with pytest.raises(BadFile):
        list(form.read(written(other, FEATURES)))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_file_that_was_cut_short_is_refused_or_read_to_the_cut(form: Format) -> None:
    whole = written(form, FEATURES)
    for part in (0.1, 0.5, 0.9, 0.99):
        try:
            rows = list(form.read(whole[: int(len(whole) * part)]))
        except BadFile:
            continue
        assert form.name in ("csv", "geojsonl", "gpkg", "fgb")
        assert len(rows) <= len(FEATURES)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("../../etc/x.shp", b"x", "unpacked elsewhere"),
        ("/etc/x.shp", b"x", "unpacked elsewhere"),
        ("..\\x.shp", b"x", "unpacked elsewhere"),
        ("C:/x.shp", b"x", "unpacked elsewhere"),
        ("inner.zip", b"x", "another archive"),
        ("big.shp", b"\0" * (1 << 24), "would unpack to 1,"),
        ("notes.txt", b"x", "no .shp file"),
    ],
    ids=["up", "root", "windows", "drive", "nested", "bomb", "nothing"],
)
def test_a_zip_is_checked_before_it_is_unpacked(name: str, value: bytes, words: str) -> None:
    many = 70 if name == "big.shp" else 1  # each small, all together more than a gigabyte
    files = {name if many == 1 else f"{at}{name}": value for at in range(many)}
    with pytest.raises(BadFile, match=words):
        read("shp.zip", zipped(files))


def test_a_zip_of_too_many_files_or_with_a_password_is_refused() -> None:
    with pytest.raises(BadFile, match="holds 1,001 files"):
        read("shp.zip", zipped({f"{at}.txt": b"" for at in range(1_001)}))
    locked = bytearray(zipped({"a.shp": b"x"}))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(magic) + place] |= 1
    with pytest.raises(BadFile, match="password"):
        read("shp.zip", bytes(locked))


def test_a_zip_that_lies_about_a_size_is_refused_where_it_is_read(tmp_path: Path) -> None:
    data = bytearray(shapefile(tmp_path, "EPSG:4326"))
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1)
    with pytest.raises(BadFile):
        read("shp.zip", bytes(data))


@pytest.mark.parametrize(
    ("ending", "words"),
    [(".prj", "the system of its coordinates"), (".dbf", "the table"), (".shx", "the index")],
)
def test_a_shapefile_without_one_of_its_files_is_refused(
    tmp_path: Path, ending: str, words: str
) -> None:
    with pytest.raises(BadFile, match=rf"parks\.shp comes without parks\{ending}, {words}"):
        read("shp.zip", shapefile(tmp_path, "EPSG:4326", ending))


def test_a_zip_of_two_shapefiles_names_them(tmp_path: Path) -> None:
    data = shapefile(
        tmp_path, "EPSG:4326", roads_shp=b"", roads_shx=b"", roads_dbf=b"", roads_prj=b""
    )
    with pytest.raises(BadFile, match=r"2 shapefiles \(.*parks.*\); zip the one"):
        read("shp.zip", data)


def test_a_shapefile_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    data = shapefile(tmp_path, "EPSG:4326", ".shp", parks_shp=b"<OGRVRTDataSource/>")
    with pytest.raises(BadFile, match=r"parks\.shp holds something else"):
        read("shp.zip", data)


@pytest.mark.parametrize("text", [b"P-1,name,x\n" * 2_000_001, b" " * (129 << 20)])
def test_texts_beside_a_shapefile_that_unpack_without_end_are_refused(
    tmp_path: Path, text: bytes
) -> None:
    gdal_file(
        tmp_path / "a.shp",
        "ESRI Shapefile",
        "EPSG:4326",
        shapely.Point(68, 41),
        geometry_type="Point",
    )
    parts = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(BadFile, match=r"_whole\.csv in the zip have more than 2,000,000 lines"):
        read("shp.zip", zipped(parts | {"a_whole.csv": text}))


def test_a_shapefile_of_a_colleague_keeps_its_short_names(tmp_path: Path) -> None:
    (row,) = read("shp.zip", shapefile(tmp_path, "EPSG:4326"))
    assert (row.properties, row.geometry) == ({"name": "n0"}, shapely.Point(68.1, 41.2))


def test_a_value_changed_in_the_shapefile_wins_over_the_whole_one_beside_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(written(find_format("shp.zip"), FEATURES[2:3]))) as archive:
        archive.extractall(tmp_path)
    table = tmp_path / "projects_point.dbf"
    table.write_bytes(table.read_bytes().replace(b"=HYPERLINK(1)", b"=REPLACED (1)"))
    (row,) = read("shp.zip", zipped({path.name: path.read_bytes() for path in tmp_path.iterdir()}))
    assert str(row.properties["name"]).startswith("=REPLACED (1)")
    assert row.properties["capacity_mw"] == "1000000000000000.5"


@pytest.mark.parametrize(
    ("ending", "driver"), [("gpkg", "GPKG"), ("fgb", "FlatGeobuf"), ("shp.zip", "ESRI Shapefile")]
)
def test_coordinates_are_turned_to_degrees_by_the_file_s_own_system(
    tmp_path: Path, ending: str, driver: str
) -> None:
    path = tmp_path / ("a.shp" if ending == "shp.zip" else f"a.{ending}")
    data = gdal_file(path, driver, "EPSG:32642", shapely.Point(UTM), geometry_type="Point")
    if ending == "shp.zip":
        data = zipped({each.name: each.read_bytes() for each in tmp_path.iterdir()})
    (row,) = read(ending, data)
    assert_is_there(row)


@pytest.mark.parametrize(("ending", "driver"), [("gpkg", "GPKG"), ("fgb", "FlatGeobuf")])
def test_a_file_that_does_not_say_its_system_is_refused(
    tmp_path: Path, ending: str, driver: str
) -> None:
    data = gdal_file(
        tmp_path / f"a.{ending}", driver, None, shapely.Point(68, 41), geometry_type="Point"
    )
    with pytest.raises(BadFile, match="does not say which coordinates"):
        read(ending, data)


@pytest.mark.parametrize(
    "made",
    [
        lambda path: (
            "gpkg",
            gdal_file(path, "GPKG", "EPSG:4326", shapely.Point(UTM), geometry_type="Point"),
        ),
        lambda _path: ("csv", f"name,lon,lat\nA,{UTM[0]},{UTM[1]}\n".encode()),
        lambda _path: ("xlsx", workbook(["name", "x", "y"], ["A", *UTM])),
    ],
    ids=["gpkg", "csv", "xlsx"],
)
def test_metres_that_are_called_degrees_are_refused_in_words(
    tmp_path: Path, made: Callable[[Path], tuple[str, bytes]]
) -> None:
    (row,) = read(*made(tmp_path / "a.gpkg"))
    with pytest.raises(Exception, match=r"512345, 4573210 is in metres .*reproject it to WGS 84"):
        check(row.geometry)  # type: ignore[arg-type]  # none of these formats gives a mapping


def test_a_geopackage_of_several_layers_names_them(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for layer in ("parks", "roads"):
        data = gdal_file(
            path, "GPKG", "EPSG:4326", shapely.Point(68, 41), geometry_type="Point", layer=layer
        )
    with pytest.raises(BadFile, match=r"2 layers \(parks, roads\)"):
        read("gpkg", data)


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS fid FROM c",
        "SELECT 1 AS fid, hex(zeroblob(400000000)) AS name",
    ],
)
def test_a_view_of_a_geopackage_is_never_asked(tmp_path: Path, query: str) -> None:
    path = tmp_path / "a.gpkg"
    gdal_file(path, "GPKG", "EPSG:4326", shapely.Point(68, 41), geometry_type="Point", layer="a")
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(f"CREATE VIEW parks AS {query}")
        opened.execute("DELETE FROM gpkg_geometry_columns")
        opened.execute("UPDATE gpkg_contents SET table_name = 'parks', data_type = 'attributes'")
    with pytest.raises(BadFile, match=r"parks is a query, which is not run"):
        read("gpkg", path.read_bytes())


def test_a_computed_column_of_a_geopackage_is_never_computed(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gdal_file(path, "GPKG", "EPSG:4326", shapely.Point(68, 41), geometry_type="Point", layer="a")
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("ALTER TABLE a ADD COLUMN big TEXT AS (hex(zeroblob(400000000))) VIRTUAL")
    with pytest.raises(BadFile, match=r"computes its column big"):
        read("gpkg", path.read_bytes())


def test_null_and_whole_numbers_come_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    places = np.array([shapely.Point(68, 41).wkb, None], dtype=object)
    pyogrio.raw.write(
        path,
        places,
        [np.array([7, 0]), np.array([1.5, np.nan]), np.array(["2024-01-09", "NaT"], "M8[D]")],
        np.array(["source_id", "mw", "day"]),
        field_mask=[np.array([False, True]), None, None],
        driver="GPKG",
        crs="EPSG:4326",
        geometry_type="Point",
    )
    first, second = read("gpkg", path.read_bytes())
    assert first.properties == {"source_id": 7, "mw": 1.5, "day": "2024-01-09"}
    assert second.properties == {"source_id": None, "mw": None, "day": None}
    assert second.geometry is None


def test_formulas_of_a_csv_are_text() -> None:
    data = b"name,capacity_mw\n\"=cmd|' /C calc'!A0\",=1+1\n'=x,-5\n"
    first, second = read("csv", data)
    assert first.properties == {"name": "=cmd|' /C calc'!A0", "capacity_mw": "=1+1"}
    assert second.properties == {"name": "=x", "capacity_mw": "-5"}


def test_a_workbook_with_macros_is_refused_and_a_formula_is_never_computed() -> None:
    made = io.BytesIO(workbook(["name"], ["=1+1"]))
    assert read("xlsx", made.getvalue()) == []  # nobody computed it yet, so the cell is empty
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(BadFile, match="macros, which are never run"):
        read("xlsx", made.getvalue())


@pytest.mark.parametrize(
    "rows",
    ['<row r="9999999999"><c r="A9999999999"/></row>', '<row><c r="XFD1"/></row>' * 10],
)
def test_a_sheet_of_endless_blank_rows_is_refused(
    rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_CELLS", 100_000)
    book = workbook(["name"], ["A"])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", f"{rows}</sheetData>".encode())
    with pytest.raises(BadFile, match="more than 1,048,576 rows or"):
        read("xlsx", zipped(parts))


@pytest.mark.parametrize("name", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "''-1", "＝1", "'quoted'"]
)
def test_no_text_cell_that_is_written_begins_like_a_formula(name: str, text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert safe_cell(text)[0] not in "=+-@\t\r＝"


@given(st.lists(st.one_of(st.text(), st.none()), min_size=1))
def test_any_list_comes_back_from_its_text(items: list[str | None]) -> None:
    text = join(items)
    assert text is not None
    blank_as_none = [item or None for item in items]
    assert [item or None for item in split(text)] == blank_as_none


@given(st.text())
def test_any_text_comes_back_from_its_cell(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n\n", "empty"),
        (b"name,,lon\nA,B,1\n", "Column 2 has no name"),
        (b"name,name\nA,B\n", "Two columns are called 'name'"),
        (b",".join(b"c%d" % at for at in range(501)), "501 columns"),
        (b'name\n"' + b"x" * 4_000_001 + b'"\n', "cannot be read as CSV"),
    ],
)
def test_a_csv_that_is_none_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read("csv", data)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_says_its_places_as_lon_and_lat_or_as_wkt(mark: str) -> None:
    lonlat = mark.join(("Name", "Долгота", "Широта")) + "\n" + mark.join(("A", "68.1", "41.2"))
    (row,) = read("csv", lonlat.encode())
    assert (row.geometry, row.properties) == (shapely.Point(68.1, 41.2), {"Name": "A"})
    wkt = mark.join(("id", "geom")) + "\n" + mark.join(("P-1", '"POINT (68.1 41.2)"'))
    (row,) = read("csv", wkt.encode())
    assert (row.geometry, row.ref) == (shapely.Point(68.1, 41.2), "P-1")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("A,68.1,north", "decimal degrees"),
        ("A,68.1,", "decimal degrees"),
        ("A,1,2,3", "more cells than there are columns"),
    ],
)
def test_a_faulty_line_of_a_table_is_a_fault_of_that_row(line: str, words: str) -> None:
    rows = read("csv", f"name,lon,lat\nB,1,2\n\n{line}\n".encode())
    assert rows[0].fault is None
    assert [row.row for row in rows] == [2, 4], "as a spreadsheet counts, blank lines too"
    assert words in str(rows[1].fault)


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'


def test_a_link_in_a_kml_is_said_and_not_followed() -> None:
    link = "<NetworkLink><Link><href>//other.example/list.kml</href></Link></NetworkLink>"
    park = (
        "<Placemark><name>A</name><Point><coordinates>68.1,41.2,0</coordinates></Point></Placemark>"
    )
    linked, placed = read("kml", KML.format(link + park).encode())
    assert "//other.example/list.kml, which is not followed" in str(linked.fault)
    assert (placed.row, placed.properties) == (2, {"name": "A"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('<!DOCTYPE k [<!ENTITY a "b">]>' + KML.format("&a;"), "entities or a document type"),
        ('<!DOCTYPE k SYSTEM "//other.example/list.kml"><kml/>', "entities or a document type"),
        ("<OGRVRTDataSource/>", "XML but not KML"),
        (KML.format("<Folder>" * 100 + "</Folder>" * 100), "nested deeper than 64"),
        (KML.format("<Folder>"), "broken at line 1"),
        ("<kml>" + "<a/>" * 250_001 + "</kml>", "more than 250,000 elements"),
        ("", "broken"),
        ("\0", "broken"),
        ('<?xml version="1.0" encoding="klingon"?><kml/>', "save it as UTF-8"),
        ('<?xml version="1.0" encoding="shift_jis"?><kml/>', "save it as UTF-8"),
    ],
)
def test_a_kml_that_means_harm_gets_a_sentence(data: str, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read("kml", data.encode())


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("<Point><coordinates>north</coordinates></Point>", "lon,lat pairs"),
        ("<Point><coordinates/></Point>", "lon,lat pairs"),
        ("<LineString><coordinates>1,2</coordinates></LineString>", "lon,lat pairs"),
        ("<Polygon/>", "one outer boundary"),
        ("<MultiGeometry>" * 20 + "</MultiGeometry>" * 20, "nested deeper"),
        ("<Model/>", "A Model is no place"),
    ],
)
def test_a_place_of_a_kml_that_cannot_be_read_is_a_fault_of_its_row(place: str, words: str) -> None:
    (row,) = read("kml", KML.format(f"<Placemark>{place}</Placemark>").encode())
    assert words in str(row.fault)


def parquet_file(places: list[bytes | None], geo: Any, name: str = "geometry") -> bytes:
    """A Parquet file with these places and this metadata."""
    table = pa.table({"name": ["A"] * len(places), name: pa.array(places, pa.binary())})
    metadata = None if geo is None else {"geo": geo if isinstance(geo, bytes) else json.dumps(geo)}
    made = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), made)
    return made.getvalue()


def geo_of(**column: Any) -> dict[str, Any]:
    """GeoParquet metadata of one column."""
    return {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"} | column}}


@pytest.mark.parametrize(
    ("geo", "words"),
    [
        (b"{", "metadata is broken"),
        ([], "metadata is broken"),
        ({"primary_column": "x", "columns": {}}, "metadata is broken"),
        (geo_of(encoding="point"), "not WKB"),
        (geo_of(crs=None), "does not say which coordinates"),
        (geo_of(crs={"type": "nonsense"}), "is not known"),
    ],
)
def test_a_geoparquet_that_says_its_places_wrongly_is_refused(geo: Any, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read("parquet", parquet_file([None], geo))


def test_columns_of_a_parquet_file_that_are_not_what_they_say_get_a_sentence() -> None:
    twice = pa.Table.from_arrays([pa.array(["A"]), pa.array(["B"])], names=["name", "name"])
    late = pa.table({"status_date": pa.array([2**62], pa.timestamp("us"))})
    place = {b"geo": json.dumps(geo_of()).encode()}
    text = pa.table({"geometry": ["POINT (1 2)"]}).replace_schema_metadata(place)
    for table in (twice, late, text):
        file = io.BytesIO()
        pq.write_table(table, file)
        with pytest.raises(BadFile, match="broken or cut short"):
            read("parquet", file.getvalue())


def test_wkb_that_is_broken_or_nested_without_end_is_a_fault_of_its_row() -> None:
    deep = struct.pack("<BII", 1, 7, 1) * 100_000 + shapely.Point(1, 2).wkb
    good, broken, nested = read(
        "parquet", parquet_file([shapely.Point(1, 2).wkb, b"\x01\x02", deep], geo_of())
    )
    assert good.geometry == shapely.Point(1, 2)
    assert "cannot be read" in str(broken.fault)
    assert "nested too deep" in str(nested.fault)


def test_a_parquet_file_in_another_system_is_turned_to_degrees() -> None:
    crs = json.loads(pyproj.CRS("EPSG:32642").to_json())
    (row,) = read("parquet", parquet_file([shapely.Point(UTM).wkb], geo_of(crs=crs)))
    assert_is_there(row)


def test_without_its_package_parquet_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "find_spec", lambda _name: None)
    with pytest.raises(UnwritableFile, match="extra “parquet”"):
        written(find_format("parquet"), [])
    with pytest.raises(BadFile, match="extra “parquet”"):
        read("parquet", b"PAR1")


def test_a_sheet_cannot_hold_more_records_than_it_has_rows() -> None:
    with pytest.raises(UnwritableFile, match="1,048,576 rows, and these are 1,048,576 records"):
        written(find_format("xlsx"), [], numberReturned=1_048_576)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=40), at=st.integers(0, 4_000))
def test_a_damaged_file_does_no_worse_than_be_refused(form: Format, noise: bytes, at: int) -> None:
    whole = bytearray(written(form, FEATURES[:3]))
    at = min(at, len(whole))
    whole[at : at + len(noise)] = noise
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL warns before it fails
        with suppress(BadFile):
            list(form.read(bytes(whole)))


def test_days_and_whole_numbers_of_a_sheet_come_as_people_see_them() -> None:
    at = datetime(2024, 1, 9, 12, 30)  # noqa: DTZ001  # a sheet knows no zones
    data = workbook(["name", "day", "at", "n"], ["A", datetime(2024, 1, 9), at, 7.0])  # noqa: DTZ001
    (row,) = read("xlsx", data)
    assert row.properties == {"name": "A", "day": "2024-01-09", "at": "2024-01-09T12:30:00", "n": 7}
