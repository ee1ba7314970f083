"""What can be done at which address: one row for each, from which the API's document is made."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from registry.collections import PUBLISHED, Collection
from web.api.links import GEOJSON, JSON, OPENAPI, SCHEMA
from web.api.parameters import item_parameters, properties_parameter

Schema = dict[str, Any]
API_TAG = "The API"
# The faults that any address may tell.
READ_FAULTS = ("400", "401", "404", "406", "500", "503")

_OF_ITEMS = ("f", "limit", "offset", "cursor", "crs", "bbox-crs", "filter-lang", "filter-crs")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path: what it is for, what it takes, what it gives.

    Where it `pages`, a GET is answered as HTML too. `gives` names the schema of the answer in the
    document (none: it has no body), `body` that of what is sent, `represented` that of the answer
    (200) to who prefers the record.
    """

    path: str
    id: str
    tag: str
    summary: str
    gives: str
    media_type: str = JSON
    method: str = "get"
    status: str = "200"
    parameters: tuple[Schema, ...] = ()
    faults: tuple[str, ...] = READ_FAULTS
    headers: tuple[str, ...] = ("ETag",)
    represented: str = ""
    body: Schema | None = field(default=None)
    security: tuple[Schema, ...] = ()
    pages: bool = True


def operations() -> Iterator[Operation]:
    """Every operation of the API."""
    form = (shared("f"),)
    yield Operation("/", "landing", API_TAG, "Where to go from here", "landing", parameters=form)
    for name, summary in (
        ("conformance", "The requirements that are met"),
        ("collections", "All collections"),
    ):
        yield Operation(f"/{name}", name, API_TAG, summary, name, parameters=form)
    yield Operation(
        "/openapi.json", "openapi", API_TAG, "This document", "openapi", OPENAPI, parameters=form
    )
    for collection in PUBLISHED:
        yield from reading(collection)


def reading(collection: Collection) -> Iterator[Operation]:
    """How a collection is read."""
    root, title, name = f"/collections/{collection.id}", collection.title, camel(collection.id)
    form = (shared("f"),)
    yield Operation(root, f"get{name}", title, "The collection", "collection", parameters=form)
    for last, summary in (
        ("schema", "What a record looks like"),
        ("queryables", "What can be asked"),
    ):
        path = f"{root}/{last}"
        yield Operation(
            path, f"get{name}{last.title()}", title, summary, "schema", SCHEMA, parameters=form
        )
    yield Operation(
        f"{root}/items",
        f"get{name}Items",
        title,
        "The records under a filter, a page at a time",
        f"{name}Items",
        GEOJSON,
        parameters=(
            *map(shared, _OF_ITEMS),
            *item_parameters(collection),
        ),
        headers=("ETag", "Content-Crs"),
    )
    yield Operation(
        f"{root}/items/{{ref}}",
        f"get{name}Item",
        title,
        f"One {collection.singular}",
        f"{name}Item",
        GEOJSON,
        parameters=(*map(shared, ("ref", "f", "crs")), properties_parameter(collection)),
        headers=("ETag", "Content-Crs"),
    )


def shared(name: str) -> Schema:
    """A parameter that the document describes once."""
    return {"$ref": f"#/components/parameters/{name}"}


def camel(collection_id: str) -> str:
    """A collection's id as names of operations and schemas have it: CrossReferences."""
    return collection_id.title().replace("_", "")
