"""What lies near a record, as a page shows it: nearest first, with why it matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from geo.bbox import BBox
from geo.countries import ADMIN1
from geo.feature import Feature
from registry.features import from_text
from registry.models import CrossReference, Deposit, Project
from registry.relevance import Relevance, relevance
from registry.spatial import meets_box
from registry.vocabulary import PRECISION

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


def deposits_near(session: Session, project: Feature) -> list[Near]:
    """Deposits within 50 km of a project, nearest first."""
    sector = project.properties["sector"]
    rows = _pairs(session, Project.ref == project.ref, Deposit)
    return [_near(row, from_text(row.text), sector) for row in rows]


def projects_near(session: Session, deposit: Feature, *, public_only: bool) -> list[Near]:
    """Projects within 50 km of a deposit, nearest first."""
    hidden = [Project.publication == "public"] if public_only else []
    rows = _pairs(session, Deposit.ref == deposit.ref, Project, *hidden)
    found = []
    for row in rows:
        project = from_text(row.text)
        near = _near(row, project, project.properties["sector"], deposit.properties["commodities"])
        found.append(near)
    return found


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


def _pairs(
    session: Session, this: ColumnElement[bool], other: Any, *conditions: ColumnElement[bool]
) -> Any:
    chosen = (
        select(
            CrossReference,
            other.text,
            Project.location_precision.label("of_project"),
            Deposit.location_precision.label("of_deposit"),
        )
        .join(Project, Project.id == CrossReference.project_id)
        .join(Deposit, Deposit.id == CrossReference.deposit_id)
        .where(this, *conditions)
        .order_by(CrossReference.distance_m, other.id)
    )
    return session.execute(chosen).all()


def _near(row: Any, other: Feature, sector: str, commodities: list[str] | None = None) -> Near:
    pair: CrossReference = row.CrossReference
    return Near(
        other,
        pair.distance_m,
        PRECISION[row.of_project].radius_km + PRECISION[row.of_deposit].radius_km,
        relevance(
            sector, commodities if commodities is not None else other.properties["commodities"]
        ),
        ((pair.project_lon, pair.project_lat), (pair.deposit_lon, pair.deposit_lat)),
    )
