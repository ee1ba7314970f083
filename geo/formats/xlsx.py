"""Excel workbook: the rows, a sheet that says what they are, and a sheet for what no cell holds.

Numbers stay numbers and texts stay texts: what looks like a formula is made safe and comes back
exactly. Nothing is computed on reading.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any, BinaryIO, cast
from xml.parsers import expat

import shapely

from geo.errors import BadFile, UnwritableFile
from geo.formats import gdal, markup, zips
from geo.formats.base import Asked, Column, Format, Outline, RawFeature, Tabular
from geo.formats.flat import ID, Batch, about, batches, safe_cell
from geo.formats.table import PLACE, Found, Rows, find
from geo.geometry import DECIMALS

MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
MOST_UNPACKED = 256 << 20
MOST_CELLS = 50 << 20
"""Cells of a sheet that are read, blank ones too: a few bytes can say that there are endless."""

MOST_OF_ROW, MOST_TEXTS = 200_000, 3_000_000
"""Elements of one row, of which a sheet has 16,384 cells, and of all texts of the cells."""

_WHOLE = ("", 250_000, 250_000)  # no part of it is read alone
ABOUT, CONTINUED = "about", "continued"


def write(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    """Return the bytes of a workbook, made as a file of its own first.

    Raises:
        UnwritableFile: there are more records than a sheet has rows.
    """
    count = head.get("numberReturned", 0)
    if count >= MOST_ROWS:
        raise UnwritableFile(
            f"An Excel sheet has {MOST_ROWS:,} rows, and these are {count:,} records; narrow the "
            "filter, or take GeoPackage."
        )
    return _written(texts, head, columns)


def _written(
    texts: Iterable[str], head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    from openpyxl import Workbook  # noqa: PLC0415  # slow to import

    book = Workbook(write_only=True)
    sheet, said, rest = (book.create_sheet(title) for title in (_title(head), ABOUT, CONTINUED))
    sheet.freeze_panes = "B2"
    names = [ID, *(column.name for column in columns), PLACE]
    sheet.append(names)
    rest.append([ID, "column", "text"])
    for pair in about(head):
        said.append([safe_cell(text)[:LONGEST_CELL] for text in pair])
    for batch in batches(texts, columns):
        for cells in _rows(batch):
            sheet.append([_cell(cell) for cell in cells])
            for name, cell in zip(names, cells, strict=True):
                for piece in _rest(cell):
                    rest.append([cells[0], name, piece])
    with gdal.folder() as folder:
        path = folder / "features.xlsx"
        book.save(path)
        yield from gdal.chunks(path)


def _title(head: Mapping[str, Any]) -> str:
    return str(head.get("name") or "features")[:31]


def _rows(batch: Batch) -> Iterator[tuple[Any, ...]]:
    places = shapely.to_wkt(batch.geometries, rounding_precision=DECIMALS)
    return zip(batch.refs, *batch.values, places, strict=True)


def _cell(value: Any) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415  # slow to import

    if not isinstance(value, str):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", safe_cell(value)[:LONGEST_CELL])


def _rest(value: Any) -> Iterator[str]:
    """Yield what a cell does not hold: the text beyond it, or all digits of a number.

    A bar before each piece keeps it from being taken for a formula.
    """
    if isinstance(value, float) and _as_written(value) != value:
        yield f"|{value!r}"
    text = safe_cell(value) if isinstance(value, str) else ""
    for at in range(LONGEST_CELL, len(text), LONGEST_CELL - 1):
        yield "|" + text[at : at + LONGEST_CELL - 1]


def _as_written(number: float) -> float:
    """Return a number as openpyxl writes it: with sixteen digits."""
    return float(f"{number:.16g}")


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the rows of the first sheet; a formula counts by the value that was last seen.

    Raises:
        BadFile: it is no workbook, holds macros, or its first row names no columns.
    """
    return read_at(file, Asked())


def read_at(file: BinaryIO | bytes, asked: Asked) -> Iterator[RawFeature]:
    """Yield the rows below the header of the sheet asked for; raises BadFile like `read`."""
    with _opened(file) as book:
        yield from _features(book, _found(book, asked)[1])


def outline(file: BinaryIO | bytes, asked: Asked) -> Outline:
    """Return which sheet is read and where its header stands; raises BadFile like `read`."""
    with _opened(file) as book:
        title, found = _found(book, asked)
        return Outline(found.header, found.table.placed, title, tuple(_sheets(book)))


@contextmanager
def _opened(file: BinaryIO | bytes) -> Iterator[Any]:
    """Hold a workbook open; whatever openpyxl stumbles over in it is a BadFile."""
    from openpyxl import load_workbook  # noqa: PLC0415  # slow to import

    with gdal.folder() as folder:
        path = folder / "features.xlsx"
        gdal.keep(file, path, (b"PK\x03\x04",), "an Excel workbook")
        with path.open("rb") as source:
            with zips.opened(source, MOST_UNPACKED) as archive:
                _check(archive)
                _check_parts(archive)
            try:
                yield load_workbook(source, read_only=True, data_only=True, keep_links=False)
            except BadFile:
                raise
            except Exception as error:  # openpyxl raises whatever it stumbles over
                raise BadFile(
                    "The workbook cannot be read; open it in Excel, save it anew and send that."
                ) from error


