"""Records → file: exactly what a filter shows, with the filter, the time and the count inside."""

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from geo.formats import Format
from registry import queries
from registry.clock import now
from registry.collections import Collection
from registry.columns import columns
from registry.database.types import moment_text
from registry.filters import Filter, Page

_LONGEST_NAME = 80


def export(
    session: Session,
    collection: Collection,
    asked: Filter,
    page: Page,
    written: Format,
    *,
    public_only: bool,
) -> Iterator[bytes]:
    """The bytes of a file, streamed from stored text; the session must stay open meanwhile."""
    matched = queries.count(session, collection, asked, public_only=public_only)
    returned = max(0, min(matched - page.offset, matched if page.limit is None else page.limit))
    head = {
        "name": collection.id,
        "title": collection.title,
        "numberMatched": matched,
        "numberReturned": returned,
        "timeStamp": moment_text(now()),
        "filter": {name: list(texts) for name, texts in _grouped(asked).items()},
        "page": dict(page.to_args()),
    }
    texts = queries.texts(session, collection, asked, page, public_only=public_only)
    return written.write(texts, head, columns(collection.properties))


def file_name(collection: Collection, asked: Filter, written: Format, at: datetime) -> str:
    """A name that says what is in the file: qadam-projects_country-UZ_sector-
    solar_2026-11-24.geojson.
    """
    parts = [f"{name}-{'-'.join(texts)}" for name, texts in _grouped(asked).items()]
    middle = re.sub(r"[^A-Za-z0-9.,_-]+", "-", "_".join(parts))[:_LONGEST_NAME].strip("-_")
    words = [f"qadam-{collection.id}", middle, at.date().isoformat()]
    return "_".join(word for word in words if word) + f".{written.extension}"


def _grouped(asked: Filter) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, text in asked.to_args():
        grouped.setdefault(name, []).append(text)
    return grouped
