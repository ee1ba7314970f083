"""What is compared of two projects to tell whether they are one: names, sectors, place, size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from geo.feature import Feature
from geo.parts import in_parts
from registry.drafts import Draft
from registry.kinship import KINDRED
from registry.models import Project, ProjectCountry
from registry.names import Name, names_of
from registry.vocabulary import PRECISION

_MOST_CORNERS = 500
_TOLERANCE_DEG = 0.001  # a hundred metres


@dataclass(frozen=True, slots=True)
class Sketch:
    """A project as it is compared; `geometry` is None where its position takes no part in
    distances.
    """

    id: int | None
    ref: str | None
    names: tuple[Name, ...]
    sectors: tuple[str, ...]
    geometry: BaseGeometry | None
    radius_km: float
    countries: frozenset[str]
    capacity_mw: float | None
    parent: str | None

    def is_family_of(self, other: "Sketch") -> bool:
        """Whether one is known to be a part or phase of the other, or both of a third."""
        own, others = {self.ref, self.parent} - {None}, {other.ref, other.parent} - {None}
        return bool(own & others)

    def kinship(self, other: "Sketch") -> float:
        """1 for the same sector, 0.85 for a kindred one, 0 for none."""
        if self.sectors[0] == other.sectors[0]:
            return 1.0
        kindred = other.sectors[0] in KINDRED[self.sectors[0]]
        return 0.85 if kindred or set(self.sectors) & set(other.sectors) else 0.0


def of_draft(draft: Draft, ref: str | None = None) -> Sketch:
    """The sketch of what somebody is about to store, under the ref that a file gives it."""
    return _sketch(None, ref, draft.values, draft.geometry)


def of_feature(feature: Feature) -> Sketch:
    """The sketch of a published project."""
    return _sketch(None, feature.ref, feature.properties, feature.geometry)


def of_stored(session: Session, *where: ColumnElement[bool]) -> list[Sketch]:
    """The sketches of stored projects, in the order of entry."""
    parent = aliased(Project)
    columns = (
        Project.id,
        Project.ref,
        Project.name,
        Project.alt_names,
        Project.sector,
        Project.secondary_sectors,
        Project.location_precision,
        Project.geometry,
        Project.capacity_mw,
        parent.ref.label("parent"),
    )
    chosen = select(*columns).outerjoin(parent, parent.id == Project.parent_id)
    rows = session.execute(chosen.where(*where).order_by(Project.id)).mappings().all()
    countries = _countries(session, [row["id"] for row in rows])
    return [
        _sketch(
            row["id"],
            row["ref"],
            {**row, "countries": countries.get(row["id"], ())},
            row["geometry"],
        )
        for row in rows
    ]


def _sketch(
    key: int | None, ref: str | None, values: Mapping[str, Any], geometry: BaseGeometry | None
) -> Sketch:
    precision = PRECISION[values["location_precision"]]
    return Sketch(
        key,
        ref,
        names_of(values["name"], values["alt_names"]),
        (values["sector"], *values["secondary_sectors"]),
        _lean(geometry) if precision.takes_part else None,
        precision.radius_km,
        frozenset(values["countries"]),
        values["capacity_mw"],
        values["parent"],
    )


def _lean(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """A shape with few corners, about as far from others: outlines may have thousands."""
    if geometry is None or shapely.get_num_coordinates(geometry) <= _MOST_CORNERS:
        return geometry
    simple = shapely.simplify(geometry, _TOLERANCE_DEG)
    if shapely.get_num_coordinates(simple) > _MOST_CORNERS:
        simple = shapely.simplify(shapely.convex_hull(geometry), _TOLERANCE_DEG)
    return simple


def _countries(session: Session, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    both = select(ProjectCountry.project_id, ProjectCountry.country)
    for part in in_parts(ids):
        for key, country in session.execute(both.where(ProjectCountry.project_id.in_(part))):
            found.setdefault(key, []).append(country)
    return found
