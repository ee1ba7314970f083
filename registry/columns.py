"""The columns of a collection, for formats that need to know them before the first record."""

from collections.abc import Iterable

from geo.formats import Column
from geo.formats.base import ColumnKind
from registry.kinds import Flag, Kind, Number
from registry.properties import (
    DEPOSIT_PROPERTIES,
    PROJECT_PROPERTIES,
    Property,
)

# Names in a Shapefile, which has ten characters; all other names are short enough.
SHORT_NAMES = {
    "status_date": "stat_date",
    "secondary_sectors": "sectors_2",
    "location_precision": "loc_precis",
    "location_source": "loc_source",
    "countries_stated": "ctry_said",
    "country_shares": "ctry_share",
    "outside_share": "out_share",
    "partner_countries": "partn_ctry",
    "partner_roles": "partn_role",
    "japan_involved": "japan",
    "capacity_mw": "cap_mw",
    "capacity_value": "cap_value",
    "capacity_unit": "cap_unit",
    "generation_gwh_per_year": "gen_gwh_yr",
    "cost_amount": "cost_amnt",
    "cost_currency": "cost_curr",
    "reduction_claimed_tco2e_per_year": "red_claim",
    "reduction_computed_tco2e_per_year": "red_comp",
    "publication": "publicatn",
    "commodities": "commods",
    "official_name": "offic_name",
    "name_native": "name_own",
    "transits_russia": "via_russia",
    "transits_china": "via_china",
    "ends_in_russia_or_china": "end_ru_cn",
    "project_name": "proj_name",
    "deposit_name": "dep_name",
    "uncertainty_km": "uncert_km",
    "nearest_name": "near_name",
    "nearest_distance_m": "near_m",
}


def columns(properties: Iterable[Property]) -> tuple[Column, ...]:
    """The columns of these properties, in their order."""
    return tuple(_column(prop.name, _kind(prop.kind)) for prop in properties)


def _column(name: str, kind: ColumnKind) -> Column:
    return Column(name, kind, SHORT_NAMES.get(name, name))


def _kind(kind: Kind) -> ColumnKind:
    if kind.is_list:
        return "list"
    if isinstance(kind, Number):
        return "integer" if kind.whole else "number"
    return "boolean" if isinstance(kind, Flag) else "text"


def _of_record(properties: Iterable[Property], *names: str) -> tuple[Column, ...]:
    return columns(prop for prop in properties if prop.name in names)


_NEAREST = (
    _column("nearest", "text"),
    _column("nearest_name", "text"),
    _column("nearest_distance_m", "number"),
    _column("uncertainty_km", "number"),
    _column("sentence", "text"),
)
OPPORTUNITIES = {
    "deposits": (
        *_of_record(
            DEPOSIT_PROPERTIES,
            *(
                "name",
                "status",
                "commodities",
                "kind",
                "size_class",
                "countries",
                "location_precision",
            ),
        ),
        _column("wanted_by", "list"),
        _column("reach_km", "list"),
        *_NEAREST,
    ),
    "projects": (
        *_of_record(
            PROJECT_PROPERTIES, "name", "sector", "status", "countries", "location_precision"
        ),
        _column("lacks", "list"),
        _column("reach_km", "number"),
        *_NEAREST,
    ),
}
"""By the kind of opportunity; what `opportunities.text` writes."""
