"""CSV, the place as WKT: written in UTF-8 with a byte order mark, by which Excel knows it, and read
in the encoding and with the delimiter that a file has.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

import shapely

from geo.errors import BadFile
from geo.formats.base import Asked, Column, Format, Outline, RawFeature, Tabular
from geo.formats.encodings import UNKNOWN, encoding_of, opened
from geo.formats.flat import ID, Batch, batches, safe_cell
from geo.formats.geojson import OTHER_KINDS
from geo.formats.table import HEADER_WITHIN, PLACE, Found, Rows, find
from geo.geometry import DECIMALS, LONGEST_TEXT

_MARK = b"\xef\xbb\xbf"
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_LOOKED_AT = 4096  # characters from which the file is judged
_DECIMAL = re.compile(r"[-+]?\d{1,3},\d{3}")
LONGEST_ROW = 5_000_000
MOST_BLANK = 1_048_576
# The standard library stops at 131,072 characters a cell; an outline has more.
csv.field_size_limit(LONGEST_TEXT)


def write(
    texts: Iterable[str], _head: Mapping[str, Any], columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a header and a line for each feature; this format has no place for the head."""
    yield table([[ID, *(column.name for column in columns), PLACE]])
    for batch in batches(texts, columns):
        yield _lines(_rows(batch))


def _rows(batch: Batch) -> Iterator[list[str]]:
    places = shapely.to_wkt(batch.geometries, rounding_precision=DECIMALS)
    for ref, place, *said in zip(batch.refs, places, *batch.values, strict=True):
        yield [ref, *(_cell(value) for value in said), place or ""]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else safe_cell(value) if isinstance(value, str) else repr(value)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows of cells as a CSV file that Excel opens; the cells are safe already."""
    return _MARK + _lines(rows)


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the rows; formulas are text, and nothing is computed.

    Raises:
        BadFile: it is no text in columns, or its first row names no columns.
    """
    return read_at(file, Asked())


def read_at(file: BinaryIO | bytes, asked: Asked) -> Iterator[RawFeature]:
    """Yield the rows below the header that is found; raises BadFile like `read`."""
    found, *_ = _found(file, asked)
    for row, cells in found.below:
        yield found.table.feature(row, cells)


def outline(file: BinaryIO | bytes, asked: Asked) -> Outline:
    """Return where the header stands; raises BadFile like `read`."""
    found, encoding, delimiter = _found(file, asked)
    written = f"{encoding}, columns parted by {_DELIMITERS[delimiter]}"
    return Outline(found.header, found.table.placed, written=written)


def _found(file: BinaryIO | bytes, asked: Asked) -> tuple[Found, str, str]:
    """Return the header and the rows below it, the encoding and what parts the columns."""
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    _check(source)
    encoding = encoding_of(source)
    text = opened(source, encoding)
    try:
        begin = text.read(_LOOKED_AT)
        begin += text.read(1) if begin.endswith("\r") else ""  # its \n may come next
    except UnicodeError:
        raise BadFile(UNKNOWN) from None
    delimiter = _delimiter(begin)
    lines = _Lines(begin, text)
    return find(_rows_of(lines, delimiter), asked.is_name), encoding, delimiter


class _Lines:
    """The lines of a text whose beginning was read already; a row of theirs is not endless."""

    def __init__(self, begin: str, rest: TextIO) -> None:
        self._begin, self._rest = io.StringIO(begin, newline=""), rest
        self.number = self.taken = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._begin.readline()
        if not line.endswith(("\n", "\r")):  # where the beginning ends, it goes on in the rest
            line += self._rest.readline(LONGEST_ROW)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken += len(line)
        if self.taken > LONGEST_ROW:
            raise BadFile(
                f"The row at line {self.number:,} has more than {LONGEST_ROW:,} characters; look "
                "whether a quote is left open there or before."
            )
        return line


def _rows_of(lines: _Lines, delimiter: str) -> Rows:
    """Yield what is no blank row, with the number that a spreadsheet shows beside it."""
    rows = csv.reader(lines, delimiter=delimiter)
    last = 0
    try:
        for row, cells in enumerate(rows, start=1):
            lines.taken = 0
            if any(cells):
                last = row
                yield row, _with_points(cells) if delimiter == ";" else cells
            elif row - last > MOST_BLANK:
                raise BadFile(f"More than {MOST_BLANK:,} blank lines follow line {last:,}.")
    except UnicodeError:  # of a later part than was judged
        raise BadFile(UNKNOWN) from None
    except csv.Error as error:
        raise BadFile(
            f"Line {rows.line_num:,} cannot be read as CSV ({error}); look whether a quote is left "
            "open there."
        ) from None


def _with_points(cells: list[str]) -> list[str]:
    """Write 1,234 as 1.234: where semicolons part the columns, the comma is the decimal one."""
    return [
        cell.replace(",", ".") if "," in cell and _DECIMAL.fullmatch(cell) else cell
        for cell in cells
    ]


def _check(source: BinaryIO) -> None:
    begin = source.tell()
    start = source.read(_LOOKED_AT).removeprefix(_MARK).lstrip()
    source.seek(begin)
    if not start:
        raise BadFile("The file is empty.")
    for magic, kind in (*OTHER_KINDS, (b"{", "JSON")):
        if start.startswith(magic):
            raise BadFile(f"The file is not CSV but {kind}; give it the right ending.")


def _delimiter(begin: str) -> str:
    """Return what parts the columns; Excel writes semicolons in many places.

    The widest of the first lines count: above the header a title may stand, which has no columns.
    """
    lines = begin.splitlines()[:HEADER_WITHIN]
    if len(begin) == _LOOKED_AT and len(lines) > 1:
        lines.pop()  # it may be cut

    def width(mark: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=mark)]
        widest = max(widths, default=0)
        return widest, widths.count(widest)

    return max(_DELIMITERS, key=width)


FORMAT = Format(
    "csv",
    "CSV (table)",
    "text/csv; charset=utf-8",
    "csv",
    write,
    read,
    "It says nothing of the filter that made it; texts that look like formulas begin with ’.",
    tabular=Tabular(outline, read_at),
)
