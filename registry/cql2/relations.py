"""What a cross-reference says of two records, as SQL: the same as `pairs` says of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, case, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

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


class _Looked(FunctionElement[Any]):
    """What a table of ours says of a key, written into the statement: hundreds of parameters would
    take longer to bind than the question to answer.
    """

    inherit_cache = False
    type: Any

    def __init__(self, said: Mapping[str, str], otherwise: str, returns: Any, key: Any) -> None:
        self.said, self.otherwise, self.type = said, otherwise, returns
        super().__init__(key)


@compiles(_Looked)
def _written(element: _Looked, compiler: SQLCompiler, **kw: Any) -> str:
    """Keys and values are slugs and figures of our own: nothing in them needs quoting."""
    key = compiler.process(next(iter(element.clauses)), **kw)
    rows = " ".join(f"WHEN '{one}' THEN {value}" for one, value in element.said.items())
    return f"CASE {key} {rows} ELSE {element.otherwise} END"


def _rank(sector: Any, held: Any) -> Any:
    return _Looked(_RANKS, str(len(_ORDER)), Integer(), _key(sector, held))


def _word(sector: Any, held: Any) -> Any:
    return _Looked(_WORDS, "'none'", Text(), _key(sector, held))


def _key(sector: Any, held: Any) -> Any:
    return sector.concat(" ").concat(held.commodity)


_BY_KEY = {f"{sector} {commodity}": row for (sector, commodity), row in RELEVANCE.items()}
_RANKS = {key: str(_ORDER.index(row.relation)) for key, row in _BY_KEY.items()}
_WORDS = {key: f"'{row.relation}'" for key, row in _BY_KEY.items()}
