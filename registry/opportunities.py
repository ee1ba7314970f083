"""The planner's view of what is missing: deposits that no live project needs near by, and live
projects whose sector needs a resource that is not known near by.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from geo.feature import Feature, feature_text
from geo.nearest import k_nearest
from registry import queries
from registry.lifecycle import LIVE
from registry.models import Deposit, DepositCommodity, DepositCountry, Project, ProjectCountry
from registry.needs import Need, Question
from registry.reach import MOST_KM
from registry.vocabulary import (
    COMMODITY,
    DEPOSIT_STATUSES,
    PRECISION,
    SECTOR,
    SIZE_CLASSES,
)

T = TypeVar("T")
_LIVE = [status.slug for status in LIVE]
_SIZES = [size.slug for size in SIZE_CLASSES]
_STATUSES = [status.slug for status in DEPOSIT_STATUSES]
# Records whose texts are fetched in one statement.


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest record found within 300 km, however far: geodesic metres, 0 where they meet.

    `uncertainty_km` is how far off either position may be.
    """

    feature: Feature
    distance_m: float
    uncertainty_km: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sector that could use a deposit, and its nearest live project, if any within 300 km."""

    sector: str
    commodity: str
    reach_km: float
    reason: str
    nearest: Nearest | None


@dataclass(frozen=True, slots=True)
class Unused:
    """A deposit with no live project within reach that needs it."""

    feature: Feature
    wanted: tuple[Wanted, ...]

    @property
    def nearest(self) -> Nearest | None:
        """The nearest live project that needs it, of any sector."""
        found = [one.nearest for one in self.wanted if one.nearest]
        return min(found, key=lambda one: one.distance_m, default=None)

    @property
    def sentence(self) -> str:
        """What is missing, in words."""
        missing = [
            f"{SECTOR[one.sector].label.lower()} within {one.reach_km:g} km" for one in self.wanted
        ]
        return f"No live project of {_either(missing)}."


@dataclass(frozen=True, slots=True)
class Lacking:
    """A live project whose sector needs a resource that is not known within reach."""

    feature: Feature
    commodities: tuple[str, ...]
    reach_km: float
    reason: str
    nearest: Nearest | None

    @property
    def sentence(self) -> str:
        """What is missing, in words, as: No uranium known within 300 km."""
        names = [COMMODITY[slug].label.lower() for slug in self.commodities]
        return f"No {_either(names)} known within {self.reach_km:g} km."


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """Opportunities, the most telling first.

    `considered` records were measured; `left_out` match but have no position to measure from, by
    name;
    `unseen` records of the other kind have none, so that one of them may lie near after all.
    """

    rows: tuple[T, ...]
    considered: int
    left_out: tuple[Feature, ...]
    unseen: int


def unused_deposits(session: Session, asked: Question, *, public_only: bool) -> Found[Unused]:
    """Deposits with no live project within reach of a sector that needs what they hold.

    Giant ones first, then those that nobody works yet, then those farthest from any such project.
    """
    needs = asked.needs()
    deposits, left_out = _deposits(session, asked, needs)
    projects, unseen = _live_projects(session, Question(), needs, public_only)
    hits = [hit for need in needs for hit in _search(need, deposits, projects)]
    used = {hit.here.id for hit in hits if hit.metres <= asked.reach_km(hit.need.sector) * 1000}
    hits = [hit for hit in hits if hit.here.id not in used]
    features = _features(session, Deposit, [hit.here for hit in hits])
    others = _features(session, Project, [hit.there for hit in hits])
    wanted: dict[int, list[Wanted]] = {}
    for hit in hits:
        commodity = next(slug for slug in hit.here.words if slug in hit.need.commodities)
        sector, reason = hit.need.sector, hit.need.reason
        reach, nearest = asked.reach_km(sector), hit.nearest(others)
        wanted.setdefault(hit.here.id, []).append(Wanted(sector, commodity, reach, reason, nearest))
    rows = [Unused(features[key], tuple(several)) for key, several in wanted.items()]
    return Found(
        tuple(sorted(rows, key=_unused_order)),
        len(deposits),
        _named(session, Deposit, left_out),
        len(unseen),
    )


def lacking_projects(session: Session, asked: Question, *, public_only: bool) -> Found[Lacking]:
    """Live projects whose sector needs a resource of which none is known within reach.

    Those with none within 300 km first, then the farther the nearest one is the earlier.
    """
    needs = asked.lacks()
    projects, left_out = _live_projects(session, asked, needs, public_only, main_only=True)
    deposits, unseen = _deposits(session, Question(), needs)
    hits = [hit for need in needs for hit in _search(need, projects, deposits)]
    hits = [hit for hit in hits if hit.metres > asked.reach_km(hit.need.sector) * 1000]
    features = _features(session, Project, [hit.here for hit in hits])
    others = _features(session, Deposit, [hit.there for hit in hits])
    rows = [
        Lacking(
            features[hit.here.id],
            hit.need.commodities,
            asked.reach_km(hit.need.sector),
            hit.need.reason,
            hit.nearest(others),
        )
        for hit in hits
    ]
    return Found(
        tuple(sorted(rows, key=_lacking_order)),
        len(projects),
        _named(session, Project, left_out),
        len(unseen),
    )


def text(row: Unused | Lacking) -> str:
    """An opportunity as one line of GeoJSON: the record's place, and what is missing there."""
    said = row.feature.properties
    names = ("name", "sector", "status", "commodities", "kind", "size_class", "countries")
    values = {name: said[name] for name in (*names, "location_precision") if name in said}
    if isinstance(row, Unused):
        values["wanted_by"] = [one.sector for one in row.wanted]
        values["reach_km"] = [one.reach_km for one in row.wanted]
    else:
        values["lacks"], values["reach_km"] = list(row.commodities), row.reach_km
    nearest = row.nearest
    values["nearest"] = nearest.feature.ref if nearest else None
    values["nearest_name"] = nearest.feature.properties["name"] if nearest else None
    values["nearest_distance_m"] = round(nearest.distance_m, 1) if nearest else None
    values["uncertainty_km"] = nearest.uncertainty_km if nearest else None
    values["sentence"] = row.sentence
    return feature_text(Feature(row.feature.ref, row.feature.geometry, values))


