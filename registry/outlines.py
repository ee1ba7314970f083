"""The outlines of the five countries as rows, so that they are asked and read as records are."""

from typing import Any

from sqlalchemy import Connection, Table, delete, insert

from geo.countries import COUNTRIES, Country
from geo.feature import Feature, feature_text
from registry.clock import now
from registry.folding import fold

NAMES = ("name", "official_name", "name_native", "name_ru", "name_ja", "iso3", "capital")


def load_outlines(connection: Connection, table: Table) -> None:
    """Put the five into their table, instead of what stands there."""
    connection.execute(delete(table))
    connection.execute(insert(table), [_row(country) for country in COUNTRIES])


def _row(country: Country) -> dict[str, Any]:
    said = {name: getattr(country, name) for name in NAMES}
    return {
        **said,
        "ref": country.code,
        "version": 1,
        "created_at": now(),
        "updated_at": now(),
        "geometry": country.outline,
        "text": feature_text(Feature(country.code, country.outline, said)),
        "search": fold(" \n ".join(said.values())),
    }
