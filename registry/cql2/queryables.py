"""What a filter may name in each collection: every published property that SQL can say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    Text,
    and_,
    case,
    exists,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from geo.bbox import BBox
from registry.cql2 import relations
from registry.database.portable import Portable
from registry.database.types import Geometry
from registry.kinds import Day, Flag, Kind, Moment, Number, Several
from registry.models import (
    Agreement,
    Corridor,
    CorridorCountry,
    Country,
    CrossReference,
    Deposit,
    DepositCommodity,
    DepositCountry,
    Organisation,
    Project,
    ProjectCountry,
    ProjectPartner,
)
from registry.properties import (
    AGREEMENT_PROPERTIES,
    CORRIDOR_PROPERTIES,
    COUNTRY_PROPERTIES,
    CROSS_REFERENCE_PROPERTIES,
    DEPOSIT_PROPERTIES,
    PROJECT_PROPERTIES,
    Property,
)
from registry.spatial import BoxOverlaps, line_meets_box, meets_box
from registry.vocabulary import PHASES, STATUSES

Items = Callable[[], Select[Any]]
Near = Callable[[BBox], ColumnElement[bool]]
_MOST = 1e15


@dataclass(frozen=True, slots=True)
class Queryable:
    """A name that filters may use: what kind of value stands under it, and its SQL.

    Kinds: text, number, flag, day, partial day, moment, geometry, list. A list is a query of its
    `items` for the row at hand; of a geometry an index answers `near` (its box overlaps) and mostly
    also `meets`, which is exact.
    """

    name: str
    label: str
    kind: str
    schema: Mapping[str, Any]
    sql: Any = None
    items: Items | None = None
    near: Near | None = None
    meets: Near | None = None
    whole: bool = False
    most: float = _MOST
    item_kind: str = ""

    @property
    def is_composed(self) -> bool:
        """Whether a value is looked up or reckoned for each row; a list is, where it is asked."""
        return self.kind not in ("list", "geometry") and not hasattr(self.sql, "property")


def _kind_of(kind: Kind) -> str:
    if isinstance(kind, Day):
        return "partial day" if kind.partial else "day"
    names = {Number: "number", Flag: "flag", Several: "list", Moment: "moment"}
    return names.get(type(kind), "text")


def _queryable(
    model: Any, prop: Property, sql: Any = None, items: Items | None = None
) -> Queryable:
    """A published property, by its column where nothing else is said."""
    kind = _kind_of(prop.kind)
    column = getattr(model, prop.name) if sql is None and items is None else sql
    if kind == "list" and items is None:
        items = _items_of(column)
    number = prop.kind if isinstance(prop.kind, Number) else Number()
    return Queryable(
        prop.name,
        prop.label,
        kind,
        prop.kind.schema(),
        column,
        items,
        whole=number.whole,
        most=number.most,
        item_kind=_kind_of(prop.kind.item) if isinstance(prop.kind, Several) else "",
    )


def _items_of(column: Any) -> Items:
    """The entries of a list that stands in one column."""

    def items() -> Select[Any]:
        entries = Portable("items", Text(), column).table_valued("value")
        return select(entries.c.value)

    return items


def _rows_of(model: Any, under: Any, key: str, value: str) -> Items:
    """The entries of a list that stands in rows of their own."""

    def items() -> Select[Any]:
        rows = aliased(under)
        chosen: Select[Any] = select(getattr(rows, value)).where(getattr(rows, key) == model.id)
        return chosen.correlate(model)

    return items


def _partners() -> Select[Any]:
    rows, named = aliased(ProjectPartner), aliased(Organisation)
    chosen = select(named.name).join(rows, rows.organisation_id == named.id)
    return chosen.where(rows.project_id == Project.id).correlate(Project)


def _ref_of(model: Any, key: Any, of: Any) -> Any:
    other = aliased(model)
    return select(other.ref).where(other.id == key).correlate(of).scalar_subquery()


def _by_japan() -> Any:
    rows = aliased(ProjectPartner)
    mine = and_(rows.project_id == Project.id, rows.country == "JP")
    return exists(select(rows.id).where(mine).correlate(Project))


def _phase() -> Any:
    slugs = {phase.slug: [s.slug for s in STATUSES if s.phase == phase.slug] for phase in PHASES}
    return case(*((Project.status.in_(words), slug) for slug, words in slugs.items()))


def _identity(ref: Any) -> tuple[Queryable, ...]:
    """A record's ref, under both names that clients give it."""
    schema = {"type": "string"}
    return tuple(Queryable(name, "Ref", "text", schema, ref) for name in ("id", "ref"))


