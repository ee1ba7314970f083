"""What a cross-reference says of two records, as SQL: the same as `pairs` says of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import aliased

from registry.models import CrossReference, Deposit, DepositCommodity, Project
from registry.relevance import RELEVANCE
from registry.vocabulary import PRECISIONS, RELATIONS

_ORDER = [relation.slug for relation in RELATIONS]
_RADII = {precision.slug: precision.radius_km for precision in PRECISIONS}


def composed() -> Mapping[str, ColumnElement[Any]]:
    """Each published property of a pair."""
    relation = _weightiest(_word)
    distance = CrossReference.distance_m
    return {
        "project": _of(Project, "ref"),
        "deposit": _of(Deposit, "ref"),
        "project_name": _of(Project, "name"),
        "deposit_name": _of(Deposit, "name"),
        "commodity": _weightiest(lambda _sector, held: held.commodity),
        "distance_m": distance,
        "inside": distance == 0,
        "matters": relation != "none",
        "relation": relation,
        "uncertainty_km": _radius(Project) + _radius(Deposit),
    }


def _of(model: Any, name: str) -> Any:
    """A value of the pair's project or deposit."""
    other = aliased(model)
    key = CrossReference.project_id if model is Project else CrossReference.deposit_id
    chosen = select(getattr(other, name)).where(other.id == key)
    return chosen.correlate(CrossReference).scalar_subquery()


def _radius(model: Any) -> Any:
    return case(_RADII, value=_of(model, "location_precision"), else_=0.0)


def _weightiest(value: Any) -> Any:
    """What is said of the commodity that matters most to the sector; of equal ones the first."""
    project, held = aliased(Project), aliased(DepositCommodity)
    chosen = (
        select(value(project.sector, held))
        .where(project.id == CrossReference.project_id)
        .where(held.deposit_id == CrossReference.deposit_id)
        .order_by(_rank(project.sector, held), held.id)
        .limit(1)
    )
    return chosen.correlate(CrossReference).scalar_subquery()


def _rank(sector: Any, held: Any) -> Any:
    ranks = {key: _ORDER.index(row.relation) for key, row in _by_key().items()}
    return case(ranks, value=_key(sector, held), else_=len(_ORDER))


def _word(sector: Any, held: Any) -> Any:
    words = {key: row.relation for key, row in _by_key().items()}
    return case(words, value=_key(sector, held), else_="none")


def _key(sector: Any, held: Any) -> Any:
    return sector.concat(" ").concat(held.commodity)


def _by_key() -> Mapping[str, Any]:
    return {f"{sector} {commodity}": row for (sector, commodity), row in RELEVANCE.items()}
