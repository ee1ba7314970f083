"""The columns of each collection, and their names in a Shapefile."""

import pytest

from geo.formats import Column
from registry.collections import PUBLISHED
from registry.columns import OPPORTUNITIES, SHORT_NAMES, columns

TABLES = {one.id: columns(one.properties) for one in PUBLISHED} | {
    f"opportunities-{kind}": table for kind, table in OPPORTUNITIES.items()
}
ALL = {column.name for table in TABLES.values() for column in table}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_short_names_fit_and_tell_columns_apart(table: tuple[Column, ...]) -> None:
    shorts = [column.short for column in table]
    assert all(len(short) <= 10 and short.isascii() for short in shorts)
    # A table of a Shapefile does not tell capitals apart; `id` and `geometry` are taken.
    assert len({short.casefold() for short in shorts} | {"id", "geometry"}) == len(shorts) + 2


def test_a_short_name_never_means_another_property_elsewhere() -> None:
    assert not set(SHORT_NAMES.values()) & ALL
    assert len(set(SHORT_NAMES.values())) == len(SHORT_NAMES)


def test_every_short_name_is_that_of_a_property() -> None:
    assert set(SHORT_NAMES) <= ALL


def test_lists_numbers_and_flags_keep_their_kind() -> None:
    kinds = {column.name: column.kind for column in TABLES["projects"]}
    assert (kinds["partners"], kinds["capacity_mw"], kinds["offshore"]) == (
        "list",
        "number",
        "boolean",
    )
    assert (kinds["version"], kinds["start_year"], kinds["status_date"]) == (
        "integer",
        "integer",
        "text",
    )
