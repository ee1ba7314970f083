"""Newline-delimited GeoJSON: a feature a line; also GeoJSON text sequences (RFC 8142)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import orjson

from geo.errors import BadFile
from geo.formats.base import Column, Format, RawFeature
from geo.formats.geojson import blocks, content, feature_row

_RECORD_SEPARATOR = b"\x1e"


def write(
    texts: Iterable[str], head: Mapping[str, Any], _columns: Sequence[Column]
) -> Iterator[bytes]:
    """Yield a line for each feature; this format has no place for the head."""
    for block in blocks(texts):
        yield ("\n".join(block) + "\n").encode()


def read(file: BinaryIO | bytes) -> Iterator[RawFeature]:
    """Yield the row of each line; a line that is no feature carries a fault.

    A file of nothing is what no features are written as, so it has no rows.

    Raises:
        BadFile: the file holds no lines of JSON at all.
    """
    data = file if isinstance(file, bytes) else file.read()
    return _rows(_pieces(content(data)) if data.strip() else [])


def _pieces(data: bytes) -> list[tuple[int, bytes]]:
    """Return the numbered texts of a file; RFC 8142 lets a feature run over several lines."""
    if data.startswith(_RECORD_SEPARATOR):
        parts = data.split(_RECORD_SEPARATOR)[1:]
    else:
        parts = data.split(b"\n")
    pieces = [(at, part) for at, part in enumerate(parts, start=1) if part.strip()]
    first = pieces[0][1].lstrip() if pieces else b""
    if not first.startswith(b"{"):
        raise BadFile("The file is not newline GeoJSON: its first line does not begin with {.")
    if b'"FeatureCollection"' in first[:200]:
        raise BadFile("The file is one FeatureCollection; give it the ending .geojson.")
    return pieces


def _rows(pieces: list[tuple[int, bytes]]) -> Iterator[RawFeature]:
    for row, (line, text) in enumerate(pieces, start=1):
        try:
            yield feature_row(row, orjson.loads(text))
        except orjson.JSONDecodeError as error:
            yield RawFeature(
                row, fault=f"Line {line} is broken at column {error.colno} ({error.msg})."
            )


FORMAT = Format(
    "geojsonl", "GeoJSON, one feature a line", "application/geo+json-seq", "geojsonl", write, read
)
