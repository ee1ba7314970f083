"""New records as the columns of their tables, computed from drafts without a database, so that it
can be done in processes of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.elements import as_array
from geo.feature import Feature, feature_text
from geo.geometry import geojson_texts
from registry import drafted
from registry.collections import DEPOSITS, PROJECTS, Collection, find_collection
from registry.crossref import Located, pairs_of
from registry.database.rows import Columns
from registry.drafts import LINKS, Draft
from registry.features import published, search_text
from registry.waiting import unpacked

Said = dict[str, Any]
Rows = list[tuple[Any, ...]]
Organisations = Mapping[str, tuple[int, str]]
"""Of each name that is said, the key and the name of the organisation as it is stored."""


class New(NamedTuple):
    """What the registry itself says of a record."""

    ref: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of all new records of one work: their moment, what refs were given up, how
    partners are called, and for many projects the deposits that they may have near.
    """

    collection: str
    at: datetime
    moved: Mapping[str, str]
    organisations: Organisations
    deposits: Located | None = None


class Named(NamedTuple):
    """What a waiting draft is to be called, and what it refers to where it does."""

    ref: str
    links: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Block:
    """New records by column; `children` are rows by table that begin with the record's place in
    the block, `linked` the refs of parents and agreements by that place, `shapes` well-known bytes,
    `pairs` the columns of their pairs by place, where the deposits are known.
    """

    columns: dict[str, Sequence[Any]]
    shapes: Sequence[bytes | None]
    children: dict[str, Rows]
    linked: dict[str, dict[int, str]]
    pairs: Columns | None

    @property
    def refs(self) -> Sequence[str]:
        """What the records are called."""
        return self.columns["ref"]

    def geometries(self) -> Sequence[BaseGeometry | None]:
        """Where the records are."""
        return list(shapely.from_wkb(np.array(self.shapes, dtype=object)))


def unpack_block(settled: Settled, waiting: tuple[bytes, Sequence[Named | None]]) -> Block:
    """The records of those packed drafts that are named."""
    packed, names = waiting
    named = []
    for draft, given in zip(unpacked(settled.collection, packed), names, strict=True):
        if draft is not None and given is not None:
            draft.values.update({name: ref or None for name, ref in (given.links or {}).items()})
            named.append((given.ref, draft))
    return block_of(settled, named)


def block_of(settled: Settled, named: Sequence[tuple[str, Draft]]) -> Block:
    """The records of drafts, each under its ref."""
    collection = find_collection(settled.collection)
    saids = [_said(settled, collection, draft, ref) for ref, draft in named]
    write_texts(collection, saids)
    names = [column.name for column in collection.model.__table__.columns]
    names = [name for name in names if name in saids[0] and name != "geometry"]
    columns = dict(zip(names, zip(*map(itemgetter(*names), saids), strict=True), strict=True))
    shapes = as_array([draft.geometry for _, draft in named])
    return Block(
        columns,
        shapely.to_wkb(shapes).tolist(),
        {
            table: [(at, *row) for at, said in enumerate(saids) for row in rows(said)]
            for table, rows in CHILDREN[collection.id].items()
        },
        {
            name: {at: said[name] for at, said in enumerate(saids) if said.get(name)}
            for name in LINKS
        },
        None
        if settled.deposits is None
        else pairs_of(shapes.tolist(), columns["location_precision"], settled.deposits),
    )


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


def write_texts(collection: Collection, saids: Sequence[Said]) -> Sequence[Said]:
    """Put the stored text and the words for search beside what each record says."""
    geometries = geojson_texts([said.get("geometry") for said in saids])
    for said, geometry in zip(saids, geometries, strict=True):
        properties = published(collection.model, said)
        said["text"] = feature_text(Feature(said["ref"], None, properties), geometry)
        said["search"] = search_text(properties)
    return saids


def _said(settled: Settled, collection: Collection, draft: Draft, ref: str) -> Said:
    """What a new record says; an organisation is called as it is stored, however spelt here."""
    said = said_of(collection, draft, New(ref, 1, settled.at, settled.at), settled.moved)
    if partners := said.get("partners"):
        found = [(settled.organisations[name], *rest) for name, *rest in partners]
        said["organisations"] = [key for (key, _), *_ in found]
        said["partners"] = [(name, *rest) for (_, name), *rest in found]
    return said


def _countries(said: Said) -> Rows:
    return said["countries"]  # type: ignore[no-any-return]  # as `said_of` put them there


def _partners(said: Said) -> Rows:
    both = zip(said.get("organisations", ()), said["partners"], strict=True)
    return [(organisation, country, role) for organisation, (_, country, role) in both]


def _commodities(said: Said) -> Rows:
    return [(commodity,) for commodity in said["commodities"]]


CHILDREN: Mapping[str, Mapping[str, Callable[[Said], Rows]]] = {
    "projects": {"project_country": _countries, "project_partner": _partners},
    "deposits": {"deposit_country": _countries, "deposit_commodity": _commodities},
    "corridors": {"corridor_country": _countries},
    "agreements": {},
}
"""The tables under a record, and the rows that it has in each."""
