"""Writing: create and revise records. Functions flush and never commit; whoever opened the work
closes it.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import crossref, history, lifecycle, redirects, rights
from registry.actors import Actor
from registry.clock import now
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.drafts import Draft
from registry.errors import Conflict, Forbidden, Invalid, Moved, NotFound, Removed, Stale
from registry.features import refresh_text
from registry.folding import slug
from registry.links import LINKS, find_links
from registry.models import (
    CorridorCountry,
    DepositCommodity,
    DepositCountry,
    Organisation,
    Project,
    ProjectCountry,
    ProjectPartner,
    RegistryFact,
)
from registry.vocabulary import COUNTRY_TERMS

# Numbers of refs that the counter keeps in step with.
_COUNTED = 10**9
REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
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
    return create_many(session, collection, [(ref, draft)], by, reason=reason)[0]


def create_many(
    session: Session,
    collection: Collection,
    drafts: Sequence[tuple[str | None, Draft]],
    by: Actor,
    *,
    action: str = "create",
    reason: str = "",
) -> list[Any]:
    """Store new records, each with its own ref or the next free one; links resolve among them."""
    allow(by)
    _check_unused(session, collection, [ref for ref, _ in drafts if ref])
    at, rows = now(), []
    for ref, draft in drafts:
        row = collection.model(
            ref=ref or next_ref(session, collection),
            version=1,
            created_at=at,
            updated_at=at,
            text="",
            search="",
        )
        if ref:
            _pass_over(session, collection, ref)
        _assign(session, collection, row, draft)
        rows.append(row)
    session.add_all(rows)
    session.flush()
    for row, (_, draft) in zip(rows, drafts, strict=True):
        _link(session, row, draft)
    _settle(session, collection, rows, by, at, action, reason)
    return rows


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
    allow(by)
    rights.check(session, by, collection, row)
    if row.version != version:
        raise Stale(
            f"{row.ref} was changed by somebody else meanwhile (version {row.version}, you "
            f"began with {version}); "
            "nothing was overwritten."
        )
    if isinstance(row, Project):
        lifecycle.check_move(session, row, draft, reason)
    at = now()
    row.version, row.updated_at = row.version + 1, at
    _assign(session, collection, row, draft)
    _link(session, row, draft)
    session.flush()
    _settle(session, collection, [row], by, at, action, reason)
    return row


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


def next_ref(session: Session, collection: Collection) -> str:
    """A ref that was never used: the counter only ever goes up."""
    fact, model = _counter(session, collection), collection.model
    while True:
        fact.value = str(int(fact.value) + 1)
        ref = f"{collection.prefix}-{int(fact.value):06d}"
        # Below this the counter has passed over every ref; a longer number came with a file.
        if int(fact.value) < _COUNTED or not session.scalar(
            select(model.id).where(model.ref == ref)
        ):
            return ref


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
    """What follows every change, in the same transaction: text, revision, cross-references."""
    for row in rows:
        refresh_text(row)
        history.keep(session, collection.id, row, action, by, at, reason)
    session.flush()
    ids = [row.id for row in rows]
    if collection is PROJECTS:
        crossref.update(session, projects=ids)
    elif collection is DEPOSITS:
        crossref.update(session, deposits=ids)


def _check_unused(session: Session, collection: Collection, refs: Sequence[str]) -> None:
    """A ref is given once: whoever wrote it down shall never find something else there."""
    used = sorted(history.known(session, collection.id, refs))
    if used:
        raise Conflict(
            f"{', '.join(used[:5])} {'is' if len(used) == 1 else 'are'} in use or was before; "
            "leave the ref out and a new one is given."
        )


def _counter(session: Session, collection: Collection) -> RegistryFact:
    key = f"last:{collection.prefix}"
    fact = next(
        (new for new in session.new if isinstance(new, RegistryFact) and new.key == key), None
    ) or session.scalar(select(RegistryFact).where(RegistryFact.key == key).with_for_update())
    if fact is None:
        fact = RegistryFact(key=key, value="0")
        session.add(fact)
    return fact


def _pass_over(session: Session, collection: Collection, ref: str) -> None:
    """A ref that came with a record shall never be given to another."""
    number = re.fullmatch(rf"{collection.prefix}-([0-9]{{1,9}})", ref)
    if number:
        fact = _counter(session, collection)
        fact.value = str(max(int(fact.value), int(number[1])))


def _assign(session: Session, collection: Collection, row: Any, draft: Draft) -> None:
    for prop in collection.properties:
        if prop.column and not prop.computed:
            value = draft.values[prop.name]
            if value is None and prop.default is not None:
                value = getattr(row, prop.name) or prop.default
            setattr(row, prop.name, value)
    if collection.located:
        row.geometry = draft.geometry
        row.offshore = bool(draft.location and draft.location.offshore)
    for name, assign in _COMPOSED.items():
        if name in draft.values:
            assign(session, collection, row, draft)


def _assign_countries(session: Session, collection: Collection, row: Any, draft: Draft) -> None:
    shares = draft.location.shares if draft.location else {}
    order = [term.slug for term in COUNTRY_TERMS]
    codes = draft.values["countries"]
    if draft.location:  # the largest share first; as stated where there is no place
        codes = sorted(codes, key=lambda code: (-shares.get(code, 0), order.index(code)))
    wanted = [(code, round(shares[code], 6) if code in shares else None) for code in codes]
    if wanted != [(old.country, old.share) for old in row.countries]:
        row_class = _COUNTRY_CLASS[collection.id]
        _replace(
            session,
            row,
            "countries",
            [row_class(country=code, share=share) for code, share in wanted],
        )
    if isinstance(row, Project):
        row.country_set = ",".join(sorted(codes))
        row.outside_share = round(draft.location.outside_share, 6) if draft.location else None


def _assign_partners(session: Session, _collection: Collection, row: Any, draft: Draft) -> None:
    names = ("partners", "partner_countries", "partner_roles")
    wanted = list(zip(*(draft.values[name] for name in names), strict=True))
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


def _link(session: Session, row: Any, draft: Draft) -> None:
    """Parent and agreement, once every record that may be meant is there."""
    if not isinstance(row, Project):
        return
    found, faults = find_links(session, draft.values | {"publication": row.publication}, row)
    if faults:
        raise Invalid(faults)
    for name in LINKS:
        setattr(row, name, found[name])


_COMPOSED: dict[str, Callable[[Session, Collection, Any, Draft], None]] = {
    "countries": _assign_countries,
    "partners": _assign_partners,
    "commodities": _assign_commodities,
}
