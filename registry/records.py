"""Writing: create and revise records. Functions flush and never commit; whoever opened the work
closes it.
"""

from collections.abc import Callable, Sized
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import crossref, drafted, history, lifecycle, links, redirects, rights
from registry.actors import Actor
from registry.clock import now
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.drafts import Draft
from registry.errors import Forbidden, Moved, NotFound, Removed, Stale
from registry.features import refresh_text
from registry.folding import slug
from registry.history import Why
from registry.inserting import Drafts, Progress, insert_many
from registry.models import (
    Agreement,
    CorridorCountry,
    DepositCommodity,
    DepositCountry,
    Organisation,
    Project,
    ProjectCountry,
    ProjectPartner,
)

_COUNTRY_CLASS = {
    "projects": ProjectCountry,
    "deposits": DepositCountry,
    "corridors": CorridorCountry,
}


def create(
    session: Session,
    collection: Collection,
    draft: Draft,
    by: Actor,
    *,
    ref: str | None = None,
    reason: str = "",
) -> Any:
    """Store one new record with its first revision and its cross-references; gives the row."""
    if collection is PROJECTS:
        links.check(session, draft)
    stored = create_many(session, collection, [(ref, draft)], by, reason=reason)
    return load(session, collection, stored[0])


def create_many(
    session: Session,
    collection: Collection,
    drafts: Drafts,
    by: Actor,
    *,
    action: str = "create",
    reason: str = "",
    coming: int = 0,
    progress: Progress = lambda _done: None,
) -> list[str]:
    """Store new records, each with its own ref or the next free one.

    They may name one another; that they may was judged before (`registry.links`). Gives their refs
    in order; `coming` says how many they are, where that cannot be seen;
    `progress` hears how many are stored.
    """
    allow(by)
    if isinstance(drafts, Sized):
        coming = len(drafts)
    why = Why(by, action, reason)
    return insert_many(session, collection, drafts, now(), why, coming, progress)


def revise(
    session: Session,
    collection: Collection,
    row: Any,
    draft: Draft,
    by: Actor,
    *,
    version: int,
    action: str = "revise",
    reason: str = "",
) -> Any:
    """Store a record anew under the next version; raises Stale where `version` is no longer
    current.
    """
    if row.version != version:
        raise Stale(
            f"{row.ref} was changed by somebody else meanwhile (version {row.version}, you "
            f"began with {version}); "
            "nothing was overwritten."
        )
    check_revision(session, collection, row, draft, by, reason)
    if collection is PROJECTS:
        links.check(session, draft, row.ref)
    rewrite(session, collection, row, draft, by, action, reason)
    return row


def check_revision(
    session: Session, collection: Collection, row: Any, draft: Draft, by: Actor, reason: str | None
) -> None:
    """Raise what a revision would raise, but for its links: those of a file are judged together.

    A `reason` of None is asked for later.
    """
    allow(by)
    rights.check(session, by, collection, row)
    if isinstance(row, Project):
        lifecycle.check_move(session, row, draft, reason)


def rewrite(
    session: Session,
    collection: Collection,
    row: Any,
    draft: Draft,
    by: Actor,
    action: str,
    reason: str,
) -> None:
    """Store a record anew under the next version, after `check_revision` and its links."""
    at = now()
    before = _measured(row)
    row.version, row.updated_at = row.version + 1, at
    _assign(session, collection, row, draft)
    session.flush()
    _settle(session, collection, [row], by, at, action, reason)
    if _measured(row) != before:
        _pair(session, collection, [row])


def touch(
    session: Session, collection: Collection, rows: list[Any], by: Actor, action: str, reason: str
) -> None:
    """Store a change made to rows themselves: the next version, its text and its revision."""
    allow(by)
    at = now()
    for row in rows:
        row.version, row.updated_at = row.version + 1, at
    session.flush()
    _settle(session, collection, rows, by, at, action, reason)
    _pair(session, collection, rows)


def retire(
    session: Session, collection: Collection, row: Any, by: Actor, action: str, reason: str
) -> None:
    """Append the last entry of a record's history, then the row goes, and its pairs with it."""
    at = now()
    row.version, row.updated_at = row.version + 1, at
    refresh_text(row)
    history.keep(session, collection.id, row, action, by, at, reason)
    session.flush()
    session.delete(row)
    session.flush()


