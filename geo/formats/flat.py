"""Features for formats of rows and columns: lists become text, geometries come apart."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from geo.formats.base import Column
from geo.parts import in_parts

BATCH = 5_000
"""Features that are taken apart at once: enough for arrays to pay, little enough for memory."""

ID = "id"
"""The column of a feature's id in every format of rows and columns."""

_SEPARATOR = re.compile(r";\s+|;$|[\r\n]+")
# What a spreadsheet takes for a formula, also in its full-width forms, behind the apostrophes
# that `plain_cell` itself puts there.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some features as columns: ids, geometries (None where there is none), values by column."""

    refs: list[str]
    geometries: NDArray[np.object_]
    values: list[list[Any]]


def batches(
    texts: Iterable[str], columns: Sequence[Column], *, joined: bool = True
) -> Iterator[Batch]:
    """Yield stored feature texts as columns, so many at a time; lists are joined to text, or kept.

    Of no features there is one empty batch, so that a file still gets its columns.
    """
    empty = True
    for part in in_parts(texts, BATCH):
        yield _batch([orjson.loads(text) for text in part], columns, joined)
        empty = False
    if empty:
        yield _batch([], columns, joined)


def _batch(features: Sequence[Mapping[str, Any]], columns: Sequence[Column], joined: bool) -> Batch:
    places = [
        None if feature["geometry"] is None else orjson.dumps(feature["geometry"])
        for feature in features
    ]
    said = [feature["properties"] for feature in features]
    values = [
        [join(each.get(column.name) or []) for each in said]
        if joined and column.kind == "list"
        else [each.get(column.name) for each in said]
        for column in columns
    ]
    geometries = shapely.from_geojson(np.array(places, dtype=object))
    return Batch([str(feature["id"]) for feature in features], geometries, values)


def join(items: Sequence[Any]) -> str | None:
    """Return a list as one text: joined by "; ", or as JSON where that would not read back.

    >>> join(["Масдар", "JICA"]), join(["a; b", "c"]), join([])
    ('Масдар; JICA', '["a; b","c"]', None)
    """
    if not items:
        return None
    parts = ["" if item is None else str(item) for item in items]
    text = "; ".join(parts)
    return text if split(text) == parts else orjson.dumps(items).decode()


def split(text: str) -> list[Any]:
    """Return the list that a text says: JSON, or parts between semicolons or on lines.

    >>> split("Масдар; JICA"), split('["a; b","c"]')
    (['Масдар', 'JICA'], ['a; b', 'c'])
    """
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError:
            items = None
        if isinstance(items, list) and all(
            item is None or isinstance(item, str | int | float) for item in items
        ):
            return items
    return _SEPARATOR.split(text)


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `plain_cell` takes it back exactly.

    >>> safe_cell("=1+1"), safe_cell("Nurek")
    ("'=1+1", 'Nurek')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(text: str) -> str:
    """Return the text that `safe_cell` made safe."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def about(head: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a file says of itself, as pairs of texts: which records, when, how many."""
    return [
        (name, value if isinstance(value, str) else orjson.dumps(value).decode())
        for name, value in head.items()
    ]


def about_text(head: Mapping[str, Any]) -> str:
    """Return the same as lines of text."""
    return "\n".join(f"{name}: {value}" for name, value in about(head))
