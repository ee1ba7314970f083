"""CSV in UTF-8, the place as WKT; with a byte order mark, by which Excel knows the encoding."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import shapely

from geo.errors import BadFile
from geo.formats.base import Column, Format, RawFeature
from geo.formats.flat import ID, Batch, batches, safe_cell
from geo.formats.geojson import OTHER_KINDS
from geo.formats.table import FIRST_ROW, PLACE, Table
from geo.geometry import DECIMALS, LONGEST_TEXT

_MARK = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")
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
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    begin = source.read(4096)
    _check(begin)
    joined = io.BufferedReader(_Joined(begin, source))
    text = io.TextIOWrapper(joined, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, delimiter=_delimiter(begin))
    try:
        table = Table.of(next(rows, []))
        for row, cells in enumerate(rows, start=FIRST_ROW):
            if any(cells):
                yield table.feature(row, cells)
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
    """Return what parts the columns of the first line; Excel writes semicolons in many places."""
    line = begin.splitlines()[0].decode("utf-8", "replace")
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([line], delimiter=mark), [])))


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
)
