"""New records, many at a time: rows of every table straight from drafts, without the ORM.

One record is a list of one, so there is no other way in. Blocks bound memory; cross-references
come with each block, links between records at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.feature import Feature, feature_text
from geo.geometry import geojson_texts
from geo.parts import in_parts
from registry import crossref, drafted, history, redirects, refs
from registry.actors import Actor
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.database.rows import add_rows, set_whole_numbers
from registry.database.upkeep import at_once, indexed_at_end
from registry.drafts import LINKS, Draft
from registry.errors import Invalid
from registry.features import published, search_text
from registry.folding import slug
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

AT_A_TIME = 2_500
MANY = 100
"""From so many records on their counts and boxes are kept together."""

Drafts = Iterable[tuple[str | None, Draft]]
Progress = Callable[[int], None]
Rows = list[tuple[Any, ...]]
Said = dict[str, Any]


def insert_many(
    session: Session,
    collection: Collection,
    drafts: Drafts,
    by: Actor,
    at: datetime,
    action: str,
    reason: str,
    coming: int = 0,
    progress: Progress = lambda _done: None,
) -> list[str]:
    """Store new records with texts, revisions and cross-references; gives their refs in order.

    `coming` says how many they are; 0 where that is not known.

    Whether they may name their parents and agreements was judged before (`registry.links`).
    Raises Invalid for one that is not there.
    """
    session.flush()
    moved = redirects.targets(session, PROJECTS) if collection is PROJECTS else {}
    pairing = crossref.Pairing(session, collection.model) if _is_paired(collection) else None
    linked: dict[str, dict[int, str]] = {name: {} for name in LINKS}
    stored: list[str] = []
    with _upkeep(session, collection, coming):
        for part in in_parts(drafts, AT_A_TIME):
            named = _named(session, collection, part)
            saids = [said_of(collection, draft, New(ref, 1, at, at), moved) for ref, draft in named]
            _name_partners(session, saids)
            write_texts(collection, saids)
            ids = _insert(session, collection, saids)
            if pairing:
                pairing.add((ids[said["ref"]], said) for said in saids)
            history.keep_many(session, collection.id, saids, action, by, at, reason)
            for name, meant in linked.items():
                meant |= {ids[said["ref"]]: said[name] for said in saids if said.get(name)}
            stored += ids
            progress(len(stored))
        for name, meant in linked.items():
            _link(session, name, meant)
    return stored


def _tables(collection: Collection) -> list[str]:
    """Where its records are written, and what is written beside them."""
    children = (child for child, *_ in _CHILDREN[collection.id])
    paired = (CrossReference,) if _is_paired(collection) else ()
    return [model.__tablename__ for model in (collection.model, *children, *paired)]


@contextmanager
def _upkeep(session: Session, collection: Collection, coming: int) -> Iterator[None]:
    """What follows from rows, for many at their end and not one by one."""
    connection, table = session.connection(), collection.model.__tablename__
    together = at_once(connection, table) if coming >= MANY else nullcontext()
    with indexed_at_end(connection, _tables(collection), coming), together:
        yield


def _is_paired(collection: Collection) -> bool:
    return collection in (PROJECTS, DEPOSITS)


def _named(
    session: Session, collection: Collection, part: Sequence[tuple[str | None, Draft]]
) -> list[tuple[str, Draft]]:
    """The drafts, each with its own ref or the next free one."""
    given = [ref for ref, _ in part if ref]
    refs.check_unused(session, collection, given)
    refs.pass_over(session, collection, given)
    new = iter(refs.next_refs(session, collection, sum(ref is None for ref, _ in part)))
    session.flush()
    return [(ref or next(new), draft) for ref, draft in part]


class New(NamedTuple):
    """What the registry itself says of a record."""

    ref: str
    version: int
    created_at: datetime
    updated_at: datetime


def said_of(
    collection: Collection, draft: Draft, row: Any, moved: Mapping[str, str] = MappingProxyType({})
) -> Said:
    """What a record says: its columns by the draft and by `row`, and what stands beside them."""
    said = drafted.columns(collection, draft, row)
    said |= {name: getattr(row, name) for name in New._fields}
    said["countries"] = drafted.countries(draft)
    if collection is PROJECTS:
        parent = draft.values["parent"]
        said["parent"] = moved.get(parent, parent) if parent else None
        said["agreement"] = draft.values["agreement"]
        said["partners"] = drafted.partners(draft)
    elif collection is DEPOSITS:
        said["commodities"] = draft.values["commodities"]
    return said


def _name_partners(session: Session, saids: Sequence[Said]) -> None:
    """An organisation is called as it is stored, however it is spelt here."""
    names = {name: None for said in saids for name, _, _ in said.get("partners", ())}
    keys = {name: slug(name) or name for name in names}
    known = _organisations(session, keys.values())
    new = {key: name for name, key in reversed(keys.items()) if key not in known}
    if new:
        add_rows(session, Organisation, {"slug": list(new)[::-1], "name": list(new.values())[::-1]})
        known |= _organisations(session, new)
    for said in saids:
        found = [(known[keys[name]], *rest) for name, *rest in said.get("partners", ())]
        said["organisations"] = [key for (key, _), *_ in found]
        said["partners"] = [(name, *rest) for (_, name), *rest in found]


def _organisations(session: Session, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    columns = (Organisation.slug, Organisation.id, Organisation.name)
    return {
        row.slug: (row.id, row.name)
        for part in in_parts(dict.fromkeys(keys), AT_A_TIME)
        for row in session.execute(select(*columns).where(Organisation.slug.in_(part)))
    }


def write_texts(collection: Collection, saids: Sequence[Said]) -> Sequence[Said]:
    """Put the stored text and the words for search beside what each record says."""
    geometries = geojson_texts([said.get("geometry") for said in saids])
    for said, geometry in zip(saids, geometries, strict=True):
        properties = published(collection.model, said)
        said["text"] = feature_text(Feature(said["ref"], None, properties), geometry)
        said["search"] = search_text(properties)
    return saids


def _insert(session: Session, collection: Collection, saids: Sequence[Said]) -> dict[str, int]:
    """The records and the rows under them; gives the key of each ref."""
    model = collection.model
    said = [column.name for column in model.__table__.columns if column.name in saids[0]]
    add_rows(session, model, {name: [one[name] for one in saids] for name in said})
    found = _keys(session, model, [said["ref"] for said in saids])
    for child, names, rows in _CHILDREN[collection.id]:
        under = [row for said in saids for row in rows(found[said["ref"]], said)]
        if under:
            add_rows(session, child, dict(zip(names, zip(*under, strict=True), strict=True)))
    return {said["ref"]: found[said["ref"]] for said in saids}


def _countries(key: int, said: Said) -> Rows:
    return [(key, country, share) for country, share in said["countries"]]


def _partners(key: int, said: Said) -> Rows:
    both = zip(said["organisations"], said["partners"], strict=True)
    return [(key, organisation, country, role) for organisation, (_, country, role) in both]


def _commodities(key: int, said: Said) -> Rows:
    return [(key, commodity) for commodity in said["commodities"]]


# The tables under a record, their columns, and its rows in each.
_CHILDREN: dict[str, tuple[tuple[Any, tuple[str, ...], Callable[[int, Said], Rows]], ...]] = {
    "projects": (
        (ProjectCountry, ("project_id", "country", "share"), _countries),
        (ProjectPartner, ("project_id", "organisation_id", "country", "role"), _partners),
    ),
    "deposits": (
        (DepositCountry, ("deposit_id", "country", "share"), _countries),
        (DepositCommodity, ("deposit_id", "commodity"), _commodities),
    ),
    "corridors": ((CorridorCountry, ("corridor_id", "country", "share"), _countries),),
    "agreements": (),
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
