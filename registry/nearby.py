"""What lies near a record, as a page shows it: nearest first, with why it matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from geo.bbox import BBox
from geo.countries import ADMIN1
from geo.feature import Feature
from geo.nearest import pairs_within
from registry.features import from_text
from registry.models import CrossReference, Deposit, Project
from registry.reach import STORED_KM
from registry.relevance import Relevance, relevance
from registry.spatial import may_reach, meets_box
from registry.vocabulary import MEASURED_PRECISIONS, PRECISION, RELATIONS

Point = tuple[float, float]
_OUTLINES = {unit.id: unit.outline for unit in ADMIN1}


@dataclass(frozen=True, slots=True)
class Near:
    """One record near another.

    `distance_m` is geodesic between the nearest points, 0 where they meet; `uncertainty_km` is how
    far off either position may be; `line` joins the nearest points, longitude first.
    """

    feature: Feature
    distance_m: float
    uncertainty_km: float
    relevance: Relevance
    line: tuple[Point, Point]

    @property
    def inside(self) -> bool:
        """Whether the two meet: one contains, crosses or touches the other."""
        return self.distance_m == 0


def deposits_near(session: Session, project: Feature, km: float = STORED_KM) -> list[Near]:
    """Deposits within so many kilometres of a project, nearest first; past the stored 50 km the
    engine is asked.
    """
    sector = project.properties["sector"]
    pairs = (
        _stored(session, Project.ref == project.ref, Deposit, km)
        if km <= STORED_KM
        else _measured(session, project, Deposit, km)
    )
    return [_near(pair, sector, pair.other.properties["commodities"]) for pair in pairs]


def projects_near(
    session: Session, deposit: Feature, km: float = STORED_KM, *, public_only: bool
) -> list[Near]:
    """Projects within so many kilometres of a deposit, nearest first."""
    hidden = [Project.publication == "public"] if public_only else []
    pairs = (
        _stored(session, Deposit.ref == deposit.ref, Project, km, *hidden)
        if km <= STORED_KM
        else _measured(session, deposit, Project, km, *hidden)
    )
    commodities = deposit.properties["commodities"]
    return [_near(pair, pair.other.properties["sector"], commodities) for pair in pairs]


def near_place(
    session: Session, geometry: BaseGeometry, other: type[Project] | type[Deposit]
) -> list[tuple[Feature, float]]:
    """What lies within 50 km of a place that is not stored yet, with metres, nearest first."""
    place = Feature("", geometry, {"location_precision": "exact"})
    return [(pair.other, pair.distance_m) for pair in _measured(session, place, other, STORED_KM)]


def by_relevance(found: Iterable[Near]) -> list[Near]:
    """What matters most first, then the nearest."""
    order = {relation.slug: place for place, relation in enumerate(RELATIONS)}
    return sorted(found, key=lambda near: (order[near.relevance.relation], near.distance_m))


def deposits_in_same_region(session: Session, project: Feature) -> list[Feature]:
    """For a project whose place is only a region: the deposits of that region, by name; no
    distances.
    """
    units: Sequence[str] = project.properties["admin1"]
    if project.properties["location_precision"] != "region" or not units:
        return []
    outline = shapely.union_all([_OUTLINES[unit] for unit in units if unit in _OUTLINES])
    rows = session.execute(
        select(Deposit.geometry, Deposit.text)
        .where(meets_box(Deposit.geometry, BBox(*outline.bounds)))
        .order_by(Deposit.name, Deposit.id)
    ).all()
    shapely.prepare(outline)
    return [from_text(row.text) for row in rows if shapely.intersects(outline, row.geometry)]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Another record with the nearest points of both: of the project, of the deposit."""

    other: Feature
    distance_m: float
    radius_km: float
    line: tuple[Point, Point]


def _stored(
    session: Session,
    this: ColumnElement[bool],
    other: type[Project] | type[Deposit],
    km: float,
    *conditions: ColumnElement[bool],
) -> list[_Pair]:
    chosen = (
        select(
            CrossReference,
            other.text,
            Project.location_precision.label("of_project"),
            Deposit.location_precision.label("of_deposit"),
        )
        .join(Project, Project.id == CrossReference.project_id)
        .join(Deposit, Deposit.id == CrossReference.deposit_id)
        .where(this, CrossReference.distance_m <= km * 1000, *conditions)
        .order_by(CrossReference.distance_m, other.id)
    )
    found = []
    for row in session.execute(chosen):
        pair: CrossReference = row.CrossReference
        line = ((pair.project_lon, pair.project_lat), (pair.deposit_lon, pair.deposit_lat))
        radius_km = PRECISION[row.of_project].radius_km + PRECISION[row.of_deposit].radius_km
        found.append(_Pair(from_text(row.text), pair.distance_m, radius_km, line))
    return found


def _measured(
    session: Session,
    this: Feature,
    other: type[Project] | type[Deposit],
    km: float,
    *conditions: ColumnElement[bool],
) -> list[_Pair]:
    own = PRECISION[this.properties["location_precision"]]
    if this.geometry is None or not own.takes_part:
        return []
    takes_part = other.location_precision.in_(MEASURED_PRECISIONS)
    near = may_reach(other.geometry, this.geometry, km)
    chosen = select(other.geometry, other.text).where(near, takes_part, *conditions)
    rows = session.execute(chosen.order_by(other.id)).all()
    shapes = np.array([row.geometry for row in rows], dtype=object)
    pairs = pairs_within(np.array([this.geometry], dtype=object), shapes, km * 1000)
    found = []
    for at, metres, here, there in zip(
        pairs.right.tolist(),
        pairs.distance_m.tolist(),
        pairs.left_point.tolist(),
        pairs.right_point.tolist(),
        strict=True,
    ):
        feature = from_text(rows[at].text)
        radius_km = own.radius_km + PRECISION[feature.properties["location_precision"]].radius_km
        ends = (here, there) if other is Deposit else (there, here)
        line = ((ends[0][0], ends[0][1]), (ends[1][0], ends[1][1]))
        found.append(_Pair(feature, metres, radius_km, line))
    return found


def _near(pair: _Pair, sector: str, commodities: list[str]) -> Near:
    why = relevance(sector, commodities)
    return Near(pair.other, pair.distance_m, pair.radius_km, why, pair.line)
