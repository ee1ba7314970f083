"""What a file format is: how features are written to it and read from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from shapely.geometry.base import BaseGeometry

Placed = Literal["id", "place", "longitude", "latitude"]
ColumnKind = Literal["text", "number", "integer", "boolean", "list"]


@dataclass(frozen=True, slots=True)
class Column:
    """A property as formats with fixed columns need to know it before the first row.

    `short` is its name in a Shapefile: at most ten ASCII characters, unique in its table.
    """

    name: str
    kind: ColumnKind
    short: str


Writer = Callable[[Iterable[str], Mapping[str, Any], Sequence[Column]], Iterator[bytes]]
"""Stored feature texts, the head's members and the columns to a file's bytes, in constant memory.

Raises UnwritableFile before the first byte where so much does not fit into such a file.
"""


@dataclass(frozen=True, slots=True)
class RawFeature:
    """One row of a file as it stands there, unchecked; `fault` says what keeps it from being read.

    `row` counts from 1. The geometry is in longitude and latitude. `size` is its length in the
    file in bytes, where it may be long; in memory it may take twenty times as much.
    """

    row: int
    ref: str | None = None
    geometry: Mapping[str, Any] | BaseGeometry | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None
    size: int = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as plain values, in half the time."""
        values = (self.row, self.ref, self.geometry, self.properties, self.fault, self.size)
        return RawFeature, values


Reader = Callable[[BinaryIO | bytes], Iterator[RawFeature]]
"""A file to its rows; raises BadFile when the file as a whole cannot be read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the header of a table is to be looked for.

    `sheet` is a sheet's name ("" for the first that has a header), `is_name` tells texts that name
    columns; without it the first row is the header.
    """

    sheet: str = ""
    is_name: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the rows of a table were found.

    `header` is the row that names the columns, as a spreadsheet counts; `placed` are the columns
    that say the place or the id, with which of these; `sheets` are all sheets of the file;
    `written` says in words how a text was taken.
    """

    header: int
    placed: Mapping[str, Placed]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class Tabular:
    """What a format whose files may have titles and several sheets can do: look, and read there.

    Both raise BadFile like a reader.
    """

    outline: Callable[[BinaryIO | bytes, Asked], Outline]
    read: Callable[[BinaryIO | bytes, Asked], Iterator[RawFeature]]


def _nothing_missing() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table of formats.

    `limits` says in one sentence what such a file cannot hold, `missing` which part must be
    installed before it can be used here ("" where none).
    """

    name: str
    title: str
    media_type: str
    extension: str
    write: Writer
    read: Reader
    limits: str = ""
    missing: Callable[[], str] = _nothing_missing
    tabular: Tabular | None = None

    def rows(self, file: BinaryIO | bytes, asked: Asked) -> Iterator[RawFeature]:
        """Yield the rows of a file, of a table those below the header that is asked for."""
        return self.tabular.read(file, asked) if self.tabular else self.read(file)

    def outline(self, file: BinaryIO | bytes, asked: Asked) -> Outline | None:
        """Return where the rows of a table stand; None where the format has nothing to be found."""
        return self.tabular.outline(file, asked) if self.tabular else None
