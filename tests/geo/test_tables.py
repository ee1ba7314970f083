"""Tables of people: titles above the header, several sheets, columns that say the place."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from geo.errors import BadFile
from geo.formats import FORMATS, Asked, Format, find_format

NAMES = {"name", "sector", "mw"}
KNOWN = Asked(is_name=NAMES.__contains__)
TABULAR = [form for form in FORMATS if form.tabular]
Sheet = list[list[Any]]
HEADER, ROW = ["name", "sector", "mw", "lon", "lat"], ["A", "wind", 5, 69.2, 41.3]


def made(form: Format, rows: Sheet, **more: Sheet) -> bytes:
    """A file of these rows; in a workbook the others stand on sheets of their own."""
    if form.name == "csv":
        return "\n".join(";".join(map(str, row)) for row in rows).encode()
    book, file = Workbook(), io.BytesIO()
    book.worksheets[0].title = "Plans"
    for title, cells in {"Plans": rows, **more}.items():
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        for row in cells:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("form", TABULAR, ids=lambda form: form.name)
@pytest.mark.parametrize(
    ("above", "header"),
    [
        ([], 1),
        ([["Projects, Tashkent, 2026"]], 2),
        ([["Projects"], ["as of", "13.05.2026"], ["", ""], ["mw", "", "", ""]], 5),
        ([["Projects", "", "", "", ""]] * 9, 10),
    ],
)
def test_the_header_is_the_first_row_of_known_names(
    form: Format, above: Sheet, header: int
) -> None:
    data = made(form, [*above, HEADER, ROW, ROW])
    rows = list(form.rows(data, KNOWN))
    assert [row.row for row in rows] == [header + 1, header + 2]
    assert rows[0].properties["name"] == "A"
    assert rows[0].geometry is not None
    outline = form.outline(data, KNOWN)
    assert outline is not None
    assert outline.header == header
    assert outline.placed == {"lon": "longitude", "lat": "latitude"}


@pytest.mark.parametrize("form", TABULAR, ids=lambda form: form.name)
def test_where_no_row_holds_known_names_the_first_is_the_header(form: Format) -> None:
    data = made(form, [["Title", "B", "C"], ["a", "b", "c"]])
    assert [row.properties for row in form.rows(data, KNOWN)] == [
        {"Title": "a", "B": "b", "C": "c"}
    ]
    far = made(form, [["T", "U"]] + [["a", "b"]] * 10 + [["name", "mw"]])
    assert next(iter(form.rows(far, KNOWN))).properties == {"T": "a", "U": "b"}


UNTABULAR = [form for form in FORMATS if not form.tabular]


@pytest.mark.parametrize("form", UNTABULAR, ids=lambda form: form.name)
def test_other_formats_have_no_header_to_be_found(form: Format) -> None:
    assert form.outline(b"", KNOWN) is None


def test_the_first_sheet_with_a_known_header_is_read_and_others_are_named() -> None:
    form = find_format("xlsx")
    data = made(form, [["Cover"], ["Ministry"]], Old=[HEADER, ["B"]], New=[HEADER, ROW])
    outline = form.outline(data, KNOWN)
    assert outline is not None
    assert (outline.sheet, outline.sheets) == ("Old", ("Plans", "Old", "New"))
    assert [row.properties["name"] for row in form.rows(data, KNOWN)] == ["B"]
    chosen = Asked("New", KNOWN.is_name)
    assert [row.properties["name"] for row in form.rows(data, chosen)] == ["A"]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are() -> None:
    form = find_format("xlsx")
    with pytest.raises(BadFile, match="no sheet 'Newest'; the file has Plans, Old"):
        list(form.rows(made(form, [HEADER], Old=[HEADER]), Asked("Newest")))
