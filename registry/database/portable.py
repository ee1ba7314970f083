"""SQL that each database spells its own way: one table of both spellings."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from registry.database.functions import ACCENTS, FOLDED, SPATIAL_TESTS

_FROM, _TO = "".join(FOLDED), "".join(FOLDED.values())


def _spatial(name: str, *, collections: bool) -> Mapping[str, str]:
    """PostGIS refuses mixed collections in all tests but one: to those the answer is unknown."""
    call = f"ST_{name.capitalize()}({{0}}, CAST({{1}} AS geometry))"
    mixed = f"(CASE WHEN GeometryType({{0}}) <> 'GEOMETRYCOLLECTION' THEN {call} END)"
    return {
        "sqlite": f"qadam_{name}_shape({{0}}, {{1}})",
        "postgresql": call if collections else mixed,
    }


_POINT = "ST_SetSRID(ST_MakePoint({{{0}}}, {{{1}}}), 4326)"
_START, _END = _POINT.format(1, 2), _POINT.format(3, 4)
SPELLINGS: Mapping[str, Mapping[str, str]] = {
    # PostgreSQL compares as the locale of the database does, unless told otherwise.
    "by code": {"sqlite": "{0}", "postgresql": '({0} COLLATE "C")'},
    "casei": {
        "sqlite": "qadam_casei({0})",
        "postgresql": f"replace(translate(lower({{0}} COLLATE \"und-x-icu\"), '{_FROM}', '{_TO}'), "
        "'ß', 'ss')",
    },
    "accenti": {
        "sqlite": "qadam_accenti({0})",
        "postgresql": f"normalize(regexp_replace(normalize({{0}}, NFD), '{ACCENTS}', '', 'g'), "
        "NFC)",
    },
    "items": {"sqlite": "json_each({0})", "postgresql": "jsonb_array_elements_text({0})"},
    "stored number": {
        "sqlite": "CAST(json_extract({0}, '$.properties.' || {1}) AS DOUBLE)",
        "postgresql": "CAST(CAST({0} AS jsonb) -> 'properties' ->> {1} AS double precision)",
    },
    # A GeoPackage's own header stays before it.
    "well-known bytes": {"sqlite": "{0}", "postgresql": "ST_AsBinary({0})"},
    "power": {"sqlite": "qadam_power({0}, {1})", "postgresql": "power({0}, {1})"},
    "modulo": {
        "sqlite": "qadam_modulo({0}, {1})",
        "postgresql": "CAST(mod(CAST({0} AS numeric), CAST({1} AS numeric)) AS double precision)",
    },
    "truncated": {
        "sqlite": "CAST(CAST({0} AS INTEGER) AS DOUBLE)",
        "postgresql": "trunc({0})",
    },
    "pair line": {
        "sqlite": "qadam_pair_line({0}, {1}, {2}, {3}, {4})",
        "postgresql": f"(CASE WHEN {{0}} = 0 THEN {_START} ELSE ST_MakeLine({_START}, {_END}) END)",
    },
    **{name: _spatial(name, collections=both) for name, (_, both) in SPATIAL_TESTS.items()},
}


class Portable(FunctionElement[Any]):
    """A function by its name in the table of spellings."""

    inherit_cache = False

    def __init__(self, spelling: str, returns: TypeEngine[Any], *args: Any) -> None:
        self.name = spelling
        self.type = returns
        super().__init__(*args)


@compiles(Portable)
def _spell(element: Portable, compiler: SQLCompiler, **kw: Any) -> str:
    args = [compiler.process(arg, **kw) for arg in element.clauses]
    return SPELLINGS[element.name][compiler.dialect.name].format(*args)
