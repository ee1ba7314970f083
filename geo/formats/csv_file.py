"""CSV in UTF-8, the place as WKT; with a byte order mark, by which Excel knows the encoding."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

import shapely

from geo.errors import BadFile
from geo.formats.base import Asked, Column, Format, Outline, RawFeature, Tabular
from geo.formats.flat import ID, Batch, batches, safe_cell
from geo.formats.geojson import OTHER_KINDS
from geo.formats.table import HEADER_WITHIN, PLACE, Found, Rows, find
from geo.geometry import DECIMALS, LONGEST_TEXT

_MARK = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")
_LOOKED_AT = 4096  # bytes from which the file is judged
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
        BadFile: it is not UTF-8 text in columns, or its first row names no columns.
    """
    return read_at(file, Asked())


def read_at(file: BinaryIO | bytes, asked: Asked) -> Iterator[RawFeature]:
    """Yield the rows below the header that is found; raises BadFile like `read`."""
    found = _found(file, asked)
    for row, cells in found.below:
        yield found.table.feature(row, cells)


def outline(file: BinaryIO | bytes, asked: Asked) -> Outline:
    """Return where the header stands; raises BadFile like `read`."""
    found = _found(file, asked)
    return Outline(found.header, found.table.placed)


def _found(file: BinaryIO | bytes, asked: Asked) -> Found:
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    begin = source.read(_LOOKED_AT)
    _check(begin)
    text = io.TextIOWrapper(
        io.BufferedReader(_Joined(begin, source)), encoding="utf-8-sig", newline=""
    )
    return find(_rows_of(text, _delimiter(begin)), asked.is_name)


def _rows_of(text: TextIO, delimiter: str) -> Rows:
    """Yield what is no blank row, with the number that a spreadsheet shows beside it."""
    rows = csv.reader(text, delimiter=delimiter)
    try:
        for row, cells in enumerate(rows, start=1):
            if any(cells):
                yield row, cells
    except UnicodeDecodeError:
        raise BadFile("The file is not UTF-8 text; save it as “CSV UTF-8”.") from None
    except csv.Error as error:
        raise BadFile(f"Line {rows.line_num:,} cannot be read as CSV ({error}).") from None


def _check(begin: bytes) -> None:
    start = begin.removeprefix(_MARK).lstrip()
    if not start:
        raise BadFile("The file is empty.")
    if begin[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadFile("The file is UTF-16 text; save it as “CSV UTF-8”.")
    for magic, kind in (*OTHER_KINDS, (b"{", "JSON")):
        if start.startswith(magic):
            raise BadFile(f"The file is not CSV but {kind}; give it the right ending.")


def _delimiter(begin: bytes) -> str:
    """Return what parts the columns; Excel writes semicolons in many places.

    The widest of the first lines counts: above the header a title may stand, which has no columns.
    """
    lines = begin.splitlines()[:HEADER_WITHIN]
    if len(begin) == _LOOKED_AT and len(lines) > 1:
        lines.pop()  # it may be cut
    texts = [line.decode("utf-8", "replace") for line in lines]
    return max(_DELIMITERS, key=lambda mark: max(map(len, csv.reader(texts, delimiter=mark))))


class _Joined(io.RawIOBase):
    """What was read of a file to look at it, and then the rest."""

    def __init__(self, begin: bytes, rest: BinaryIO) -> None:
        self._begin, self._rest = begin, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._begin[: len(buffer)] or self._rest.read(len(buffer))
        self._begin = self._begin[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


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