def load(session: Session, collection: Collection, ref: str, *, lock: bool = False) -> Any:
    """The row of a ref; raises NotFound, Moved where it was merged into another, and Removed.

    With `lock`, whoever else wants to change it waits (a GeoPackage has one writer anyway).
    """
    asked = select(collection.model).where(collection.model.ref == ref)
    row = session.scalar(asked.with_for_update(of=collection.model) if lock else asked)
    if row is None:
        moved = redirects.target(session, collection, ref)
        if moved:
            raise Moved(ref, moved)
        gone = history.removal(session, collection.id, ref, public_only=False)
        if gone:
            raise Removed(ref, gone.at)
        raise NotFound(f"There is no {collection.singular} “{ref[:64]}”.")
    return row


def allow(by: Actor) -> None:
    """Refuse who may only read; raises Forbidden."""
    if not by.may_write:
        raise Forbidden(f"A {by.role} may read but not change records; ask for the role planner.")


def _settle(
    session: Session,
    collection: Collection,
    rows: list[Any],
    by: Actor,
    at: datetime,
    action: str,
    reason: str,
) -> None:
    """What follows every change, in the same transaction: text and revision."""
    for row in rows:
        refresh_text(row)
        history.keep(session, collection.id, row, action, by, at, reason)
    session.flush()


def _measured(row: Any) -> tuple[Any, ...]:
    """What its distances to others follow from."""
    return tuple(getattr(row, name, None) for name in ("geometry", "location_precision"))


def _pair(session: Session, collection: Collection, rows: list[Any]) -> None:
    """Compute anew what lies near the records."""
    ids = [row.id for row in rows]
    if collection is PROJECTS:
        crossref.update(session, projects=ids)
    elif collection is DEPOSITS:
        crossref.update(session, deposits=ids)


def _assign(session: Session, collection: Collection, row: Any, draft: Draft) -> None:
    for name, value in drafted.columns(collection, draft, row).items():
        setattr(row, name, value)
    for name, assign in _BESIDE.items():
        if name in draft.values:
            assign(session, collection, row, draft)


def _assign_countries(session: Session, collection: Collection, row: Any, draft: Draft) -> None:
    wanted = drafted.countries(draft)
    if wanted != [(old.country, old.share) for old in row.countries]:
        row_class = _COUNTRY_CLASS[collection.id]
        _replace(
            session,
            row,
            "countries",
            [row_class(country=code, share=share) for code, share in wanted],
        )


def _assign_partners(session: Session, _collection: Collection, row: Any, draft: Draft) -> None:
    wanted = drafted.partners(draft)
    if wanted != [(old.organisation.name, old.country, old.role) for old in row.partners]:
        row.partners = [
            ProjectPartner(organisation=_organisation(session, name), country=country, role=role)
            for name, country, role in wanted
        ]


def _assign_commodities(session: Session, _collection: Collection, row: Any, draft: Draft) -> None:
    wanted = draft.values["commodities"]
    if wanted != [old.commodity for old in row.commodities]:
        _replace(
            session, row, "commodities", [DepositCommodity(commodity=slug_) for slug_ in wanted]
        )


def _replace(session: Session, row: Any, name: str, rows: list[Any]) -> None:
    """Replace the rows under a record; their order is that of their ids, so all are made anew."""
    if getattr(row, name):
        setattr(row, name, [])
        session.flush()  # the old ones go first: one country stands once under a record
    setattr(row, name, rows)


def _organisation(session: Session, name: str) -> Organisation:
    key = slug(name) or name
    known: dict[str, Organisation] = session.info.setdefault("organisations", {})
    found = known.get(key)
    if found is None or found not in session:
        found = session.scalar(select(Organisation).where(Organisation.slug == key))
        if found is None:
            found = Organisation(slug=key, name=name)
            session.add(found)
        known[key] = found
    return found


def _assign_parent(session: Session, _collection: Collection, row: Any, draft: Draft) -> None:
    row.parent = _named(session, Project, draft.values["parent"], row.parent)


def _assign_agreement(session: Session, _collection: Collection, row: Any, draft: Draft) -> None:
    row.agreement = _named(session, Agreement, draft.values["agreement"], row.agreement)


def _named(session: Session, model: Any, ref: str | None, old: Any) -> Any:
    """The row of a ref; it was found to be there."""
    if ref is None or (old is not None and old.ref == ref):
        return ref and old
    return session.scalars(select(model).where(model.ref == ref)).one()


_BESIDE: dict[str, Callable[[Session, Collection, Any, Draft], None]] = {
    "countries": _assign_countries,
    "partners": _assign_partners,
    "commodities": _assign_commodities,
    "parent": _assign_parent,
    "agreement": _assign_agreement,
}
