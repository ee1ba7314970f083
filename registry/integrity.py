"""Proves that what is stored is sound: a table of checks, each of which tells every fault."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session, undefer

from registry import crossref, history, queries, tally
from registry.collections import COLLECTIONS, Collection
from registry.features import fresh_texts
from registry.filters import Filter
from registry.models import Project, Redirect, Revision
from registry.refs import REF

ROWS_AT_A_TIME = 1_000
# The R-tree keeps 32-bit numbers rounded outward: at 180 degrees they lie this far apart at most.
_ROUNDING = 2e-5
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with what is stored, and what mends it."""

    check: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to prove. `run` gives a sentence for each fault and tells how many rows it did."""

    name: str
    label: str
    run: Callable[[Session, Progress], Iterator[str]]


def check(session: Session, tell: Progress = lambda _done: None) -> Iterator[Fault]:
    """Every fault of the registry, as it is found; `tell` hears of `work(session)` rows."""
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        tell(done)

    for one in CHECKS:
        for sentence in one.run(session, count):
            yield Fault(one.name, sentence)


def work(session: Session) -> int:
    """How many rows a check goes through: each record, and each project once more."""
    records = sum(
        queries.count(session, collection, Filter(collection.id), public_only=False)
        for collection in COLLECTIONS
    )
    return records + crossref.measured_projects(session)


def _file(session: Session, _count: Progress) -> Iterator[str]:
    """What the database itself finds; PostgreSQL checks as it goes."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (said,) in session.execute(text("PRAGMA integrity_check")):
        if said != "ok":
            yield f"The file is damaged ({said}); put back a copy of the data folder."
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield f"Row {row[1]} of {row[0]} points at a row of {row[2]} that is not there."


def _refs(session: Session, _count: Progress) -> Iterator[str]:
    for collection in COLLECTIONS:
        model = collection.model
        twice = select(model.ref).group_by(model.ref).having(func.count() > 1)
        for ref in session.scalars(twice):
            yield f"{ref} is the ref of several {collection.id}."
        for ref in session.scalars(select(model.ref)):
            if not REF.fullmatch(ref):
                yield f"{ref!r} cannot be the ref of a {collection.singular}."
        known = select(model.ref)
        # What was merged into a record that was removed since leads to its history.
        removed = select(Revision.ref).where(
            Revision.collection == collection.id, Revision.action == history.REMOVE
        )
        lost = select(Redirect).where(
            Redirect.collection == collection.id,
            or_(
                and_(Redirect.target.not_in(known), Redirect.target.not_in(removed)),
                Redirect.ref.in_(known),
            ),
        )
        for row in session.scalars(lost):
            yield f"{row.ref} was merged into {row.target}, but the one is there or the other not."


def _places(session: Session, _count: Progress) -> Iterator[str]:
    for collection in COLLECTIONS:
        if collection.located:
            model = collection.model
            unlocated = model.location_precision == "unlocated"
            odd = select(model.ref).where(model.geometry.is_(None) != unlocated)
            for ref in session.scalars(odd):
                yield f"{ref} has a place and says it has none, or the other way round."


def _texts(session: Session, count: Progress) -> Iterator[str]:
    for collection in COLLECTIONS:
        model = collection.model
        rows = session.scalars(
            select(model)
            .options(undefer(model.text), undefer(model.search))
            .order_by(model.id)
            .execution_options(yield_per=ROWS_AT_A_TIME)
        )
        for part in rows.partitions():
            for row in part:
                if (row.text, row.search) != fresh_texts(row):
                    yield f"The stored text of {row.ref} is not what its fields say; save it anew."
            count(len(part))


def _trees(session: Session, _count: Progress) -> Iterator[str]:
    """A GeoPackage's R-trees hold each geometry's box, and nothing else."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for collection in COLLECTIONS:
        if collection.located:
            off = _off_tree(session, collection)
            if off:
                yield f"The spatial index of {collection.id} is wrong for {off:,} rows."


def _off_tree(session: Session, collection: Collection) -> int:
    model = collection.model
    boxes = session.execute(
        text(f"SELECT id, minx, miny, maxx, maxy FROM rtree_{model.__tablename__}_geometry")
    )
    stored = {row[0]: tuple(row[1:]) for row in boxes}
    rows = session.execute(select(model.id, model.geometry).where(model.geometry.is_not(None)))
    there = {row.id: row.geometry.bounds for row in rows if not row.geometry.is_empty}
    off = len(stored.keys() ^ there.keys())
    return off + sum(not _holds(stored[key], there[key]) for key in stored.keys() & there.keys())


def _holds(box: tuple[Any, ...], bounds: tuple[float, ...]) -> bool:
    """Whether a rounded box holds the bounds and is no larger than rounding makes it."""
    west, south, east, north = (
        outer * side for outer, side in zip(box, (1, 1, -1, -1), strict=True)
    )
    inner = [bound * side for bound, side in zip(bounds, (1, 1, -1, -1), strict=True)]
    return all(
        outer <= bound <= outer + _ROUNDING
        for outer, bound in zip((west, south, east, north), inner, strict=True)
    )


def _counts(session: Session, _count: Progress) -> Iterator[str]:
    off = tally.drift(session)
    if off:
        yield f"The counts of projects are wrong for {off:,} kinds of them."
    rows = session.scalars(select(Project).execution_options(yield_per=ROWS_AT_A_TIME))
    for row in rows:
        if row.country_set != ",".join(sorted(each.country for each in row.countries)):
            yield f"{row.ref} is not found by its countries; save it anew."


def _history(session: Session, _count: Progress) -> Iterator[str]:
    for collection in COLLECTIONS:
        model = collection.model
        last = (
            select(Revision.ref, func.max(Revision.version).label("last"), func.count().label("n"))
            .where(Revision.collection == collection.id)
            .group_by(Revision.ref)
            .subquery()
        )
        odd = (
            select(model.ref)
            .outerjoin(last, last.c.ref == model.ref)
            .where(
                or_(last.c.last.is_(None), last.c.last != model.version, last.c.n != model.version)
            )
        )
        for ref in session.scalars(odd):
            yield f"The history of {ref} does not lead to what is stored."


def _pairs(session: Session, count: Progress) -> Iterator[str]:
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        count(done - told)
        told = done

    off = crossref.drift(session, tell)
    if off:
        yield (
            f"{off:,} stored pairs of projects and deposits differ from a fresh computation; "
            "run qadam crossref --rebuild."
        )


CHECKS = (
    Check("file", "The file itself", _file),
    Check("refs", "Refs are unique and lead somewhere", _refs),
    Check("places", "Places and how exact they are", _places),
    Check("texts", "Stored texts are fresh", _texts),
    Check("trees", "The spatial index", _trees),
    Check("counts", "Counts of projects", _counts),
    Check("history", "The history leads to each record", _history),
    Check("pairs", "Pairs of projects and deposits", _pairs),
)
