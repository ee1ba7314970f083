"""What a file format is: how features are written to it and read from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

Writer = Callable[[Iterable[str], Mapping[str, Any]], Iterator[bytes]]
"""Stored feature texts and the head's members to the bytes of a file, in constant memory."""


@dataclass(frozen=True, slots=True)
class RawFeature:
    """One row of a file as it stands there, unchecked; `fault` says what keeps it from being read.

    `row` counts from 1.
    """

    row: int
    ref: str | None = None
    geometry: Mapping[str, Any] | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None


Reader = Callable[[BinaryIO | bytes], Iterator[RawFeature]]
"""A file to its rows; raises BadFile when the file as a whole cannot be read."""


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table of formats."""

    name: str
    title: str
    media_type: str
    extension: str
    write: Writer
    read: Reader