@dataclass(frozen=True, slots=True)
class _Site:
    """A record as the engine needs it: `words` are a deposit's commodities or a project's sectors,
    the main one first.
    """

    id: int
    geometry: BaseGeometry
    words: tuple[str, ...]
    radius_km: float


@dataclass(frozen=True, slots=True)
class _Hit:
    """A site that a need speaks of, and the nearest one of the other kind within 300 km."""

    need: Need
    here: _Site
    there: _Site | None
    metres: float

    def nearest(self, features: Mapping[int, Feature]) -> Nearest | None:
        """The other one as it is shown."""
        if self.there is None:
            return None
        uncertainty_km = self.here.radius_km + self.there.radius_km
        return Nearest(features[self.there.id], self.metres, uncertainty_km)


def _search(need: Need, here: Sequence[_Site], there: Sequence[_Site]) -> list[_Hit]:
    words = {need.sector, *need.commodities}
    mine = [site for site in here if words.intersection(site.words)]
    theirs = [site for site in there if words.intersection(site.words)]
    pairs = k_nearest(_shapes(mine), _shapes(theirs), 1, MOST_KM * 1000)
    both = zip(pairs.right.tolist(), pairs.distance_m.tolist(), strict=True)
    found = dict(zip(pairs.left.tolist(), both, strict=True))
    return [
        _Hit(need, site, theirs[found[at][0]], found[at][1])
        if at in found
        else _Hit(need, site, None, math.inf)
        for at, site in enumerate(mine)
    ]


def _shapes(sites: Sequence[_Site]) -> NDArray[np.object_]:
    return np.array([site.geometry for site in sites], dtype=object)


def _deposits(
    session: Session, asked: Question, needs: Sequence[Need]
) -> tuple[list[_Site], list[int]]:
    commodities = {slug for need in needs for slug in need.commodities}
    holding = select(DepositCommodity.deposit_id).where(DepositCommodity.commodity.in_(commodities))
    where = [Deposit.id.in_(holding)]
    if asked.country:
        inside = DepositCountry.country.in_(asked.country)
        where.append(Deposit.id.in_(select(DepositCountry.deposit_id).where(inside)))
    held: dict[int, list[str]] = {}
    both = select(DepositCommodity.deposit_id, DepositCommodity.commodity)
    for key, commodity in session.execute(both.order_by(DepositCommodity.id)):
        held.setdefault(key, []).append(commodity)
    columns = select(Deposit.id, Deposit.geometry, Deposit.location_precision)
    rows = session.execute(columns.where(*where).order_by(Deposit.id)).all()
    return _measured((row, tuple(held[row.id])) for row in rows)


def _live_projects(
    session: Session,
    asked: Question,
    needs: Sequence[Need],
    public_only: bool,
    *,
    main_only: bool = False,
) -> tuple[list[_Site], list[int]]:
    sectors = {need.sector for need in needs}
    where: list[ColumnElement[bool]] = [Project.status.in_(_LIVE)]
    if public_only:
        where.append(Project.publication == "public")
    if asked.country:
        inside = ProjectCountry.country.in_(asked.country)
        where.append(Project.id.in_(select(ProjectCountry.project_id).where(inside)))
    place = (Project.id, Project.geometry, Project.location_precision)
    chosen = select(*place, Project.sector, Project.secondary_sectors).where(*where)
    rows = [
        (row, (row.sector, *(() if main_only else row.secondary_sectors)))
        for row in session.execute(chosen.order_by(Project.id))
    ]
    return _measured((row, words) for row, words in rows if sectors.intersection(words))


def _measured(rows: Iterable[tuple[Any, tuple[str, ...]]]) -> tuple[list[_Site], list[int]]:
    """Those whose position takes part in distances, and the ids of those whose does not."""
    sites, left_out = [], []
    for row, words in rows:
        precision = PRECISION[row.location_precision]
        if row.geometry is None or not precision.takes_part:
            left_out.append(row.id)
        else:
            sites.append(_Site(row.id, row.geometry, words, precision.radius_km))
    return sites, left_out


def _features(
    session: Session, model: type[Project] | type[Deposit], sites: Iterable[_Site | None]
) -> dict[int, Feature]:
    return queries.features_by_id(session, model, {site.id for site in sites if site})


def _named(
    session: Session, model: type[Project] | type[Deposit], ids: Iterable[int]
) -> tuple[Feature, ...]:
    found = queries.features_by_id(session, model, set(ids)).values()
    return tuple(sorted(found, key=lambda feature: feature.properties["name"]))


def _unused_order(row: Unused) -> tuple[int, int, float, str]:
    said = row.feature.properties
    size = _SIZES.index(said["size_class"] or "unknown")
    status = _STATUSES.index(said["status"] or "unknown")
    metres = row.nearest.distance_m if row.nearest else math.inf
    return size, status, -metres, said["name"]


def _lacking_order(row: Lacking) -> tuple[float, str]:
    metres = row.nearest.distance_m if row.nearest else math.inf
    return -metres, row.feature.properties["name"]


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
