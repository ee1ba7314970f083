"""What a request that writes brings: its body, and what its headers say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson
from flask import request
from werkzeug.exceptions import (
    BadRequest,
    PreconditionFailed,
    PreconditionRequired,
    UnsupportedMediaType,
)

from geo.crs import CRS84, read_crs, to_lonlat
from geo.errors import GeoError
from geo.geometry import read_geojson
from registry.collections import Collection
from registry.errors import Invalid
from registry.kinds import Text, shown
from web.api.answers import record_tag

FEATURE_TYPES = ("application/geo+json", "application/json")
PATCH_TYPES = ("application/merge-patch+json", "application/geo+json")
# A Feature with collections of geometries, nested as deep as may be, has 40 levels.
MOST_LEVELS = 64
MOST_UNKNOWN = 20
REASON_HEADER = "Qadam-Reason"
DIFFERENT_HEADER = "Qadam-Different-From"
_REASON = Text(500)
# What a place that cannot be read would be told besides.
_OF_PLACE = frozenset({"countries", "location_precision"})


@dataclass(slots=True)
class Sent:
    """A record as it was sent: its properties, its geometry in CRS84, and what is wrong already."""

    values: Mapping[str, Any] = field(default_factory=dict)
    geometry: Any = None
    reason: str = ""
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def refuse(self, more: Mapping[str, Sequence[str]]) -> Invalid:
        """Every fault, these and more, each told once."""
        if "geometry" in self.faults:
            more = {name: told for name, told in more.items() if name not in _OF_PLACE}
        return Invalid({**more, **self.faults})


def read_document(types: Sequence[str]) -> dict[str, Any]:
    """The JSON object in the body, one of these media types; raises BadRequest and others."""
    if not request.mimetype:  # Part 4, /req/create-replace-delete/post-content-type
        raise BadRequest(f"Say in Content-Type what the body is: {' or '.join(types)}.")
    if request.mimetype not in types:
        raise UnsupportedMediaType(
            f"The body is {shown(request.mimetype)}; send {' or '.join(types)}."
        )
    if request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType(
            f"The body is packed as {shown(request.content_encoding)}; send it as it is."
        )
    body = request.get_data(cache=False)
    if request.content_length is None:
        request.stream.read(1)  # of a body of no stated length werkzeug says only now: too large
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            f"The body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    if not isinstance(document, dict):
        raise Invalid({"body": ["The body is one GeoJSON Feature: an object."]})
    if _is_deeper(document, MOST_LEVELS):
        raise BadRequest(f"The body is nested deeper than {MOST_LEVELS} levels; flatten it.")
    return document


def read_feature(
    document: Mapping[str, Any], collection: Collection, ref: str | None = None, *, placed: bool
) -> Sent:
    """A Feature for a collection; `placed` says that its place is in the body's own system."""
    sent = Sent()
    try:
        sent.reason = read_reason()
    except Invalid as error:
        sent.faults |= error.faults
    if document.get("type") != "Feature":
        sent.faults["type"] = (
            f"The type of the body is Feature; got {shown(document.get('type'))}.",
        )
    if ref is not None and document.get("id", ref) != ref:
        sent.faults["id"] = (f"The body says it is {shown(document['id'])}; this is {ref}.",)
    _read_properties(sent, document.get("properties"), collection)
    _read_place(sent, document.get("geometry"), collection, placed)
    return sent


def merged(target: Any, patch: Any) -> Any:
    """A document after a merge patch (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def check_version(text: str) -> None:
    """Refuse a change that began with another version; raises PreconditionRequired (RFC 6585) too.

    `*` is refused: it would overwrite what others stored meanwhile.
    """
    if "If-Match" not in request.headers or request.if_match.star_tag:
        raise PreconditionRequired(
            "Say in If-Match which version you began with: the ETag of the record as you read it."
        )
    tag = record_tag(text)
    # What stands after a dash tells the bytes of one version apart: packed, in another system.
    if not any(said and said.split("-", 1)[0] == tag for said in request.if_match):
        raise PreconditionFailed(
            "Somebody else changed the record meanwhile, or the tag in If-Match is none of its; "
            "read it again. Nothing was overwritten."
        )


def read_reason() -> str:
    """Why something is changed: UTF-8, or percent-encoded for clients that send ASCII alone."""
    said = request.headers.get(REASON_HEADER, "").encode("latin-1", "replace")
    try:
        return _REASON.read(unquote(said.decode("utf-8", "replace"))) or ""
    except ValueError as error:
        raise Invalid({"reason": [f"The reason ({REASON_HEADER}) {error}."]}) from None


def told_apart() -> frozenset[str]:
    """The refs of records that look alike but are said to be different."""
    said = request.headers.get(DIFFERENT_HEADER, "")
    return frozenset(ref.strip() for ref in said.split(",") if ref.strip())


def _read_properties(sent: Sent, said: Any, collection: Collection) -> None:
    if said is not None and not isinstance(said, dict):
        sent.faults["properties"] = ("The properties are an object.",)
        return
    sent.values = said or {}
    unknown = sent.values.keys() - {prop.name for prop in collection.properties}
    for name in sorted(unknown)[:MOST_UNKNOWN]:
        sent.faults[name[:64]] = (
            f"{shown(name)} is not a property of {collection.id}; take it out or see …/schema.",
        )


def _read_place(sent: Sent, said: Any, collection: Collection, placed: bool) -> None:
    crs = read_crs(request.headers.get("Content-Crs", CRS84.uri))
    if said is None:
        return
    if not isinstance(said, dict):
        sent.faults["geometry"] = ("The geometry is an object, or null where there is no place.",)
        return
    if not collection.located:
        sent.faults["geometry"] = (f"A record of {collection.id} has no place; leave it out.",)
        return
    sent.geometry = said
    if crs is CRS84 or not placed:
        return
    try:
        sent.geometry = to_lonlat(read_geojson(said), crs)
    except GeoError as error:
        sent.geometry = None
        sent.faults["geometry"] = (str(error),)


def _is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects are nested deeper; reprs and merges of what is run out of stack."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
