"""Rows become Features here, and nothing after this touches the ORM."""

from collections.abc import Callable, Mapping
from datetime import date
from operator import itemgetter
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
Said = Mapping[str, Any]
"""The columns of a record by name, and what stands beside them: its countries with their shares,
its partners with country and role, its commodities, the refs of its parent and agreement.
"""
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


def _computed_reduction(said: Said) -> int | None:
    codes, shares = _codes(said), _shares(said)
    power, energy = said["capacity_mw"], said["generation_gwh_per_year"]
    reckoned = reckon(said["sector"], codes, shares, power, energy)
    return reckoned.tco2e_per_year if reckoned else None


def _codes(said: Said) -> list[str]:
    return [code for code, _ in said["countries"]]


def _shares(said: Said) -> list[float]:
    return [share for _, share in said["countries"] if share is not None]


# What a project, deposit, corridor says beside its columns.
_BESIDE: dict[type[Any], Compose] = {
    Project: {
        "countries": lambda p: [(row.country, row.share) for row in p.countries],
        "partners": lambda p: [
            (row.organisation.name, row.country, row.role) for row in p.partners
        ],
        "parent": lambda p: p.parent.ref if p.parent else None,
        "agreement": lambda p: p.agreement.ref if p.agreement else None,
    },
    Deposit: {
        "countries": lambda d: [(row.country, row.share) for row in d.countries],
        "commodities": lambda d: [row.commodity for row in d.commodities],
    },
    Corridor: {"countries": lambda c: [(row.country, row.share) for row in c.countries]},
    Agreement: {},
}
# Properties that are not published as they are said.
_COMPOSED: Compose = {
    "status_date": lambda said: _day(said["status_date"]),
    "phase": lambda said: STATUS[said["status"]].phase,
    "countries": _codes,
    "country_shares": _shares,
    "partners": lambda said: [name for name, _, _ in said["partners"]],
    "partner_countries": lambda said: [country for _, country, _ in said["partners"]],
    "partner_roles": lambda said: [role for _, _, role in said["partners"]],
    "japan_involved": lambda said: any(country == "JP" for _, country, _ in said["partners"]),
    "reduction_computed_tco2e_per_year": _computed_reduction,
    "created_at": lambda said: moment_text(said["created_at"]),
    "updated_at": lambda said: moment_text(said["updated_at"]),
}
_PROPERTIES: dict[type[Any], tuple[Property, ...]] = {
    Project: PROJECT_PROPERTIES,
    Deposit: DEPOSIT_PROPERTIES,
    Corridor: CORRIDOR_PROPERTIES,
    Agreement: AGREEMENT_PROPERTIES,
}
_NAMES = {
    model: tuple(prop.name for prop in properties) for model, properties in _PROPERTIES.items()
}
_READERS = {model: itemgetter(*names) for model, names in _NAMES.items()}
_WRITERS = {
    model: tuple((name, _COMPOSED[name]) for name in names if name in _COMPOSED)
    for model, names in _NAMES.items()
}


def to_feature(row: Row) -> Feature:
    """The published form of a record: its ref, geometry and flat properties."""
    beside = _BESIDE[type(row)]
    said = {
        prop.name: getattr(row, prop.name) for prop in _PROPERTIES[type(row)] if prop.column
    } | {name: read(row) for name, read in beside.items()}
    return Feature(row.ref, getattr(row, "geometry", None), published(type(row), said))


def published(model: type[Any], said: Said) -> dict[str, Any]:
    """The flat properties of a record, from what it says."""
    values = {**said, **{name: write(said) for name, write in _WRITERS[model]}}
    return dict(zip(_NAMES[model], _READERS[model](values), strict=True))


def fresh_texts(row: Row) -> tuple[str, str]:
    """What a record's stored GeoJSON text and its words for search must be."""
    feature = to_feature(row)
    return feature_text(feature), search_text(feature.properties)


def search_text(properties: Mapping[str, Any]) -> str:
    """The words of a record as search compares them."""
    return fold(" \n ".join(_words(properties)))


def refresh_text(row: Row) -> None:
    """Write the record's stored GeoJSON text and its words for search anew."""
    row.text, row.search = fresh_texts(row)


def from_text(text: str) -> Feature:
    """A stored text as a Feature."""
    document = orjson.loads(text)
    geometry = document["geometry"]
    shape = None if geometry is None else shapely.from_geojson(orjson.dumps(geometry))
    return Feature(document["id"], shape, document["properties"])


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


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
