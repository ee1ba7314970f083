"""What a collection's records look like, as JSON Schema (OGC API – Features Part 5)."""

from typing import Any

from registry.collections import Collection
from registry.properties import Property

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

# Our units as UCUM writes them; it has no money.
_UCUM = {"MW": "MW", "GWh a year": "GW.h/a", "t CO₂e a year": "t/a", "m": "m", "km": "km"}
# The time that `datetime` asks for, where it is one property.
_INSTANTS = {"deposits": "updated_at", "corridors": "updated_at"}
_REF = {
    "title": "Ref",
    "description": "The public id: unique in its collection, stable, never used again.",
    "type": "string",
    "x-ogc-role": "id",
    "readOnly": True,
}
_GEOMETRY = {"title": "Place", "format": "geometry-any", "x-ogc-role": "primary-geometry"}


def record_schema(collection: Collection, address: str) -> Schema:
    """The schema of a record, published at an address: its ref, its place, its properties."""
    properties = {prop.name: property_schema(collection, prop) for prop in collection.properties}
    required = [prop.name for prop in collection.properties if prop.required]
    return {
        **_head(collection.title, address),
        "properties": {"ref": _REF, **_place(collection), **properties},
        "required": required,
        "additionalProperties": False,
    }


def queryables_schema(collection: Collection, address: str) -> Schema:
    """The schema of what a filter may ask, published at an address."""
    properties = {prop.name: property_schema(collection, prop) for prop in collection.properties}
    return {
        **_head(f"What can be asked of {collection.title.lower()}", address),
        "properties": {"id": _REF, **_place(collection), **properties},
        "additionalProperties": False,
    }


def property_schema(collection: Collection, prop: Property) -> Schema:
    """One property: what it is called, its unit, what it takes, what it stands for."""
    schema = {"title": prop.label, **prop.kind.schema()}
    if prop.help:
        schema["description"] = prop.help
    if prop.unit:
        schema["x-ogc-unit"] = _UCUM.get(prop.unit, prop.unit)
        if prop.unit not in _UCUM:
            schema["x-ogc-unitLang"] = "ISO 4217"
    if prop.computed or collection.read_only:
        schema["readOnly"] = True
    if _INSTANTS.get(collection.id) == prop.name:
        schema["x-ogc-role"] = "primary-instant"
    return schema


def _head(title: str, address: str) -> Schema:
    return {"$schema": DIALECT, "$id": address, "title": title, "type": "object"}


def _place(collection: Collection) -> Schema:
    return {"geometry": _GEOMETRY} if collection.located else {}
