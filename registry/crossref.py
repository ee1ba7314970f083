"""The pairs of a project and a deposit within reach, kept current in the transaction that changes
either.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from geo.elements import as_array
from geo.nearest import pairs_within
from geo.parts import in_parts
from registry.database.rows import Columns, add_rows
from registry.models import CrossReference, Deposit, Project
from registry.reach import STORED_KM
from registry.spatial import may_reach
from registry.vocabulary import MEASURED_PRECISIONS

RADIUS_KM = STORED_KM
TOLERANCE_M = 0.01
FEW = 20
"""Up to so many changed records their neighbourhoods are asked of the index one by one."""
# Numbers in one DELETE: SQLite takes 32,766 variables at most.
# Projects whose pairs are computed at a time: bounds memory, and says how far the work is.
_BLOCK = 2_000
Progress = Callable[[int], None]
Located = list[tuple[int, BaseGeometry]]


def update(session: Session, projects: Sequence[int] = (), deposits: Sequence[int] = ()) -> int:
    """Compute the pairs of these records anew; gives how many pairs they have now.

    Records are given by their ids and must have been flushed.
    """
    return _update_side(session, Project, projects) + _update_side(session, Deposit, deposits)


class Pairing:
    """Pairs of records that are being added: the other side is read once for all of them."""

    def __init__(self, session: Session, side: type[Project] | type[Deposit]) -> None:
        """Take part in the session's transaction."""
        self.session, self.side = session, side
        self.others: Located | None = None

    def add(
        self,
        keys: Sequence[int],
        geometries: Sequence[BaseGeometry | None],
        precisions: Sequence[str],
    ) -> int:
        """Store the pairs of new records; gives their number."""
        mine = _measured(keys, geometries, precisions)
        if not mine:
            return 0
        other = Deposit if self.side is Project else Project
        if len(mine) <= FEW:
            others = _neighbours(self.session, other, mine)
        else:
            others = self.others = self.others or _taking_part(self.session, other)
        return _store(self.session, *((mine, others) if self.side is Project else (others, mine)))

    def take(self, keys: Sequence[int], pairs: Columns) -> None:
        """Store pairs of new projects that are computed already and name them by their places."""
        projects = [keys[place] for place in pairs["project_id"]]
        add_rows(self.session, CrossReference, {**pairs, "project_id": projects})


def deposits(session: Session) -> Located:
    """All deposits that take part, for the pairs of many new projects."""
    return _taking_part(session, Deposit)


def pairs_of(
    geometries: Sequence[BaseGeometry | None], precisions: Sequence[str], deposits: Located
) -> Columns:
    """The columns of the pairs of new projects, which are named by their places; no database is
    asked.
    """
    return _pairs(_measured(range(len(geometries)), geometries, precisions), deposits)


def rebuild(session: Session, tell: Progress = lambda _done: None) -> int:
    """Compute all pairs anew; gives their number. `tell` hears how many projects are done."""
    session.execute(delete(CrossReference))
    left, right = _taking_part(session, Project), _taking_part(session, Deposit)
    stored = 0
    for done, block in _blocks(left):
        stored += _store(session, block, right)
        tell(done)
    return stored


def drift(session: Session, tell: Progress = lambda _done: None) -> int:
    """How many stored pairs differ from a fresh computation: missing, too many, or off by a
    centimetre.
    """
    left, right = _taking_part(session, Project), _taking_part(session, Deposit)
    off = seen = 0
    for done, block in _blocks(left):
        pairs = _pairs(block, right)
        both = zip(pairs["project_id"], pairs["deposit_id"], strict=True)
        fresh = dict(zip(both, pairs["distance_m"], strict=True))
        stored = _stored(session, [key for key, _ in block])
        off += len(fresh.keys() ^ stored.keys())
        shared = fresh.keys() & stored.keys()
        off += sum(abs(fresh[pair] - stored[pair]) > TOLERANCE_M for pair in shared)
        seen += len(stored)
        tell(done)
    # Pairs of projects that take no part belong to no block.
    return off + stored_pairs(session) - seen


