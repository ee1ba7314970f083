"""Writing as the OpenAPI document describes it: one row for each method, and what is sent."""

from collections.abc import Callable, Iterator
from typing import Any

from geo.crs import CRSS
from registry.collections import Collection
from registry.properties import Property
from registry.schemas import property_schema
from web.api.bodies import DIFFERENT_HEADER, FEATURE_TYPES, PATCH_TYPES, REASON_HEADER
from web.api.links import GEOJSON
from web.api.operations import Operation, Schema, camel, shared
from web.api.parameters import oas30

TOKEN = "token"
SECURITY_SCHEMES = {
    TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "description": "Made by `qadam token create` or on the account page.",
    }
}
FAULTS = ("400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503")
STALE_FAULTS = ("412", "428")
_ASCII = "^[ -~]*$"
_TAG = '^"[!#-~]+"$'
_REFS = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(, ?[A-Za-z0-9][A-Za-z0-9._-]{0,63})*$"


def writing(collection: Collection) -> Iterator[Operation]:
    """How a collection is written; nothing where it is only read."""
    if collection.read_only:
        return
    name, one = camel(collection.id), collection.singular
    a = "an" if one[0] in "aeiou" else "a"
    root, of_item = f"/collections/{collection.id}/items", f"{name}Item"
    rows = (
        ("post", f"Store a new {one} under a ref that the registry gives", _sent(f"{name}New")),
        ("put", f"Store {a} {one} anew: what is not said is no longer so", _sent(f"{name}New")),
        (
            "patch",
            f"Change what a merge patch says of {a} {one}",
            _sent(f"{name}Patch", PATCH_TYPES),
        ),
        ("delete", f"Remove {a} {one}; its history stays, its ref is never given again", None),
    )
    for method, summary, body in rows:
        is_new = method == "post"
        headers = [*(() if is_new else ("If-Match",)), REASON_HEADER]
        headers += ["Content-Crs", DIFFERENT_HEADER, "Prefer"] if body else []
        yield Operation(
            root if is_new else f"{root}/{{ref}}",
            f"{method}{of_item}",
            collection.title,
            summary,
            gives="",
            media_type=GEOJSON,
            method=method,
            status="201" if is_new else "204",
            represented=of_item if method in ("put", "patch") else "",
            parameters=tuple(
                shared(one) for one in (*(() if is_new else ("ref",)), *map(_named, headers))
            ),
            faults=FAULTS if is_new else (*FAULTS, *STALE_FAULTS),
            headers=("ETag", "Location") if is_new else ("ETag",) if body else (),
            body=body,
            security=({TOKEN: []},),
        )


def header_parameters() -> dict[str, Schema]:
    """The headers that requests which write take, by their names in the document."""
    rows = (
        (
            "If-Match",
            "The ETag of the record as it was read.",
            {"type": "string", "pattern": _TAG},
        ),
        (
            "Content-Crs",
            "The reference system of the place in the body; left out, CRS84.",
            {"type": "string", "enum": [f"<{crs.uri}>" for crs in CRSS]},
        ),
        (
            REASON_HEADER,
            "Why, for the history: UTF-8 or percent-encoded.",
            {"type": "string", "maxLength": 500, "pattern": _ASCII},
        ),
        (
            DIFFERENT_HEADER,
            "Refs of projects that look alike but are others.",
            {"type": "string", "pattern": _REFS},
        ),
        (
            "Prefer",
            "Whether the answer is the stored record (RFC 7240).",
            {"type": "string", "enum": ["return=minimal", "return=representation"]},
        ),
    )
    return {
        _named(name): {
            "name": name,
            "in": "header",
            "description": description,
            "required": name == "If-Match",
            "schema": schema,
        }
        for name, description, schema in rows
    }


def sent_schemas(
    collection: Collection, described: Callable[..., Schema], geometry: Schema
) -> dict[str, Schema]:
    """What is sent of a record: a Feature, or a patch of one."""
    if collection.read_only:
        return {}
    place = geometry if collection.located else {"nullable": True, "enum": [None]}
    said = {prop.name: _said(collection, prop, patch=False) for prop in collection.properties}
    changed = {prop.name: _said(collection, prop, patch=True) for prop in collection.properties}
    required = [prop.name for prop in collection.properties if prop.required]
    feature = {"type": {"type": "string", "enum": ["Feature"]}}
    name = camel(collection.id)
    return {
        f"{name}New": described(
            {
                **feature,
                "geometry": place,
                "properties": {**described(said, *required), "additionalProperties": False},
            },
            "type",
            "properties",
        ),
        f"{name}Patch": described(
            {
                **feature,
                "geometry": place,
                "properties": {**described(changed), "additionalProperties": False},
            }
        ),
    }


def _said(collection: Collection, prop: Property, *, patch: bool) -> Schema:
    """A property as it is sent: null says nothing, but of what is needed."""
    schema = oas30(property_schema(collection, prop))
    if prop.required and not patch:
        return schema
    words = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **words, "nullable": True}


def _sent(schema: str, types: tuple[str, ...] = FEATURE_TYPES) -> Schema:
    of_type: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"required": True, "content": dict.fromkeys(types, of_type)}


def _named(header: str) -> str:
    """The name of a header's parameter in the document: `crs` and `Content-Crs` are two."""
    return header.replace("-", "")
