"""What a file format is: how features are written to it and read from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from shapely.geometry.base import BaseGeometry

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

    `row` counts from 1. The geometry is in longitude and latitude.
    """

    row: int
    ref: str | None = None
    geometry: Mapping[str, Any] | BaseGeometry | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None


Reader = Callable[[BinaryIO | bytes], Iterator[RawFeature]]
"""A file to its rows; raises BadFile when the file as a whole cannot be read."""


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
