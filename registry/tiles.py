"""Vector tiles of a collection: what a filter shows, by tile; at low zoom as clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Session

from geo.cluster import CELL, Clusters, clustered
from geo.mvt import MARGIN, Layer, Properties, encode, on_whole_steps
from geo.webmercator import Tile
from registry import queries
from registry.collections import CORRIDORS, DEPOSITS, PROJECTS, Collection
from registry.cql2.queryables import QUERYABLES
from registry.database.portable import Portable
from registry.database.types import shapes_of
from registry.errors import NotFound
from registry.filters import Filter
from registry.models import Deposit, DepositCommodity
from registry.spatial import BoxOverlaps

CLUSTERED_BELOW = 9
"""From this zoom on every record is drawn by itself; a tile there is some 60 km wide."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Tiled:
    """What the tiles of a collection hold of each record, and what they add up in clusters."""

    collection: Collection
    said: Mapping[str, Any]
    sums: tuple[str, ...] = ()
    clustered: bool = True

    def layer_names(self) -> tuple[str, ...]:
        """The layers of its tiles."""
        name = self.collection.id
        return (name, f"{name}_clusters") if self.clustered else (name,)


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
    rows = _rows(session, tiled, asked, at, public_only)
    shapes = at.on_grid(shapes_of([row[-1] for row in rows]))
    names = list(tiled.said)
    properties: list[Properties] = [dict(zip(names, row[:-1], strict=True)) for row in rows]
    layers = []
    if tiled.clustered and at.zoom < CLUSTERED_BELOW:
        shown, found = _gathered(shapes, properties, tiled)
        layers.append(_marks(tiled, found))
        shapes, properties = shapes[shown], [properties[place] for place in shown.tolist()]
    return encode([_drawn(tiled.collection.id, shapes, properties), *layers])


def _rows(
    session: Session, tiled: Tiled, asked: Filter, at: Tile, public_only: bool
) -> Sequence[Any]:
    """What is said of each record whose box meets the tile, and its geometry as bytes."""
    model = tiled.collection.model
    where = [field.condition(session, value) for field, value in asked.fields()]
    where += queries.visible(tiled.collection, public_only)
    near = [BoxOverlaps(model.geometry, part) for part in at.box(MARGIN).parts()]
    shape = Portable("well-known bytes", LargeBinary(), model.geometry)
    chosen = select(*tiled.said.values(), shape).where(*near, *where).order_by(model.id)
    return session.execute(chosen).all()


def _gathered(
    shapes: Shapes, properties: Sequence[Properties], tiled: Tiled
) -> tuple[NDArray[np.int64], Clusters]:
    """The places of the records that are drawn by themselves, and the clusters of the others.

    What is larger than a cell is never hidden in one.
    """
    west, south, east, north = shapely.bounds(shapes).T.reshape(4, -1)
    is_large = np.maximum(east - west, north - south) > CELL
    x, y = (west + east) / 2, (south + north) / 2
    x[is_large] = np.nan  # nowhere: in no cell
    weights = {
        name: np.array([each[name] for each in properties], dtype=np.float64) for name in tiled.sums
    }
    found = clustered(x, y, weights)
    return np.sort(np.concatenate([np.flatnonzero(is_large), found.alone])), found


def _marks(tiled: Tiled, found: Clusters) -> Layer:
    """The clusters as points with how many they hold and what those add up to."""
    marks = [shapely.Point(place) for place in zip(found.x.tolist(), found.y.tolist(), strict=True)]
    sums = [numbers.tolist() for numbers in found.sums.values()]
    said = [
        {"count": count, **dict(zip(found.sums, added, strict=True))}
        for count, *added in zip(found.counts.tolist(), *sums, strict=True)
    ]
    return Layer(
        f"{tiled.collection.id}_clusters",
        marks,
        said,
    )


def _drawn(name: str, shapes: Shapes, properties: Sequence[Properties]) -> Layer:
    whole = on_whole_steps(shapes)
    kept = np.flatnonzero(~shapely.is_missing(whole)).tolist()
    return Layer(name, [whole[place] for place in kept], [properties[place] for place in kept])
