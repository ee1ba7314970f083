"""Small files that would unpack, unfold or repeat without end: refused before that takes memory."""

import io
import re
import sqlite3
import struct
import time
import tracemalloc
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio.raw
import pytest
import shapely

from geo.errors import BadFile
from geo.formats import find_format, gdal, markup, parquet, parquet_pages, xlsx
from tests.geo.test_uploads import KML, gdal_file, read, workbook, zipped


def parquet_of(columns: dict[str, Any], **options: Any) -> bytes:
    """A Parquet file of these columns."""
    made = io.BytesIO()
    pq.write_table(pa.table(columns), made, compression="zstd", **options)
    return made.getvalue()


def longest(texts: int, size: int) -> bytes:
    """A Parquet file of different texts of that size, which packs to little."""
    return parquet_of({"name": [f"{at}{'A' * size}" for at in range(texts)]}, use_dictionary=False)


def test_pages_that_unpack_to_much_are_refused_by_their_own_headers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parquet_pages, "MOST_UNPACKED", 1_000_000)
    assert len(read("parquet", longest(3, 300_000))) == 3
    data = longest(4, 300_000)
    assert len(data) < 5_000
    with pytest.raises(BadFile, match="Row group 1 unpacks to 1 MB"):
        read("parquet", data)
    monkeypatch.setattr(parquet_pages, "MOST_IN_ALL", 1_000_000)
    many = parquet_of({"name": ["A" * 200_000] * 9}, use_dictionary=False, row_group_size=1)
    with pytest.raises(BadFile, match="unpacks to 2 MB; split it"):
        read("parquet", many)


def test_a_text_that_repeats_in_a_parquet_file_is_held_once() -> None:
    places = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000), pa.array(["A" * 100_000]))
    lists = pa.ListArray.from_arrays(pa.array(range(3_001)), places)
    data = parquet_of({"name": places, "sources": lists})
    assert len(data) < 2_000
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    rows, most = 0, 0
    for row in find_format("parquet").read(data):
        rows += row.properties["sources"] == [row.properties["name"]]
        most = max(most, pa.total_allocated_bytes() - before)
    taken = tracemalloc.get_traced_memory()[1] + most
    tracemalloc.stop()
    assert rows == 3_000
    assert taken < 30_000_000, "of 600 MB that the rows say"


def test_lists_without_end_in_a_parquet_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_pages, "MOST_LISTED", 1_000)
    assert read("parquet", parquet_of({"a": [[1] * 900, None, []]}))[0].properties["a"] == [1] * 900
    with pytest.raises(BadFile, match="1,499 entries of lists"):
        read("parquet", parquet_of({"a": [[1] * 1_500]}))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({f"c{at}": [1] for at in range(501)}, "501 columns; at most 500"),
        ({"a": pa.array([b"x" * 65], pa.binary(65))}, "no text and no number"),
        ({"a": pa.array([[1] * 9], pa.list_(pa.int8(), 9))}, None),
        ({"a": [{"b": 1}, None]}, None),
    ],
)
def test_odd_columns_of_a_parquet_file_are_refused_or_left_blank(
    columns: dict[str, Any], words: str | None
) -> None:
    data = parquet_of(columns)
    if words is None:
        assert all(row.properties == {"a": None} for row in read("parquet", data))
        return
    with pytest.raises(BadFile, match=words):
        read("parquet", data)


def test_a_parquet_file_that_says_much_of_itself_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parquet, "LONGEST_FOOTER", 500)
    with pytest.raises(BadFile, match="What the Parquet file says"):
        read("parquet", parquet_of({f"column {at}": [1] for at in range(50)}))