def _place(model: Any) -> Queryable:
    return Queryable(
        "geometry",
        "Place",
        "geometry",
        {"format": "geometry-any"},
        model.geometry,
        near=lambda box: or_(*(BoxOverlaps(model.geometry, part) for part in box.parts())),
        meets=lambda box: meets_box(model.geometry, box),
    )


def _records(
    model: Any,
    properties: tuple[Property, ...],
    composed: Mapping[str, Any],
    lists: Mapping[str, Items],
) -> Mapping[str, Queryable]:
    """The names of a collection of records; `composed` and `lists` say what is no column."""
    places = (_place(model),) if hasattr(model, "geometry") else ()
    found = [
        _queryable(model, prop, composed.get(prop.name), lists.get(prop.name))
        for prop in properties
    ]
    return {each.name: each for each in (*_identity(model.ref), *found, *places)}


_PROJECTS = _records(
    Project,
    PROJECT_PROPERTIES,
    {
        "phase": _phase(),
        "japan_involved": _by_japan(),
        "parent": _ref_of(Project, Project.parent_id, Project),
        "agreement": _ref_of(Agreement, Project.agreement_id, Project),
        # Reckoned when the record is stored, and kept in its text.
        "reduction_computed_tco2e_per_year": Portable(
            "stored number",
            Double(),
            Project.text,
            literal("reduction_computed_tco2e_per_year", Text()),
        ),
    },
    {
        "countries": _rows_of(Project, ProjectCountry, "project_id", "country"),
        "country_shares": _rows_of(Project, ProjectCountry, "project_id", "share"),
        "partners": _partners,
        "partner_countries": _rows_of(Project, ProjectPartner, "project_id", "country"),
        "partner_roles": _rows_of(Project, ProjectPartner, "project_id", "role"),
    },
)
_DEPOSITS = _records(
    Deposit,
    DEPOSIT_PROPERTIES,
    {},
    {
        "countries": _rows_of(Deposit, DepositCountry, "deposit_id", "country"),
        "commodities": _rows_of(Deposit, DepositCommodity, "deposit_id", "commodity"),
    },
)
_CORRIDORS = _records(
    Corridor,
    CORRIDOR_PROPERTIES,
    {},
    {"countries": _rows_of(Corridor, CorridorCountry, "corridor_id", "country")},
)
_AGREEMENTS = _records(Agreement, AGREEMENT_PROPERTIES, {}, {})


def _pairs() -> Mapping[str, Queryable]:
    """The names of cross-references, which say what two records say."""
    composed = relations.composed()
    found = [
        _queryable(CrossReference, prop, composed[prop.name]) for prop in CROSS_REFERENCE_PROPERTIES
    ]
    pair = composed["project"].concat("~").concat(composed["deposit"])
    start = (CrossReference.project_lon, CrossReference.project_lat)
    end = (CrossReference.deposit_lon, CrossReference.deposit_lat)

    def meets(box: BBox) -> ColumnElement[bool]:
        return or_(*(line_meets_box(start, end, part) for part in box.parts()))

    line = Queryable(
        "geometry",
        "The line between them",
        "geometry",
        {"format": "geometry-any"},
        Portable("pair line", Geometry(), CrossReference.distance_m, *start, *end),
        near=meets,
        meets=meets,
    )
    return {each.name: each for each in (_identity(pair)[0], *found, line)}


QUERYABLES: Mapping[str, Mapping[str, Queryable]] = {
    "projects": _PROJECTS,
    "deposits": _DEPOSITS,
    "corridors": _CORRIDORS,
    "agreements": _AGREEMENTS,
    "cross_references": _pairs(),
    "countries": _records(Country, COUNTRY_PROPERTIES, {}, {}),
}
