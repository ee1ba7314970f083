"""New records, many at a time: rows of every table straight from drafts, without the ORM.

One record is a list of one, so there is no other way in. Blocks bound memory; cross-references
come with each block, links between records at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.parts import in_parts
from registry import crossref, history, redirects, refs
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.database.rows import add_rows, set_whole_numbers
from registry.database.upkeep import at_once, indexed_at_end
from registry.drafts import LINKS, Draft
from registry.errors import Invalid
from registry.folding import slug
from registry.history import Why
from registry.kinds import shown
from registry.models import (
    Agreement,
    CorridorCountry,
    CrossReference,
    DepositCommodity,
    DepositCountry,
    Organisation,
    Project,
    ProjectCountry,
    ProjectPartner,
)
from registry.prepared import CHILDREN, Block, Organisations, Settled, block_of

AT_A_TIME = 2_500
MANY = 100
"""From so many records on their counts and boxes are kept together."""

Drafts = Iterable[tuple[str | None, Draft]]
Progress = Callable[[int], None]


def insert_many(
    session: Session,
    collection: Collection,
    drafts: Drafts,
    at: datetime,
    why: Why,
    coming: int,
    progress: Progress = lambda _done: None,
) -> list[str]:
    """Store new records, each with its own ref or the next free one; gives their refs in order.

    `coming` says how many they are; 0 where that is not known.

    Whether they may name their parents and agreements was judged before (`registry.links`).
    Raises Invalid for one that is not there.
    """
    session.flush()
    blocks = (_block(session, collection, part, at) for part in in_parts(drafts, AT_A_TIME))
    return insert_blocks(session, collection, blocks, why, coming, progress)


def insert_blocks(
    session: Session,
    collection: Collection,
    blocks: Iterable[Block],
    why: Why,
    coming: int,
    progress: Progress,
) -> list[str]:
    """Store prepared records with revisions and cross-references; gives their refs in order."""
    pairing = crossref.Pairing(session, collection.model) if _is_paired(collection) else None
    linked: dict[str, dict[int, str]] = {name: {} for name in LINKS}
    stored: list[str] = []
    with _upkeep(session, collection, coming):
        for block in blocks:
            refs.check_unused(session, collection, block.refs)
            refs.pass_over(session, collection, block.refs)
            session.flush()
            geometries = block.geometries()
            keys = _insert(session, collection, block, geometries)
            if pairing and block.pairs is not None:
                pairing.take(keys, block.pairs)
            elif pairing:
                pairing.add(keys, geometries, block.columns["location_precision"])
            history.keep_many(session, collection.id, block.columns, why)
            for name, meant in linked.items():
                meant |= {keys[at]: ref for at, ref in block.linked[name].items()}
            stored += block.refs
            progress(len(stored))
        for name, meant in linked.items():
            _link(session, name, meant)
    return stored


def settle(
    session: Session, collection: Collection, names: Iterable[str], at: datetime, coming: int = 0
) -> Settled:
    """What so many new records that name these partners need to know of what is stored."""
    if collection is not PROJECTS:
        return Settled(collection.id, at, {}, {})
    moved, organisations = redirects.targets(session, PROJECTS), _organisations(session, names)
    deposits = crossref.deposits(session) if coming > crossref.FEW else None
    return Settled(collection.id, at, moved, organisations, deposits)


def _tables(collection: Collection) -> list[str]:
    """Where its records are written, and what is written beside them."""
    paired = (CrossReference.__tablename__,) if _is_paired(collection) else ()
    return [collection.model.__tablename__, *CHILDREN[collection.id], *paired]


@contextmanager
def _upkeep(session: Session, collection: Collection, coming: int) -> Iterator[None]:
    """What follows from rows, for many at their end and not one by one."""
    connection, table = session.connection(), collection.model.__tablename__
    together = at_once(connection, table) if coming >= MANY else nullcontext()
    with together, indexed_at_end(connection, _tables(collection), coming):
        yield


def _is_paired(collection: Collection) -> bool:
    return collection in (PROJECTS, DEPOSITS)


def _block(
    session: Session,
    collection: Collection,
    part: Sequence[tuple[str | None, Draft]],
    at: datetime,
) -> Block:
    """The drafts as records, each under its own ref or the next free one."""
    refs.pass_over(session, collection, [ref for ref, _ in part if ref])
    new = iter(refs.next_refs(session, collection, sum(ref is None for ref, _ in part)))
    session.flush()
    names = [name for _, draft in part for name in draft.values.get("partners", ())]
    settled = settle(session, collection, names, at)
    return block_of(settled, [(ref or next(new), draft) for ref, draft in part])


def _organisations(session: Session, names: Iterable[str]) -> Organisations:
    """Key and name of the organisations that are called so; what is not there yet is added."""
    keys = {name: slug(name) or name for name in dict.fromkeys(names)}
    known = _known(session, keys.values())
    new = {key: name for name, key in reversed(keys.items()) if key not in known}
    if new:
        add_rows(session, Organisation, {"slug": list(new)[::-1], "name": list(new.values())[::-1]})
        known |= _known(session, new)
    return {name: known[key] for name, key in keys.items()}


def _known(session: Session, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    columns = (Organisation.slug, Organisation.id, Organisation.name)
    return {
        row.slug: (row.id, row.name)
        for part in in_parts(dict.fromkeys(keys), AT_A_TIME)
        for row in session.execute(select(*columns).where(Organisation.slug.in_(part)))
    }


def _insert(
    session: Session,
    collection: Collection,
    block: Block,
    geometries: Sequence[BaseGeometry | None],
) -> list[int]:
    """The records and the rows under them; gives the keys of the records."""
    model = collection.model
    places = {"geometry": geometries} if collection.located else {}
    add_rows(session, model, block.columns | places)
    asked = select(model.ref, model.id).where(model.ref.in_(block.refs))
    found: dict[str, int] = {row.ref: row.id for row in session.execute(asked)}
    keys = [found[ref] for ref in block.refs]
    for table, rows in block.children.items():
        if rows:
            child, *names = _UNDER[table]
            owned = zip(*((keys[at], *rest) for at, *rest in rows), strict=True)
            add_rows(session, child, dict(zip(names, owned, strict=True)))
    return keys


# The tables under a record: what their rows say, the record's key first.
_UNDER: Mapping[str, tuple[Any, *tuple[str, ...]]] = {
    "project_country": (ProjectCountry, "project_id", "country", "share"),
    "project_partner": (ProjectPartner, "project_id", "organisation_id", "country", "role"),
    "deposit_country": (DepositCountry, "deposit_id", "country", "share"),
    "deposit_commodity": (DepositCommodity, "deposit_id", "commodity"),
    "corridor_country": (CorridorCountry, "corridor_id", "country", "share"),
}


def _link(session: Session, name: str, meant: Mapping[int, str]) -> None:
    """Parent or agreement by key, once every record that may be meant is there."""
    model = {"parent": Project, "agreement": Agreement}[name]
    keys = _keys(session, model, meant.values())
    for ref in meant.values():
        if ref not in keys:
            raise Invalid({name: [f"There is no record {shown(ref)}; look up its ref."]})
    set_whole_numbers(
        session, Project, f"{name}_id", {key: keys[ref] for key, ref in meant.items()}
    )


def _keys(session: Session, model: Any, refs: Iterable[str]) -> dict[str, int]:
    return {
        row.ref: row.id
        for part in in_parts(sorted(set(refs)), AT_A_TIME)
        for row in session.execute(select(model.ref, model.id).where(model.ref.in_(part)))
    }
