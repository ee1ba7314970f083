"""The parameters of items as the OpenAPI document describes them, from the tables of filters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from geo.crs import CRSS
from registry.asking import (
    LONGEST_TEXT,
    MOST_VALUES,
    AnyOf,
    Bound,
    Box,
    Field,
    Line,
    Near,
    Partner,
    Words,
)
from registry.collections import Collection
from registry.cql2.field import LANGUAGES, Cql2
from registry.cql2.tree import LONGEST
from registry.cursors import LONGEST_CURSOR
from registry.equals import Equals
from registry.fields import FIELDS, FURTHER_FIELDS
from registry.filters import MOST_LIMIT, MOST_OFFSET, sortable
from registry.timing import During
from web.api.question import DEFAULT_LIMIT
from web.negotiate import FORMS

Schema = dict[str, Any]
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
_REF = "^[A-Za-z0-9][A-Za-z0-9._~-]{0,128}$"
_DAY = r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
_CONDITION: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST}
_CURSOR: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_CURSOR}
_FORM: Schema = {"type": "string", "enum": list(FORMS)}
_LIMIT: Schema = {
    "type": "integer", "minimum": 1, "maximum": MOST_LIMIT, "default": DEFAULT_LIMIT
}  # fmt: skip
_LANGUAGE: Schema = {"type": "string", "enum": list(LANGUAGES)}
_OFFSET: Schema = {"type": "integer", "minimum": 0, "maximum": MOST_OFFSET, "default": 0}
_CRS: Schema = {"type": "string", "format": "uri", "enum": [crs.uri for crs in CRSS]}


def oas30(schema: Mapping[str, Any]) -> Schema:
    """A JSON Schema of ours as OpenAPI 3.0 writes it: without the titles of single words."""
    kept = {name: value for name, value in schema.items() if name != "oneOf"}
    if "items" in kept:
        kept["items"] = oas30(kept["items"])
    return kept


def shared_parameters() -> dict[str, Schema]:
    """The parameters that more than one address takes, by their names in the document."""
    ref = _query("ref", "The public id of the record.", {"type": "string", "pattern": _REF})
    rows = (
        {name: said for name, said in ref.items() if name != "allowEmptyValue"}
        | {"in": "path", "required": True},
        _query("f", "The form of the answer, instead of Accept.", _FORM),
        _query("crs", "The reference system of the answer; left out, CRS84.", _CRS),
        _query("bbox-crs", "The reference system of the box; left out, CRS84.", _CRS),
        _query("filter-lang", "The language of the filter; left out, the first.", _LANGUAGE),
        _query("filter-crs", "The reference system of its coordinates; left out, CRS84.", _CRS),
        _query("limit", f"How many records; above {MOST_LIMIT:,} it is {MOST_LIMIT:,}.", _LIMIT),
        _query("cursor", "Where a page begins, from a next or prev link; not to be made.", _CURSOR),
        _query("offset", "How many records are passed over.", _OFFSET),
    )
    return {row["name"]: row for row in rows}


def item_parameters(collection: Collection) -> list[Schema]:
    """What the items of a collection can be asked: its filters, its order, how it is written."""
    order = [f"{sign}{name}" for name in sortable(collection) for sign in ("", "-")]
    return [
        *filter_parameters(collection),
        *_fields(FURTHER_FIELDS[collection.id]),
        _list("sortby", "The order; - before a property turns it.", order),
        properties_parameter(collection),
    ]


def filter_parameters(collection: Collection) -> list[Schema]:
    """The filters that a collection has everywhere."""
    return _fields(FIELDS[collection.id])


def _fields(fields: Sequence[Field]) -> list[Schema]:
    return [_query(field.name, field.label, **_described(field)) for field in fields]


def properties_parameter(collection: Collection) -> Schema:
    """The choice of properties that are sent."""
    names = [prop.name for prop in collection.properties]
    return _list("properties", "The properties that are sent; all where it is left out.", names)


def _query(name: str, description: str, schema: Mapping[str, Any], **how: Any) -> Schema:
    # An empty value means not set, here as in the forms of the pages.
    stated = {"name": name, "in": "query", "description": description, "allowEmptyValue": True}
    return {**stated, "required": False, "schema": dict(schema), **how}


def _list(name: str, description: str, words: list[str]) -> Schema:
    items = {"type": "string", "enum": words}
    return _query(name, description, _several(items), **_COMMAS)


def _several(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_VALUES}


# Values of one parameter are parted by commas.
_COMMAS = {"style": "form", "explode": False}


def _any_of(field: AnyOf) -> Schema:
    words = [term.slug for term in field.terms]
    return {"schema": _several({"type": "string", "enum": words}), **_COMMAS}


def _bound(field: Bound) -> Schema:
    return {"schema": field.kind.schema()}


def _box(_field: Field) -> Schema:
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    return {"schema": numbers, **_COMMAS}


def _equals(field: Equals) -> Schema:
    schema = oas30(field.kind.schema())
    longest = schema.get("maxLength", 0)
    return {"schema": schema | ({"maxLength": min(longest, LONGEST_TEXT)} if longest else {})}


def _words(_field: Field) -> Schema:
    return {"schema": _TEXT}


def _condition(_field: Field) -> Schema:
    return {"schema": _CONDITION}


def _near(_field: Field) -> Schema:
    return {"schema": {"type": "string", "pattern": f"^{_NUMBER},{_NUMBER},{_NUMBER}$"}}


def _partner(_field: Field) -> Schema:
    return {"schema": _several(_TEXT), **_COMMAS}


def _during(_field: Field) -> Schema:
    moment = f"{_DAY}(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?"
    pattern = rf"^{moment}$|^{moment}/({moment}|\.\.)?$|^(\.\.)?/{moment}$"
    return {"schema": {"type": "string", "pattern": pattern}}


_KINDS: Mapping[type[Any], Callable[[Any], Schema]] = {
    AnyOf: _any_of,
    Bound: _bound,
    Box: _box,
    Line: _box,
    Equals: _equals,
    Near: _near,
    Partner: _partner,
    During: _during,
    Words: _words,
    Cql2: _condition,
}


def _described(field: Field) -> Schema:
    return _KINDS[type(field)](field)
