"""The addresses of the API, each a straight line: read the question, ask, answer."""

from dataclasses import replace

from flask import Blueprint, Response, request

from geo.reshape import reshaped
from registry import paging, schemas
from registry.collections import PUBLISHED, find_collection
from registry.features import from_text
from web.api.answers import (
    document,
    feature,
    feature_collection,
    finish,
    page_tag,
    record_tag,
    tagged,
    weak_tag,
)
from web.api.conformance import CONFORMANCE
from web.api.described import described, up_link
from web.api.links import (
    GEOJSON,
    HTML,
    JSON,
    OPENAPI,
    SCHEMA,
    address,
    kept_pairs,
    link,
    paging_links,
    self_links,
)
from web.api.openapi import DESCRIPTION, TITLE, openapi
from web.api.pages import MOST_ROWS, answer, item_page, items_page, page
from web.api.question import Shape, check_parameters, read_items, read_shape
from web.db import session
from web.negotiate import API_ROOT, read_form
from web.visitors import public_only

bp = Blueprint("api", __name__, url_prefix=API_ROOT)
bp.after_app_request(finish)
_JSON = ("f", "json")


@bp.get("", strict_slashes=False)
def landing() -> Response:
    """What the API is and where to go from here."""
    form = _form()
    links = [
        *self_links(form),
        link(address("definition"), "service-desc", OPENAPI, "What can be asked, for programs"),
        link(address("handbook"), "service-doc", HTML, "What can be asked, for people"),
        link(address("conformance", _JSON), "conformance", JSON, "What the API conforms to"),
        link(address("collections", _JSON), "data", JSON, "The collections"),
    ]
    found = {"title": TITLE, "description": DESCRIPTION, "links": links}
    return answer(form, found, "landing.html")


@bp.get("/conformance")
def conformance() -> Response:
    """The classes of requirements that are met."""
    form = _form()
    found = {"conformsTo": [row.uri for row in CONFORMANCE], "links": self_links(form)}
    return answer(form, found, "conformance.html", rows=CONFORMANCE)


@bp.get("/openapi.json")
def definition() -> Response:
    """What can be asked, as an OpenAPI 3.0 document."""
    check_parameters("f")
    return document(openapi(address("landing")), OPENAPI)


@bp.get("/api.html")
def handbook() -> Response:
    """What can be asked, for people."""
    check_parameters("f")
    return page("handbook.html", document=openapi(address("landing")))


@bp.get("/collections")
def collections() -> Response:
    """All collections."""
    form = _form()
    each = []
    for collection in PUBLISHED:
        found = described(collection)
        to = address("collection", _JSON, collection_id=collection.id)
        found["links"].insert(0, link(to, "self", JSON, collection.title))
        each.append(found)
    return answer(form, {"links": self_links(form), "collections": each}, "collections.html")


@bp.get("/collections/<collection_id>")
def collection(collection_id: str) -> Response:
    """One collection."""
    chosen, form = find_collection(collection_id), _form()
    found = described(chosen)
    found["links"] = [*self_links(form), *found["links"]]
    return answer(form, found, "collection.html")


@bp.get("/collections/<collection_id>/schema")
def schema(collection_id: str) -> Response:
    """What a record of a collection looks like (Part 5)."""
    chosen, form = find_collection(collection_id), _form(SCHEMA)
    found = schemas.record_schema(chosen, address("schema", collection_id=chosen.id))
    return answer(form, found, "properties.html", SCHEMA)


@bp.get("/collections/<collection_id>/queryables")
def queryables(collection_id: str) -> Response:
    """What can be asked of a collection (Part 3)."""
    chosen, form = find_collection(collection_id), _form(SCHEMA)
    found = schemas.queryables_schema(chosen, address("queryables", collection_id=chosen.id))
    return answer(form, found, "properties.html", SCHEMA)


@bp.get("/collections/<collection_id>/items")
def items(collection_id: str) -> Response:
    """A page of the records under a filter."""
    chosen, form = find_collection(collection_id), read_form(GEOJSON)
    shape, (asked, part) = read_shape(chosen), read_items(chosen)
    if form == "html":
        part = replace(part, limit=min(part.limit or MOST_ROWS, MOST_ROWS))
    found = paging.answer(session(), chosen, asked, part, public_only=public_only())
    to = address("items", collection_id=chosen.id)
    links = [
        *self_links(form, GEOJSON),
        *paging_links(to, kept_pairs(), found, GEOJSON),
        up_link(chosen),
    ]
    if form == "html":
        return items_page(chosen, found, links, shape.names, asked, part)
    texts = found.texts
    if not shape.is_stored:
        read = [text.decode() for text in texts]
        texts = [text.encode() for text in reshaped(read, shape.crs, shape.names)]
    query = request.query_string.decode("latin-1")
    tag = page_tag(found.stamp, query, public_only=public_only())
    body = feature_collection(texts, found.matched, links)
    return tagged(_geojson(body, shape), tag, weak=True)


@bp.get("/collections/<collection_id>/items/<ref>")
def item(collection_id: str, ref: str) -> Response:
    """One record; one that was merged away leads to the record that stands for it."""
    chosen, form = find_collection(collection_id), read_form(GEOJSON)
    check_parameters("f", "crs", "properties")
    shape = read_shape(chosen)
    text = paging.text_of(session(), chosen, ref, public_only=public_only())
    links = [*self_links(form, GEOJSON), up_link(chosen)]
    if form == "html":
        return item_page(chosen, {"links": links}, from_text(text.decode()))
    tag = record_tag(text)
    if not shape.is_stored:
        text = reshaped([text.decode()], shape.crs, shape.names)[0].encode()
        tag += f"-{weak_tag(text)}"  # other bytes of the same version
    return tagged(_geojson(feature(text, links), shape), tag)


def _form(*also: str) -> str:
    """Which form is asked for, at an address that takes no other parameter."""
    check_parameters("f")
    return read_form(*also)


def _geojson(body: bytes, shape: Shape) -> Response:
    headers = {"Content-Crs": f"<{shape.crs.uri}>"}
    return Response(body, content_type=GEOJSON, headers=headers)
