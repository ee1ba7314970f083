"""Rows become Features here, and nothing after this touches the ORM."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import orjson
import shapely

from geo.countries import admin1_name
from geo.feature import Feature, feature_text
from registry.database.types import moment_text
from registry.emissions import Reckoning, reckon
from registry.folding import fold
from registry.models import Agreement, Corridor, Deposit, Project
from registry.properties import (
    AGREEMENT_PROPERTIES,
    CORRIDOR_PROPERTIES,
    DEPOSIT_PROPERTIES,
    PROJECT_PROPERTIES,
    Property,
)
from registry.vocabulary import COMMODITY, STATUS

Row = Project | Deposit | Corridor | Agreement
Compose = Mapping[str, Callable[[Any], Any]]


def reckoning(said: Mapping[str, Any]) -> Reckoning | None:
    """The registry's own figure for a project's saving, with its formula, from its properties."""
    return reckon(
        said["sector"],
        said["countries"],
        said["country_shares"],
        said["capacity_mw"],
        said["generation_gwh_per_year"],
    )


def _computed_reduction(project: Project) -> int | None:
    shares = [row.share for row in project.countries if row.share is not None]
    codes = [row.country for row in project.countries]
    reckoned = reckon(
        project.sector, codes, shares, project.capacity_mw, project.generation_gwh_per_year
    )
    return reckoned.tco2e_per_year if reckoned else None


# Properties that are no column of their own.
_PROJECT: Compose = {
    "phase": lambda p: STATUS[p.status].phase,
    "countries": lambda p: [row.country for row in p.countries],
    "country_shares": lambda p: [row.share for row in p.countries if row.share is not None],
    "partners": lambda p: [row.organisation.name for row in p.partners],
    "partner_countries": lambda p: [row.country for row in p.partners],
    "partner_roles": lambda p: [row.role for row in p.partners],
    "japan_involved": lambda p: any(row.country == "JP" for row in p.partners),
    "reduction_computed_tco2e_per_year": _computed_reduction,
    "parent": lambda p: p.parent.ref if p.parent else None,
    "agreement": lambda p: p.agreement.ref if p.agreement else None,
}
_DEPOSIT: Compose = {
    "commodities": lambda d: [row.commodity for row in d.commodities],
    "countries": lambda d: [row.country for row in d.countries],
}
_CORRIDOR: Compose = {"countries": lambda c: [row.country for row in c.countries]}
_TABLES: dict[type[Any], tuple[tuple[Property, ...], Compose]] = {
    Project: (PROJECT_PROPERTIES, _PROJECT),
    Deposit: (DEPOSIT_PROPERTIES, _DEPOSIT),
    Corridor: (CORRIDOR_PROPERTIES, _CORRIDOR),
    Agreement: (AGREEMENT_PROPERTIES, {}),
}


def to_feature(row: Row) -> Feature:
    """The published form of a record: its ref, geometry and flat properties."""
    properties, compose = _TABLES[type(row)]
    values = {
        prop.name: compose[prop.name](row)
        if prop.name in compose
        else _plain(getattr(row, prop.name))
        for prop in properties
    }
    return Feature(row.ref, getattr(row, "geometry", None), values)


def fresh_texts(row: Row) -> tuple[str, str]:
    """What a record's stored GeoJSON text and its words for search must be."""
    feature = to_feature(row)
    return feature_text(feature), fold(" \n ".join(_words(feature.properties)))


def refresh_text(row: Row) -> None:
    """Write the record's stored GeoJSON text and its words for search anew."""
    row.text, row.search = fresh_texts(row)


def from_text(text: str) -> Feature:
    """A stored text as a Feature."""
    document = orjson.loads(text)
    geometry = document["geometry"]
    shape = None if geometry is None else shapely.from_geojson(orjson.dumps(geometry))
    return Feature(document["id"], shape, document["properties"])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _words(properties: Mapping[str, Any]) -> list[str]:
    """What `q` searches: names, partners, summary, places, commodities."""
    names = ("name", "title", "summary", "note", "place", "capacity")
    words = [str(properties[name]) for name in names if properties.get(name)]
    words += [alternative.split(" @")[0] for alternative in properties.get("alt_names") or ()]
    words += properties.get("partners") or []
    words += properties.get("markets") or []
    words += [COMMODITY[slug].label for slug in properties.get("commodities") or ()]
    words += [f"{admin1_name(unit)} {unit}" for unit in properties.get("admin1") or ()]
    return words
