"""Where and when the records of a collection lie: only of those that one may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from geo.bbox import BBox
from registry.collections import CROSS_REFERENCES, Collection
from registry.database.types import moment_text
from registry.models import Agreement, Corridor, CrossReference, Deposit, Project
from registry.queries import visible
from registry.spatial import bounds

Moments = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Extent:
    """The box around all places, and the first and the last moment; None where there is none.

    The last moment alone is None where something goes on.
    """

    box: BBox | None
    times: Moments | None


@dataclass(frozen=True, slots=True)
class _Times:
    """The columns with the first and the last moment, and how each value becomes a moment."""

    first: Any
    last: Any
    starts: Callable[[Any], str]
    ends: Callable[[Any], str]


def _day(text: str, tail: str, clock: str) -> str:
    return f"{text}{tail[len(text) - 4 :]}T{clock}Z"


_YEAR = (lambda year: f"{year}-01-01T00:00:00Z", lambda year: f"{year}-12-31T23:59:59Z")
_PARTIAL = (
    lambda text: _day(text, "-01-01", "00:00:00"),
    lambda text: _day(text, "-12-31", "23:59:59"),
)
_TIMES = {
    "projects": _Times(Project.start_year, Project.end_year, *_YEAR),
    "deposits": _Times(Deposit.updated_at, Deposit.updated_at, moment_text, moment_text),
    "corridors": _Times(Corridor.updated_at, Corridor.updated_at, moment_text, moment_text),
    "agreements": _Times(Agreement.date, Agreement.date, *_PARTIAL),
}


def extent(session: Session, collection: Collection, *, public_only: bool) -> Extent:
    """The extent of the records that one may see."""
    shown = visible(collection, public_only)
    return Extent(_box(session, collection, shown), _moments(session, collection, shown))


def _box(session: Session, collection: Collection, shown: list[ColumnElement[bool]]) -> BBox | None:
    if not collection.located:
        return None
    if collection is CROSS_REFERENCES:
        x = CrossReference.project_lon, CrossReference.deposit_lon
        y = CrossReference.project_lat, CrossReference.deposit_lat
        ends = [func.min(one) for one in (*x, *y)] + [func.max(one) for one in (*x, *y)]
        row: Any = session.execute(select(*ends).where(*shown)).one()
        if row[0] is None:
            return None
        return BBox(min(row[:2]), min(row[2:4]), max(row[4:6]), max(row[6:]))
    return bounds(session, collection.model, shown)


def _moments(
    session: Session, collection: Collection, shown: list[ColumnElement[bool]]
) -> Moments | None:
    if collection.id not in _TIMES:
        return None
    times = _TIMES[collection.id]
    # What has begun and says no end goes on.
    open_ended = func.count(times.first) > func.count(times.last)
    asked = select(func.min(times.first), func.max(times.last), open_ended)
    first, last, goes_on = session.execute(asked.where(*shown)).one()
    if first is None:
        return None
    return times.starts(first), None if goes_on or last is None else times.ends(last)
