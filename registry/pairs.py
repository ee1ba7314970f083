"""Cross-references as they are published: one feature a pair, composed when it is read.

Of a record the text is stored; of pairs there may be a hundred times as many, and each says what
two records say.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, aliased

from geo.feature import Feature, feature_text
from registry.models import CrossReference, Deposit, DepositCommodity, Project
from registry.relevance import Relevance, relevance
from registry.vocabulary import PRECISION

ROWS_AT_A_TIME = 1_000
# Of their own: a filter's own Project and Deposit never mix with these.
_PROJECT, _DEPOSIT = aliased(Project), aliased(Deposit)


_COLUMNS: tuple[Any, ...] = (
    CrossReference.distance_m,
    CrossReference.project_lon,
    CrossReference.project_lat,
    CrossReference.deposit_lon,
    CrossReference.deposit_lat,
    CrossReference.deposit_id,
    _PROJECT.ref.label("project"),
    _PROJECT.name.label("project_name"),
    _PROJECT.sector,
    _PROJECT.location_precision.label("of_project"),
    _DEPOSIT.ref.label("deposit"),
    _DEPOSIT.name.label("deposit_name"),
    _DEPOSIT.location_precision.label("of_deposit"),
)


def select_pairs(_model: object = CrossReference) -> Select[Any]:
    """What is read of each pair."""
    chosen: Select[Any] = select(*_COLUMNS)
    return chosen.join(_PROJECT, _PROJECT.id == CrossReference.project_id).join(
        _DEPOSIT, _DEPOSIT.id == CrossReference.deposit_id
    )


def order() -> tuple[Any, ...]:
    """Nearest first within a project: an order that a rebuild leaves as it is."""
    return CrossReference.project_id, CrossReference.distance_m, CrossReference.deposit_id


def texts(session: Session, chosen: Select[Any]) -> Iterator[str]:
    """The GeoJSON text of each pair, streamed."""
    rows = session.execute(chosen.execution_options(yield_per=ROWS_AT_A_TIME))
    known: dict[tuple[str, tuple[str, ...]], Relevance] = {}
    for part in rows.partitions():
        held = _commodities(session, part)
        for row in part:
            key = (row.sector, held[row.deposit_id])
            if key not in known:
                known[key] = relevance(row.sector, list(held[row.deposit_id]))
            yield _text(row, known[key])


def has_ref(_model: object, ref: str) -> ColumnElement[bool]:
    """The pair of that ref: the project's, a tilde, the deposit's."""
    project, _, deposit = ref.partition("~")
    return (_PROJECT.ref == project) & (_DEPOSIT.ref == deposit)


def _commodities(session: Session, rows: Sequence[Row[Any]]) -> dict[int, tuple[str, ...]]:
    ids = {row.deposit_id for row in rows}
    held: dict[int, tuple[str, ...]] = {}
    both = select(DepositCommodity.deposit_id, DepositCommodity.commodity)
    chosen = both.where(DepositCommodity.deposit_id.in_(ids)).order_by(DepositCommodity.id)
    for key, commodity in session.execute(chosen):
        held[key] = (*held.get(key, ()), commodity)
    return held


def _text(row: Row[Any], why: Relevance) -> str:
    inside = row.distance_m == 0
    values = {
        "project": row.project,
        "deposit": row.deposit,
        "project_name": row.project_name,
        "deposit_name": row.deposit_name,
        "commodity": why.commodity,
        "distance_m": round(row.distance_m, 3),
        "inside": inside,
        "matters": why.matters,
        "relation": why.relation,
        "uncertainty_km": PRECISION[row.of_project].radius_km + PRECISION[row.of_deposit].radius_km,
    }
    start = f"[{_degrees(row.project_lon)},{_degrees(row.project_lat)}]"
    end = f"[{_degrees(row.deposit_lon)},{_degrees(row.deposit_lat)}]"
    geometry = (
        f'{{"type":"Point","coordinates":{start}}}'
        if inside
        else f'{{"type":"LineString","coordinates":[{start},{end}]}}'
    )
    return feature_text(Feature(f"{row.project}~{row.deposit}", None, values), geometry)


def _degrees(value: float) -> str:
    """At most seven decimals, as every published coordinate."""
    return f"{value:.7f}".rstrip("0").rstrip(".")