def _update_side(session: Session, side: type[Project] | type[Deposit], ids: Sequence[int]) -> int:
    if not ids:
        return 0
    column = CrossReference.project_id if side is Project else CrossReference.deposit_id
    for part in in_parts(ids):
        session.execute(delete(CrossReference).where(column.in_(part)))
    mine = [row for part in in_parts(ids) for row in _taking_part(session, side, part)]
    if not mine:
        return 0
    other = Deposit if side is Project else Project
    neighbours = (
        _neighbours(session, other, mine) if len(mine) <= FEW else _taking_part(session, other)
    )
    return (
        _store(session, mine, neighbours) if side is Project else _store(session, neighbours, mine)
    )


def _taking_part(
    session: Session, side: type[Project] | type[Deposit], ids: Sequence[int] | None = None
) -> Located:
    """Id and geometry of records whose position is good enough to be measured from."""
    asked = select(side.id, side.geometry).where(
        side.geometry.is_not(None), side.location_precision.in_(MEASURED_PRECISIONS)
    )
    if ids is not None:
        asked = asked.where(side.id.in_(ids))
    return [
        (row.id, row.geometry) for row in session.execute(asked.order_by(side.id)) if row.geometry
    ]


def _neighbours(session: Session, side: type[Project] | type[Deposit], mine: Located) -> Located:
    asked = select(side.id, side.geometry).where(
        side.location_precision.in_(MEASURED_PRECISIONS),
        or_(*(may_reach(side.geometry, geometry, RADIUS_KM) for _, geometry in mine)),
    )
    return [
        (row.id, row.geometry) for row in session.execute(asked.order_by(side.id)) if row.geometry
    ]


def _measured(
    keys: Sequence[int], geometries: Sequence[BaseGeometry | None], precisions: Sequence[str]
) -> Located:
    return [
        (key, geometry)
        for key, geometry, precision in zip(keys, geometries, precisions, strict=True)
        if geometry is not None and precision in MEASURED_PRECISIONS
    ]


def _store(session: Session, projects: Located, deposits: Located) -> int:
    pairs = _pairs(projects, deposits)
    add_rows(session, CrossReference, pairs)
    return len(pairs["distance_m"])


def _pairs(projects: Located, deposits: Located) -> dict[str, list[Any]]:
    """The columns of their pairs."""
    pairs = pairs_within(
        as_array([geometry for _, geometry in projects]),
        as_array([geometry for _, geometry in deposits]),
        RADIUS_KM * 1000,
    )
    keys = np.array([key for key, _ in projects], dtype=np.int64)
    others = np.array([key for key, _ in deposits], dtype=np.int64)
    columns = {
        "project_id": keys[pairs.left],
        "deposit_id": others[pairs.right],
        "distance_m": pairs.distance_m,
        "project_lon": pairs.left_point[:, 0],
        "project_lat": pairs.left_point[:, 1],
        "deposit_lon": pairs.right_point[:, 0],
        "deposit_lat": pairs.right_point[:, 1],
    }
    return {name: values.tolist() for name, values in columns.items()}


def _stored(session: Session, projects: Sequence[int]) -> dict[tuple[int, int], float]:
    pair = (CrossReference.project_id, CrossReference.deposit_id, CrossReference.distance_m)
    rows = session.execute(select(*pair).where(CrossReference.project_id.in_(projects)))
    return {(row.project_id, row.deposit_id): row.distance_m for row in rows}


def _blocks(left: Located) -> Iterable[tuple[int, Located]]:
    """Parts of the projects, each with how many are done after it."""
    for start in range(0, len(left), _BLOCK):
        block = left[start : start + _BLOCK]
        yield start + len(block), block


def stored_pairs(session: Session) -> int:
    """How many pairs are stored."""
    return session.scalar(select(func.count()).select_from(CrossReference)) or 0


def measured_projects(session: Session) -> int:
    """How many projects have a position that takes part: the work of a rebuild."""
    chosen = select(func.count(Project.id)).where(
        Project.geometry.is_not(None), Project.location_precision.in_(MEASURED_PRECISIONS)
    )
    return session.scalar(chosen) or 0
