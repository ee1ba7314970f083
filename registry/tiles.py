"""Vector tiles of a collection: what a filter shows, by tile; at low zoom as clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import ColumnElement, LargeBinary, select
from sqlalchemy.orm import Session

from geo.cluster import CELL, Clusters, clustered
from geo.mvt import MARGIN, Layer, encode, on_whole_steps
from geo.webmercator import Tile
from registry import queries
from registry.collections import CORRIDORS, DEPOSITS, PROJECTS, Collection
from registry.cql2.queryables import QUERYABLES
from registry.database.portable import Portable
from registry.database.types import shapes_of
from registry.errors import NotFound
from registry.filters import Filter
from registry.models import Deposit, DepositCommodity
from registry.spatial import BoxOverlaps, boxes

CLUSTERED_BELOW = 9
"""From this zoom on every record is drawn by itself; a tile there is some 60 km wide."""

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Tiled:
    """What the tiles of a collection hold of each record, and what they add up in clusters."""

    collection: Collection
    said: Mapping[str, Any]
    sums: tuple[str, ...] = ()
    clustered: bool = True

    @property
    def clusters(self) -> str:
        """The layer of its clusters, where it has any."""
        return f"{self.collection.id}_clusters"


def _named(collection: Collection, *names: str) -> dict[str, Any]:
    known = QUERYABLES[collection.id]
    return {name: known[name].sql for name in ("ref", "name", *names, "location_precision")}


_MAIN = (
    select(DepositCommodity.commodity)
    .where(DepositCommodity.deposit_id == Deposit.id)
    .order_by(DepositCommodity.id)
    .limit(1)
    .correlate(Deposit)
    .scalar_subquery()
)
_TILED = (
    Tiled(
        PROJECTS,
        _named(PROJECTS, "sector", "status", "phase", "capacity_mw", "start_year"),
        ("capacity_mw",),
    ),
    Tiled(DEPOSITS, _named(DEPOSITS, "kind", "status", "size_class") | {"commodity": _MAIN}),
    Tiled(CORRIDORS, _named(CORRIDORS, "kind", "commodity", "status"), clustered=False),
)
TILED = {each.collection.id: each for each in _TILED}


def find_tiled(collection: Collection) -> Tiled:
    """What the tiles of a collection hold; raises NotFound where it has none."""
    found = TILED.get(collection.id)
    if found is None:
        raise NotFound(f"There are no tiles of {collection.id}; there are of {', '.join(TILED)}.")
    return found


def tile(session: Session, tiled: Tiled, asked: Filter, at: Tile, *, public_only: bool) -> bytes:
    """One tile of the matching records; no bytes where none lies on it."""
    model = tiled.collection.model
    where: list[ColumnElement[bool]] = [BoxOverlaps(model.geometry, at.box(MARGIN))]
    where += [field.condition(session, value) for field, value in asked.fields()]
    where += queries.visible(tiled.collection, public_only)
    if not tiled.clustered or at.zoom >= CLUSTERED_BELOW:
        return encode([_drawn(session, tiled, at, where)])
    shown, found = _gathered(session, tiled, at, where)
    return encode([_drawn(session, tiled, at, [model.id.in_(shown)]), _marks(tiled, found)])


def _drawn(session: Session, tiled: Tiled, at: Tile, where: Conditions) -> Layer:
    """The records that are drawn by themselves, with what is said of each."""
    model = tiled.collection.model
    shape = Portable("well-known bytes", LargeBinary(), model.geometry)
    chosen = select(*tiled.said.values(), shape).where(*where).order_by(model.id)
    rows = session.execute(chosen).all()
    whole = on_whole_steps(at.on_grid(shapes_of([row[-1] for row in rows])))
    kept = np.flatnonzero(~shapely.is_missing(whole)).tolist()
    names = list(tiled.said)
    properties = [dict(zip(names, rows[place][:-1], strict=True)) for place in kept]
    return Layer(tiled.collection.id, [whole[place] for place in kept], properties)


def _gathered(
    session: Session, tiled: Tiled, at: Tile, where: Conditions
) -> tuple[list[int], Clusters]:
    """The keys of the records that are drawn by themselves, and the clusters of the others.

    Only boxes are read: what is larger than a cell is never hidden in one.
    """
    model = tiled.collection.model
    columns, joined = boxes(session, model)
    summed = [getattr(model, name) for name in tiled.sums]
    chosen = select(model.id, *columns, *summed).where(*joined, *where).order_by(model.id)
    rows = session.execute(chosen).all()
    # Turned round first: numpy looks long at each row, and not at plain tuples.
    turned = np.array([*zip(*rows, strict=True)], dtype=np.float64).reshape(5 + len(summed), -1)
    keys, (west, south, east, north), sums = turned[0], turned[1:5], turned[5:]
    (x, upper), (right, lower) = at.steps(west, north), at.steps(east, south)
    is_large = np.maximum(right - x, lower - upper) > CELL
    middle = np.where(is_large, np.nan, (x + right) / 2)  # a large one is in no cell
    found = clustered(middle, (upper + lower) / 2, dict(zip(tiled.sums, sums, strict=True)))
    shown = np.concatenate([keys[is_large], keys[found.alone]])
    return shown.astype(np.int64).tolist(), found


def _marks(tiled: Tiled, found: Clusters) -> Layer:
    """The clusters as points with how many they hold and what those add up to."""
    marks = [shapely.Point(place) for place in zip(found.x.tolist(), found.y.tolist(), strict=True)]
    sums = [numbers.tolist() for numbers in found.sums.values()]
    said = [
        {"count": count, **dict(zip(found.sums, added, strict=True))}
        for count, *added in zip(found.counts.tolist(), *sums, strict=True)
    ]
    return Layer(
        tiled.clusters,
        marks,
        said,
    )
