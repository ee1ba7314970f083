"""Newline-delimited GeoJSON: a feature a line; also GeoJSON text sequences (RFC 8142)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, BinaryIO

import orjson

from geo.errors import BadFile, EmptyFile
from geo.formats.base import Column, Format, RawFeature
from geo.formats.cutting import LONGEST_FEATURE
from geo.formats.geojson import WRITTEN, chunks, feature_row
from geo.parts import in_parts

_RECORD_SEPARATOR = b"\x1e"


def write(
    texts: Iterable[str], head: Mapping[str, Any], _columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a line for each feature; this format has no place for the head."""
    for block in in_parts(texts, WRITTEN):
        yield ("\n".join(block) + "\n").encode()


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Return the row of each line, read as it is asked for; one that is no feature has a fault.

    A file of nothing is what no features are written as, so it has no rows.

    Raises:
        BadFile: the file holds no lines of JSON at all.
    """
    texts = chunks(file)
    try:
        start = next(texts)
    except EmptyFile:
        return iter(())
    separator = _RECORD_SEPARATOR if start[:1] == _RECORD_SEPARATOR else b"\n"
    parts = _parts(chain([start], texts), separator)
    pieces = ((at, part) for at, part in parts if part.strip())
    first = next(pieces, (1, b""))
    if not first[1].lstrip().startswith(b"{"):
        raise BadFile("The file is not newline GeoJSON: its first line does not begin with {.")
    if b'"FeatureCollection"' in first[1].lstrip()[:200]:
        raise BadFile("The file is one FeatureCollection; give it the ending .geojson.")
    return _rows(chain([first], pieces))


def _parts(texts: Iterable[bytes], separator: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the numbered texts of a file; RFC 8142 lets a feature run over several lines."""
    number = 0 if separator == _RECORD_SEPARATOR else 1
    unfinished: list[bytes] = []
    for text in texts:
        *whole, last = text.split(separator)
        for part in whole:
            yield number, b"".join((*unfinished, part))
            number, unfinished = number + 1, []
        unfinished.append(last)
        if sum(map(len, unfinished)) > LONGEST_FEATURE:
            raise BadFile(
                f"Line {number:,} has more than {LONGEST_FEATURE >> 20} MB, which is more than is "
                "read; simplify that feature, or give a FeatureCollection the ending .geojson."
            )
    yield number, b"".join(unfinished)


def _rows(pieces: Iterable[tuple[int, bytes]]) -> Iterator[RawFeature]:
    for row, (line, text) in enumerate(pieces, start=1):
        try:
            yield feature_row(row, orjson.loads(text), len(text))
        except orjson.JSONDecodeError as error:
            yield RawFeature(
                row, fault=f"Line {line} is broken at column {error.colno} ({error.msg})."
            )


FORMAT = Format(
    "geojsonl", "GeoJSON, one feature a line", "application/geo+json-seq", "geojsonl", write, read
)
