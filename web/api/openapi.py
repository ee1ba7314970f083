"""The OpenAPI 3.0 document, made from the tables that the answers are made from."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from geo.geometry import TYPES
from registry.collections import PUBLISHED, Collection
from registry.kinds import Several
from registry.properties import Property
from registry.schemas import property_schema
from web.api.links import HTML
from web.api.operations import API_TAG, Operation, camel, operations
from web.api.parameters import oas30, shared_parameters
from web.api.tile_operations import tile_schemas, tiling
from web.api.written import SECURITY_SCHEMES, header_parameters, sent_schemas, writing

Schema = dict[str, Any]
VERSION = "0.1.0"
TITLE = "Qadam"
DESCRIPTION = (
    "Proposed energy and decarbonization cooperation projects in Kazakhstan, Kyrgyzstan, "
    "Tajikistan, Turkmenistan and Uzbekistan, and the resources around them."
)
_PROBLEM = "application/problem+json"
_FAULTS = {
    "400": "Something in the question is wrong; the detail says what.",
    "401": "The token is unknown, has expired or was taken back.",
    "403": "Not for this role.",
    "404": "There is nothing here, or it is not for the one who asks.",
    "405": "The address takes other methods.",
    "406": "The address answers with JSON or HTML.",
    "409": "It does not go with what is stored: it looks like another record, or is stood on.",
    "412": "Somebody else changed the record meanwhile.",
    "413": "The body is too large.",
    "415": "The body is of a type that is not taken.",
    "422": "Something is wrong with the record; errors says what, by field.",
    "428": "If-Match is missing.",
    "429": "Too often; Retry-After says when to come back.",
    "500": "Something went wrong in the server.",
    "503": "The database is busy.",
}
_HEADERS = {
    "ETag": "Changes with what is answered; If-None-Match asks whether it has.",
    "Content-Crs": "The reference system of the coordinates.",
    "Location": "The address of the new record.",
}
_TEXT: Schema = {"type": "string"}


def openapi(address: str) -> Schema:
    """The document of the API at an address."""
    paths: dict[str, Schema] = {}
    rows = chain(operations(), *map(writing, PUBLISHED), tiling())
    for operation in rows:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    tags = [
        {"name": API_TAG},
        *({"name": c.title, "description": c.description} for c in PUBLISHED),
    ]
    return {
        "openapi": "3.0.3",
        "info": {"title": TITLE, "description": DESCRIPTION, "version": VERSION},
        "servers": [{"url": address}],
        "tags": tags,
        "paths": paths,
        "components": {
            "parameters": shared_parameters() | header_parameters(),
            "securitySchemes": SECURITY_SCHEMES,
            "responses": {status: _fault(said) for status, said in _FAULTS.items()},
            "headers": {
                name: {"description": said, "schema": _TEXT} for name, said in _HEADERS.items()
            },
            "schemas": _schemas(),
        },
    }


def _operation(row: Operation) -> Schema:
    answers = {row.status: _answer(row, row.gives)}
    if row.represented:
        answers["200"] = _answer(row, row.represented)
    described: Schema = {
        "operationId": row.id,
        "tags": [row.tag],
        "summary": row.summary,
        "parameters": list(row.parameters),
        "responses": answers | {one: _ref("responses", one) for one in row.faults},
    }
    if row.body is not None:
        described["requestBody"] = row.body
    if row.security:
        described["security"] = list(row.security)
    return described


def _answer(row: Operation, gives: str) -> Schema:
    headers = {name: _ref("headers", name) for name in row.headers}
    answer: Schema = {"description": row.summary, "headers": headers}
    if gives:
        page = {HTML: {"schema": _TEXT}} if row.method == "get" and row.pages else {}
        answer["content"] = {row.media_type: {"schema": _ref("schemas", gives)}, **page}
    return answer


def _ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def _fault(description: str) -> Schema:
    content = {_PROBLEM: {"schema": _ref("schemas", "problem")}, HTML: {"schema": _TEXT}}
    return {"description": description, "content": content}


def _schemas() -> Schema:
    schemas = {
        "link": _object(
            {"href": _TEXT, "rel": _TEXT, "type": _TEXT, "title": _TEXT}, "href", "rel"
        ),
        "links": {"type": "array", "items": _ref("schemas", "link")},
        "problem": _object(
            {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "errors": {"type": "object"},
                "similar": {"type": "array", "items": {"type": "object"}},
            },
            "title",
            "status",
            "detail",
        ),
        "landing": _object({"title": _TEXT, "description": _TEXT, **_links()}, "links"),
        "conformance": _object({"conformsTo": {"type": "array", "items": _TEXT}}, "conformsTo"),
        "collection": _object({"id": _TEXT, "title": _TEXT, **_links()}, "id", "links"),
        "collections": _object(
            {"collections": {"type": "array", "items": _ref("schemas", "collection")}, **_links()},
            "collections",
            "links",
        ),
        "schema": _object({"type": _TEXT, "properties": {"type": "object"}}, "type", "properties"),
        "openapi": _object({"openapi": _TEXT, "paths": {"type": "object"}}, "openapi", "paths"),
        "geometry": {
            **_object({"type": {"type": "string", "enum": list(TYPES)}}, "type"),
            "nullable": True,
        },
    }
    for collection in PUBLISHED:
        name = camel(collection.id)
        schemas |= {f"{name}Item": _item(collection), f"{name}Items": _items(f"{name}Item")}
        schemas |= sent_schemas(collection, _object, _ref("schemas", "geometry"))
    return schemas | tile_schemas()


def _item(collection: Collection) -> Schema:
    properties = {prop.name: published(collection, prop) for prop in collection.properties}
    feature = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": _TEXT,
        "geometry": _ref("schemas", "geometry"),
        "properties": {**_object(properties), "additionalProperties": False},
        **_links(),
    }
    return _object(feature, "type", "id", "geometry", "properties")


def _items(item: str) -> Schema:
    whole = {"type": "integer", "minimum": 0}
    collection = {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": _ref("schemas", item)},
        "numberMatched": whole,
        "numberReturned": whole,
        "timeStamp": {"type": "string", "format": "date-time"},
        **_links(),
    }
    return _object(collection, "type", "features", "numberMatched", "numberReturned", "links")


def published(collection: Collection, prop: Property) -> Schema:
    """A property as it is answered: null where nothing is said, a list empty."""
    schema = oas30(property_schema(collection, prop))
    if isinstance(prop.kind, Several):
        return {**schema, "items": _nullable(schema["items"])} if prop.kind.in_step else schema
    return schema if prop.required else _nullable(schema)


def _nullable(schema: Mapping[str, Any]) -> Schema:
    words = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **words, "nullable": True}


def _links() -> Schema:
    return {"links": _ref("schemas", "links")}


def _object(properties: Mapping[str, Any], *required: str) -> Schema:
    described: Schema = {"type": "object", "properties": dict(properties)}
    return described | ({"required": list(required)} if required else {})