def parts_of(data: bytes) -> dict[str, bytes]:
    """The entries of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def within(part: bytes, end: bytes, more: bytes) -> bytes:
    """A part of a workbook with more before that end."""
    assert end in part
    return part.replace(end, more + end)


SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"
RELS, TEXTS = "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
WORKBOOKS = {
    "cells of one row": (SHEET, b"</sheetData>", b"<row>" + b"<c/>" * 200_001 + b"</row>"),
    "text of one cell": (SHEET, b"</sheetData>", b"<row><c>" + b"a" * (17 << 20) + b"</c></row>"),
    "one tag": (SHEET, b"</sheetData>", b"<row a='" + b"a" * (6 << 20) + b"'/>"),
    "styles": (STYLES, b"</styleSheet>", b"<x/>" * 250_001),
    "names": (BOOK, b"</workbook>", b"<x/>" * 250_001),
    "relations": (RELS, b"</Relationships>", b"<x/>" * 250_001),
    "one text": (TEXTS, b"</sst>", b"<si>" + b"<t/>" * 200_001 + b"</si>"),
    "texts": (TEXTS, b"</sst>", b"<si/>" * 300_001),
}


@pytest.mark.parametrize("case", WORKBOOKS.values(), ids=WORKBOOKS)
def test_a_part_of_a_workbook_that_has_no_end_is_refused_before_it_is_a_tree(
    case: tuple[str, bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_TEXTS", 300_000)
    name, end, more = case
    parts = parts_of(workbook(["name"], ["A"]))
    data = zipped(parts | {name: within(parts.get(name, b"<sst></sst>"), end, more)})
    assert len(data) < 300_000
    tracemalloc.start()
    with pytest.raises(BadFile, match="has more in one row, text or list"):
        read("xlsx", data)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 60_000_000


@pytest.mark.parametrize(
    "text",
    [
        "<Placemark " + " ".join(f'a{at}="1"' for at in range(600_000)) + "/>",
        "<!--" + "x" * (6 << 20) + "-->",
        "<Placemark><name>" + "x" * (6 << 20) + "</name></Placemark>",
    ],
    ids=["attributes", "comment", "text"],
)
def test_a_tag_or_text_of_a_kml_that_has_no_end_is_refused(text: str) -> None:
    with pytest.raises(BadFile, match="has more than 4 MB"):
        read("kml", KML.format(text).encode())


def test_a_long_tag_is_not_begun_anew_with_every_piece() -> None:
    """The parser takes time by the square of what has not ended, in small pieces."""

    def seconds(size: int) -> float:
        data = KML.format(f"<Placemark a='{'x' * size}'/>").encode()
        begun = time.process_time()
        assert len(read("kml", data)) == 1
        return time.process_time() - begun

    seconds(100_000)
    assert seconds(3_000_000) < 100 * max(seconds(300_000), 0.005)


def test_rows_that_share_their_pages_in_a_geopackage_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    texts = np.array(["x" * 100_000] * 2, dtype=object)
    places = np.array([shapely.Point(68, 41).wkb] * 2, dtype=object)
    pyogrio.raw.write(
        path,
        places,
        [texts],
        np.array(["name"]),
        driver="GPKG",
        crs="EPSG:4326",
        geometry_type="Point",
    )
    assert len(read("gpkg", path.read_bytes())) == 2
    with closing(sqlite3.connect(path)) as opened:
        size = opened.execute("PRAGMA page_size").fetchone()[0]
    whole = path.read_bytes()
    # In a leaf of the table each row ends in the number of the page that its text goes on in.
    first, second = (
        start + found.end()
        for start in range(0, len(whole), size)
        if whole[start] == 0x0D
        for found in re.finditer(b"x{300,}", whole[start : start + size])
    )
    data = bytearray(whole)
    data[second : second + 4] = data[first : first + 4]
    assert data != whole
    with pytest.raises(BadFile, match="broken or cut short"):
        read("gpkg", bytes(data))


def test_a_flatgeobuf_that_says_it_has_endless_features_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gdal, "READ_AT_ONCE", 2)
    data = gdal_file(
        tmp_path / "a.fgb",
        "FlatGeobuf",
        "EPSG:4326",
        *[shapely.Point(68, 41)] * 5,
        geometry_type="Point",
        SPATIAL_INDEX="NO",
    )
    assert len(read("fgb", data)) == 5
    count = struct.pack("<Q", 5)
    for at in (at for at in range(len(data)) if data.startswith(count, at)):
        lying = data[:at] + struct.pack("<Q", 2**40) + data[at + 8 :]
        try:
            assert len(read("fgb", lying)) == 5
        except BadFile:  # GDAL may see it, or it was another number
            continue


def test_a_feature_of_a_flatgeobuf_that_is_longer_than_the_file_is_refused(tmp_path: Path) -> None:
    data = gdal_file(
        tmp_path / "a.fgb",
        "FlatGeobuf",
        "EPSG:4326",
        shapely.Point(68, 41),
        geometry_type="Point",
        SPATIAL_INDEX="NO",
    )
    header = 12 + struct.unpack_from("<I", data, 8)[0]
    lying = data[:header] + struct.pack("<I", 2**31 - 5) + data[header + 4 :]
    with pytest.raises(BadFile, match="broken or cut short"):
        read("fgb", lying)


def test_wide_tables_are_read_in_smaller_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gpkg"
    columns = [np.array(["x" * 40] * 100, dtype=object) for _ in range(50)]
    places = np.array([None] * 100, dtype=object)
    names = np.array([f"c{at}" for at in range(50)])
    pyogrio.raw.write(
        path, places, columns, names, driver="GPKG", crs="EPSG:4326", geometry_type="Point"
    )
    asked: list[int] = []
    whole = pyogrio.raw.read

    def noted(*args: Any, **said: Any) -> Any:
        asked.append(said["max_features"])
        return whole(*args, **said)

    monkeypatch.setattr(pyogrio.raw, "read", noted)
    for limit, most in (("CELLS_AT_ONCE", 1_000), ("BYTES_AT_ONCE", 40_000)):
        asked.clear()
        with monkeypatch.context() as patched:
            patched.setattr(gdal, limit, most)
            assert len(read("gpkg", path.read_bytes())) == 100
        assert set(asked) <= set(range(1, 21))


def test_markup_that_is_short_enough_is_let_pass() -> None:
    text = b"<a>" + b"<row><c/></row>" * 1_000 + b"</a>"
    markup.check(io.BytesIO(text), "row", 3, 5_000)
    with pytest.raises(markup.TooLong):
        markup.check(io.BytesIO(text), "row", 1, 5_000)
    with pytest.raises(markup.TooLong):
        markup.check(io.BytesIO(b"<!DOCTYPE a><a/>"), "row", 3, 5_000)
