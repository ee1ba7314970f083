"""Where and when the records of a collection lie: only of those that one may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from geo.bbox import BBox
from registry import tally
from registry.collections import CROSS_REFERENCES, PROJECTS, Collection
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


_MOST_KEPT = 64
_kept: dict[tuple[str, str, bool], Extent] = {}
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
    """The extent of the records that one may see; kept as long as no record changes."""
    key = tally.stamp(session), collection.id, public_only
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = Extent(
            _box(session, collection, public_only), _moments(session, collection, public_only)
        )
    return _kept[key]


def _box(session: Session, collection: Collection, public_only: bool) -> BBox | None:
    if not collection.located:
        return None
    secret = select(Project.id).where(Project.publication != "public") if public_only else None
    if collection is CROSS_REFERENCES:
        return _around_pairs(session, secret)
    return bounds(session, collection.model, secret if collection is PROJECTS else None)


def _around_pairs(session: Session, secret: Select[Any] | None) -> BBox | None:
    x = CrossReference.project_lon, CrossReference.deposit_lon
    y = CrossReference.project_lat, CrossReference.deposit_lat
    ends = [func.min(one) for one in (*x, *y)] + [func.max(one) for one in (*x, *y)]
    shown = [] if secret is None else [CrossReference.project_id.not_in(secret)]
    row: Any = session.execute(select(*ends).where(*shown)).one()
    if row[0] is None:
        return None
    return BBox(min(row[:2]), min(row[2:4]), max(row[4:6]), max(row[6:]))


def _moments(session: Session, collection: Collection, public_only: bool) -> Moments | None:
    if collection.id not in _TIMES:
        return None
    times, shown = _TIMES[collection.id], visible(collection, public_only)
    has_begun = [*shown, times.first.is_not(None)]
    # One row by an index, where all rows would be read for a minimum.
    first = session.scalar(select(times.first).where(*has_begun).order_by(times.first).limit(1))
    if first is None:
        return None
    goes_on = session.scalar(select(1).where(*has_begun, times.last.is_(None)).limit(1))
    if goes_on:
        return times.starts(first), None
    last = session.scalar(select(func.max(times.last)).where(*has_begun))
    return times.starts(first), times.ends(last)
