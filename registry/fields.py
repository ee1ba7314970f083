"""What can be asked of each collection: one row for each filter."""

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, select

from registry.asking import AnyOf, Bound, Box, Condition, Field, Line, Near, Partner, Words
from registry.cql2.field import Cql2
from registry.equals import property_fields
from registry.kinds import Number, year
from registry.models import (
    Agreement,
    Corridor,
    CorridorCountry,
    Country,
    CrossReference,
    Deposit,
    DepositCommodity,
    DepositCountry,
    Project,
    ProjectCountry,
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
from registry.timing import During, moment, never, partial_day, years
from registry.vocabulary import (
    AGREEMENT_STATUSES,
    COMMODITIES,
    CORRIDOR_STATUSES,
    COUNTRY_TERMS,
    DEPOSIT_STATUSES,
    PHASES,
    PRECISIONS,
    SECTORS,
    STATUSES,
)

# A reader of the table finds the kinds of its rows here too.
__all__ = ["FIELDS", "AnyOf", "Bound", "Box", "Cql2", "Field", "Near", "Partner", "Words"]


def _in(column: Any) -> Condition:
    in_words: Condition = column.in_
    return in_words


def _under(model: Any, key: Any, column: Any) -> Condition:
    """Records with a row under them that has one of the words."""
    return lambda words: model.id.in_(select(key).where(column.in_(words)))


def country_sets(codes: Names[str]) -> list[str]:
    """Every set of the five countries, as projects store it, that has one of these: 16 of 32 for
    one.
    """
    known = sorted(term.slug for term in COUNTRY_TERMS)
    sets = (each for size in range(1, len(known) + 1) for each in combinations(known, size))
    return [",".join(each) for each in sets if {*codes} & {*each}]


def statuses_of(phases: Names[str]) -> list[str]:
    """The statuses that make up these phases."""
    return [status.slug for status in STATUSES if status.phase in phases]


def _commodity_near(words: Names[str]) -> ColumnElement[bool]:
    """Projects with such a deposit in their cross-references (within 50 km)."""
    return Project.id.in_(
        select(CrossReference.project_id)
        .join(DepositCommodity, DepositCommodity.deposit_id == CrossReference.deposit_id)
        .where(DepositCommodity.commodity.in_(words))
    )


def _of_project(column: Any) -> Condition:
    """Pairs whose project has one of the words."""
    key = ProjectCountry.project_id if column is ProjectCountry.country else Project.id
    return lambda words: CrossReference.project_id.in_(select(key).where(column.in_(words)))


def _place_fields(model: Any) -> tuple[Field, ...]:
    return (
        Box("bbox", "In the box", model.geometry),
        Near("near", "Near a place", model),
        AnyOf("precision", "How exact the place is", PRECISIONS, _in(model.location_precision)),
    )


PROJECT_FIELDS: tuple[Field, ...] = (
    AnyOf(
        "country",
        "Country",
        COUNTRY_TERMS,
        lambda codes: Project.country_set.in_(country_sets(codes)),
    ),
    AnyOf("sector", "Sector", SECTORS, _in(Project.sector)),
    AnyOf("status", "Status", STATUSES, _in(Project.status)),
    AnyOf("phase", "Phase", PHASES, lambda words: Project.status.in_(statuses_of(words))),
    Partner("partner", "Partner"),
    AnyOf("commodity", "Deposit within 50 km", COMMODITIES, _commodity_near),
    Words("q", "Search", Project.search),
    Bound("min_capacity_mw", "At least (MW)", Project.capacity_mw, least=True, kind=Number()),
    Bound("max_capacity_mw", "At most (MW)", Project.capacity_mw, least=False, kind=Number()),
    Bound("start_year_from", "Start from", Project.start_year, least=True, kind=year()),
    Bound("start_year_to", "Start to", Project.start_year, least=False, kind=year()),
    *_place_fields(Project),
)
DEPOSIT_FIELDS: tuple[Field, ...] = (
    AnyOf(
        "country",
        "Country",
        COUNTRY_TERMS,
        _under(Deposit, DepositCountry.deposit_id, DepositCountry.country),
    ),
    AnyOf(
        "commodity",
        "Commodity",
        COMMODITIES,
        _under(Deposit, DepositCommodity.deposit_id, DepositCommodity.commodity),
    ),
    AnyOf("status", "Status", DEPOSIT_STATUSES, _in(Deposit.status)),
    Words("q", "Search", Deposit.search),
    *_place_fields(Deposit),
)
CORRIDOR_FIELDS: tuple[Field, ...] = (
    AnyOf(
        "country",
        "Country",
        COUNTRY_TERMS,
        _under(Corridor, CorridorCountry.corridor_id, CorridorCountry.country),
    ),
    AnyOf("status", "Status", CORRIDOR_STATUSES, _in(Corridor.status)),
    Words("q", "Search", Corridor.search),
    Box("bbox", "In the box", Corridor.geometry),
)
AGREEMENT_FIELDS: tuple[Field, ...] = (
    AnyOf("country", "Country", COUNTRY_TERMS, _in(Agreement.country)),
    AnyOf("status", "Status", AGREEMENT_STATUSES, _in(Agreement.status)),
    Words("q", "Search", Agreement.search),
)
CROSS_REFERENCE_FIELDS: tuple[Field, ...] = (
    AnyOf("country", "Country of the project", COUNTRY_TERMS, _of_project(ProjectCountry.country)),
    AnyOf("sector", "Sector of the project", SECTORS, _of_project(Project.sector)),
    AnyOf(
        "commodity",
        "Commodity of the deposit",
        COMMODITIES,
        lambda words: CrossReference.deposit_id.in_(
            select(DepositCommodity.deposit_id).where(DepositCommodity.commodity.in_(words))
        ),
    ),
    Line(
        "bbox",
        "In the box",
        (CrossReference.project_lon, CrossReference.project_lat),
        (CrossReference.deposit_lon, CrossReference.deposit_lat),
    ),
)
COUNTRY_FIELDS: tuple[Field, ...] = (
    AnyOf("country", "Country", COUNTRY_TERMS, _in(Country.ref)),
    Words("q", "Search", Country.search),
    Box("bbox", "In the box", Country.geometry),
)
FIELDS: Mapping[str, tuple[Field, ...]] = {
    collection_id: (*fields, Cql2("filter", "Condition (CQL2)", collection_id))
    for collection_id, fields in (
        ("projects", PROJECT_FIELDS),
        ("deposits", DEPOSIT_FIELDS),
        ("corridors", CORRIDOR_FIELDS),
        ("agreements", AGREEMENT_FIELDS),
        ("cross_references", CROSS_REFERENCE_FIELDS),
        ("countries", COUNTRY_FIELDS),
    )
}

_TIMES = {
    "projects": During("datetime", "At a time", years(Project.start_year, Project.end_year)),
    "deposits": During("datetime", "Changed at a time", moment(Deposit.updated_at)),
    "corridors": During("datetime", "Changed at a time", moment(Corridor.updated_at)),
    "agreements": During("datetime", "At a time", partial_day(Agreement.date)),
    "cross_references": During("datetime", "At a time", never),
    "countries": During("datetime", "At a time", never),
}
_TABLES: dict[str, tuple[Any, Sequence[Property]]] = {
    "projects": (Project, PROJECT_PROPERTIES),
    "deposits": (Deposit, DEPOSIT_PROPERTIES),
    "corridors": (Corridor, CORRIDOR_PROPERTIES),
    "agreements": (Agreement, AGREEMENT_PROPERTIES),
    "cross_references": (CrossReference, CROSS_REFERENCE_PROPERTIES),
    "countries": (Country, COUNTRY_PROPERTIES),
}


def _further(name: str) -> tuple[Field, ...]:
    model, properties = _TABLES[name]
    taken = {field.name for field in FIELDS[name]}
    # A standard's client may ask any collection for a box; records without a place lie in none.
    box = () if "bbox" in taken else (Box("bbox", "In the box", None),)
    return (*box, _TIMES[name], *property_fields(model, properties, taken))


# What can be asked in an address beside them: a time, and single properties by their own names.
FURTHER_FIELDS = {name: _further(name) for name in FIELDS}