def _check(archive: zipfile.ZipFile) -> None:
    names = {name.lower() for name in archive.namelist()}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise BadFile(
            "The workbook holds macros, which are never run; save it as .xlsx without them."
        )
    if "xl/workbook.xml" not in names:
        raise BadFile("The zip is no Excel workbook; save it as .xlsx.")


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse what is held as a tree and has no end: a row, the texts of all cells, the styles."""
    for entry in archive.infolist():
        folder, _, name = entry.filename.rpartition("/")
        is_sheet, is_text = folder.endswith("worksheets"), name.lower() == "sharedstrings.xml"
        part, most, in_all = ("row", MOST_OF_ROW, 2 * MOST_CELLS) if is_sheet else _WHOLE
        part, most, in_all = ("si", MOST_OF_ROW, MOST_TEXTS) if is_text else (part, most, in_all)
        try:
            with archive.open(entry) as opened:
                file = cast(Any, opened)  # a zip's entry can peek
                if file.peek(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
                    markup.check(file, part, most, in_all)
        except (markup.TooLong, expat.ExpatError, *zips.BROKEN):
            raise BadFile(
                f"{name[:40]} of the workbook is broken, or has more in one row, text or list than "
                "Excel writes; copy what you need to a new workbook."
            ) from None


def _sheets(book: Any) -> list[str]:
    """Return the names of the sheets that may hold rows."""
    return [one.title for one in book.worksheets if one.title not in (ABOUT, CONTINUED)]


def _found(book: Any, asked: Asked) -> tuple[str, Found]:
    """Return the sheet asked for, or the first with a header that is known, or the first."""
    titles = _sheets(book)
    if asked.sheet and asked.sheet not in titles:
        raise BadFile(f"There is no sheet {asked.sheet[:40]!r}; the file has {', '.join(titles)}.")
    several = [asked.sheet] if asked.sheet else titles
    for title in several if asked.is_name else []:
        with suppress(BadFile):  # a cover sheet may be empty, or without a table
            found = find(_numbered(book[title]), asked.is_name)
            if found.is_sure:
                return title, found
    return several[0], find(_numbered(book[several[0]]), asked.is_name)


def _numbered(sheet: Any) -> Rows:
    return (
        (row, cells)
        for row, cells in enumerate(_cells(sheet), start=1)
        if any(cell not in (None, "") for cell in cells)
    )


def _features(book: Any, found: Found) -> Iterator[RawFeature]:
    beyond: dict[tuple[str, str], str] = {}
    if CONTINUED in book.sheetnames:
        for ref, name, piece in _cells(book[CONTINUED], 3):
            key = (str(ref), str(name))
            beyond[key] = beyond.get(key, "") + str(piece)[1:]
    table = found.table
    at_id = table.names.index(ID) if ID in table.names else None
    for row, cells in found.below:
        if beyond and at_id is not None:
            ref = str(cells[at_id])
            cells = [  # noqa: PLW2901  # the same row, made whole
                _whole(cell, beyond.get((ref, name)))
                for cell, name in zip(cells, table.names, strict=False)
            ]
        yield table.feature(row, cells)


def _whole(cell: Any, beyond: str | None) -> Any:
    """Return a cell with what stands beyond it; a number that was changed since stays so."""
    if beyond is None:
        return cell
    if isinstance(cell, int | float):
        return float(beyond) if _as_written(float(beyond)) == cell else cell
    return f"{cell}{beyond}"


def _cells(sheet: Any, width: int | None = None) -> Iterator[list[Any]]:
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    read = 0
    for row, cells in enumerate(sheet.iter_rows(values_only=True, max_col=width), start=1):
        read += len(cells)
        if row > MOST_ROWS or read > MOST_CELLS:
            raise BadFile(
                f"The sheet has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells, blank ones "
                "counted; copy what you need to a new sheet."
            )
        yield [_plain(cell) for cell in cells]


def _plain(cell: Any) -> Any:
    """Return a cell as other formats have it: a day as ISO text."""
    if isinstance(cell, datetime):
        is_day = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return (cell.date() if is_day else cell).isoformat()
    return cell.isoformat() if isinstance(cell, date) else cell


FORMAT = Format(
    "xlsx",
    "Excel workbook",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsx",
    write,
    read,
    "A sheet has 1,048,576 rows and a cell 32,767 characters; longer texts go on in a sheet of "
    "their own; texts that look like formulas begin with ’.",
    tabular=Tabular(outline, read_at),
)
