"""Reading. Every function takes the session first and the same question; visibility is said each
time.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as Keys
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from geo.feature import Feature
from geo.parts import in_parts
from registry import history, pairs, redirects, tally
from registry.collections import CROSS_REFERENCES, PROJECTS, Collection
from registry.cursors import Order, order_of
from registry.errors import Moved, NotFound, Removed
from registry.features import from_text
from registry.filters import Filter, Page
from registry.models import CrossReference, Project, ProjectCountry
from registry.tally import Facets

# Rows fetched at a time where an answer is streamed: bounds memory, costs nothing measurable.
ROWS_AT_A_TIME = 1_000
_MOST_TOTALS = 256


@dataclass(frozen=True, slots=True)
class Totals:
    """What the matching projects add up to, as published, and how many say nothing.

    Power in MW, reductions in tonnes of CO2 equivalent a year.
    """

    matched: int
    everything: int
    unlocated: int
    capacity_mw: float
    capacity_unknown: int
    tonnes: float
    tonnes_unknown: int


_totals: dict[tuple[str, Filter, bool], Totals] = {}


def count(session: Session, collection: Collection, asked: Filter, *, public_only: bool) -> int:
    """How many records match."""
    if tally.knows(asked):
        return sum(kind.n for kind in tally.kinds(session, asked, public_only=public_only))
    model = collection.model
    return (
        session.scalar(
            select(func.count(model.id)).where(*conditions(session, collection, asked, public_only))
        )
        or 0
    )


def texts(
    session: Session, collection: Collection, asked: Filter, page: Page, *, public_only: bool
) -> Iterator[str]:
    """The stored GeoJSON text of each matching record, streamed."""
    reading = _READINGS.get(collection.id, _STORED)
    where = conditions(session, collection, asked, public_only)
    chosen = reading.select(collection.model).where(*where)
    order = order_of(collection, page.sortby)
    found = reading.texts(session, in_order(chosen, order, page, page.limit))
    turned = page.cursor is not None and page.cursor.backward
    yield from reversed(list(found)) if turned else found


def texts_of(session: Session, collection: Collection, ids: Sequence[int]) -> list[str]:
    """The stored texts of records by their keys, in that order."""
    model = collection.model
    among = model.id.in_(bindparam(None, ids, expanding=True, literal_execute=True))
    rows = session.execute(select(model.id, model.text).where(among))
    found = {row.id: row.text for row in rows}
    return [found[key] for key in ids if key in found]


def features_by_id(session: Session, model: Any, ids: Keys[int]) -> dict[int, Feature]:
    """Records by their keys."""
    return {
        row.id: from_text(row.text)
        for part in in_parts(sorted(ids))
        for row in session.execute(select(model.id, model.text).where(model.id.in_(part)))
    }


def features(
    session: Session, collection: Collection, asked: Filter, page: Page, *, public_only: bool
) -> list[Feature]:
    """The matching records."""
    return [
        from_text(text) for text in texts(session, collection, asked, page, public_only=public_only)
    ]


def ids(session: Session, collection: Collection, asked: Filter, *, public_only: bool) -> list[int]:
    """The keys of the matching records, for what is computed beside them."""
    where = conditions(session, collection, asked, public_only)
    return list(session.scalars(select(collection.model.id).where(*where)))


def get(session: Session, collection: Collection, ref: str, *, public_only: bool) -> Feature:
    """One record; raises NotFound, also where it is not for the one who asks, Moved where it was
    merged into one that is, and Removed.
    """
    return from_text(get_text(session, collection, ref, public_only=public_only))


def get_text(session: Session, collection: Collection, ref: str, *, public_only: bool) -> str:
    """The stored GeoJSON text of one record; raises NotFound, Moved and Removed as `get` does."""
    found = _get_text(session, collection, ref, public_only)
    if found is not None:
        return found
    moved = redirects.target(session, collection, ref)
    if moved and _get_text(session, collection, moved, public_only):
        raise Moved(ref, moved)
    gone = history.removal(session, collection.id, ref, public_only=public_only)
    if gone:
        raise Removed(ref, gone.at)
    raise NotFound(f"There is no {collection.singular} “{ref[:64]}”.")


def facets(session: Session, asked: Filter, *, public_only: bool) -> Facets:
    """How many projects each choice would leave; each counts under all filters but its own.

    What the kept counts do not know (a place, words, figures) is asked once for all of them.
    """
    others = conditions(session, PROJECTS, tally.others(asked), public_only=False)
    return tally.facets(tally.cells(session, others), asked, public_only=public_only)


def totals(session: Session, asked: Filter, *, public_only: bool) -> Totals:
    """Sums over the matching projects, remembered as long as nothing changes.

    Where countries are asked for, a project over their border counts by the share of it that lies
    in them, so that the sums of the five countries add up to the sum of all.
    """
    key = tally.stamp(session), asked, public_only
    found = _totals.get(key)
    if found is None:
        if len(_totals) >= _MOST_TOTALS:
            _totals.clear()
        found = _totals[key] = _add_up(session, asked, public_only)
    return found


def _add_up(session: Session, asked: Filter, public_only: bool) -> Totals:
    claimed, weight = Project.reduction_claimed_tco2e_per_year, _weight(asked)
    row = session.execute(
        select(
            func.count(Project.id),
            func.sum(case((Project.geometry.is_(None), 1), else_=0)),
            func.sum(Project.capacity_mw * weight),
            func.count(Project.capacity_mw),
            func.sum(claimed * weight),
            func.count(claimed),
        ).where(*conditions(session, PROJECTS, asked, public_only))
    ).one()
    matched, unlocated, capacity, with_capacity, tonnes, with_tonnes = row
    everything = count(session, PROJECTS, Filter("projects"), public_only=public_only)
    return Totals(
        matched,
        everything,
        unlocated or 0,
        capacity or 0.0,
        matched - with_capacity,
        tonnes or 0.0,
        matched - with_tonnes,
    )


def _weight(asked: Filter) -> ColumnElement[float]:
    """How much of a project counts: its share in the countries asked for, else all of it.

    A project without a place is taken to lie in equal parts in the countries that are stated.
    """
    codes = asked.get("country")
    if not codes:
        return literal(1.0)
    stated, mine = aliased(ProjectCountry), aliased(ProjectCountry)
    among = select(func.count(stated.id)).where(stated.project_id == mine.project_id)
    share = func.coalesce(mine.share, 1.0 / among.correlate(mine).scalar_subquery())
    chosen = select(func.sum(share)).where(mine.project_id == Project.id, mine.country.in_(codes))
    return chosen.correlate(Project).scalar_subquery()


def _get_text(session: Session, collection: Collection, ref: str, public_only: bool) -> str | None:
    reading = _READINGS.get(collection.id, _STORED)
    where = (reading.has_ref(collection.model, ref), *visible(collection, public_only))
    return next(reading.texts(session, reading.select(collection.model).where(*where)), None)


def visible(collection: Collection, public_only: bool) -> list[ColumnElement[bool]]:
    """What everybody may see: of projects the public ones, of pairs those of such projects."""
    is_public = Project.publication == "public"
    if not public_only or collection not in (PROJECTS, CROSS_REFERENCES):
        return []
    if collection is PROJECTS:
        return [is_public]
    return [CrossReference.project_id.in_(select(Project.id).where(is_public))]


def _stored_texts(session: Session, chosen: Select[Any]) -> Iterator[str]:
    streamed = chosen.execution_options(yield_per=ROWS_AT_A_TIME)
    if session.get_bind().dialect.name != "sqlite":
        yield from session.scalars(streamed)
        return
    if session.autoflush:
        session.flush()
    # Past SQLAlchemy's rows, which take as long again as the database over the texts.
    with closing(session.connection().execute(chosen)) as result:
        cursor: Any = result.cursor
        for (text,) in cursor:
            yield text


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a collection is read: what is selected, its rows' texts, which has a ref."""

    select: Callable[[Any], Select[Any]]
    texts: Callable[[Session, Select[Any]], Iterator[str]]
    has_ref: Callable[[Any, str], ColumnElement[bool]]


_STORED = _Reading(
    lambda model: select(model.text),
    _stored_texts,
    lambda model, ref: model.ref == ref,
)
_READINGS = {CROSS_REFERENCES.id: _Reading(pairs.select_pairs, pairs.texts, pairs.has_ref)}


def conditions(
    session: Session, collection: Collection, asked: Filter, public_only: bool
) -> list[ColumnElement[bool]]:
    """What a record must be like to match, and to be seen."""
    where = [field.condition(session, value) for field, value in asked.fields()]
    return where + visible(collection, public_only)


def in_order(chosen: Select[Any], order: Order, page: Page, limit: int | None) -> Select[Any]:
    """A page of what is chosen, in its order; one before a cursor comes last row first."""
    turned = False
    if page.cursor is not None:
        turned = page.cursor.backward
        chosen = chosen.where(order.beyond(page.cursor))
    chosen = chosen.order_by(*order.clauses(backward=turned))
    return chosen.limit(limit).offset(page.offset or None)
