"""The addresses of the API, each a straight line: read the question, ask, answer."""

from flask import Blueprint, Response, request

from geo.reshape import reshaped
from registry import paging, schemas, tally
from registry.collections import PUBLISHED, find_collection
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
from web.api.links import GEOJSON, JSON, SCHEMA, address, kept_pairs, link, paging_links, self_links
from web.api.question import Shape, check_parameters, read_items, read_shape
from web.db import session
from web.negotiate import API_ROOT, read_form
from web.visitors import public_only

bp = Blueprint("api", __name__, url_prefix=API_ROOT)
bp.after_app_request(finish)

TITLE = "Qadam"
DESCRIPTION = (
    "Proposed energy and decarbonization cooperation projects in Kazakhstan, Kyrgyzstan, "
    "Tajikistan, Turkmenistan and Uzbekistan, and the resources around them."
)


@bp.get("", strict_slashes=False)
def landing() -> Response:
    """What the API is and where to go from here."""
    form = _form()
    links = [
        *self_links(form),
        link(address("conformance"), "conformance", JSON, "What the API conforms to"),
        link(address("collections"), "data", JSON, "The collections"),
    ]
    return document({"title": TITLE, "description": DESCRIPTION, "links": links})


@bp.get("/conformance")
def conformance() -> Response:
    """The classes of requirements that are met."""
    form = _form()
    return document({"conformsTo": [row.uri for row in CONFORMANCE], "links": self_links(form)})


@bp.get("/collections")
def collections() -> Response:
    """All collections."""
    form = _form()
    each = []
    for collection in PUBLISHED:
        found = described(collection)
        to = address("collection", ("f", "json"), collection_id=collection.id)
        found["links"].insert(0, link(to, "self", JSON, collection.title))
        each.append(found)
    return document({"links": self_links(form), "collections": each})


@bp.get("/collections/<collection_id>")
def collection(collection_id: str) -> Response:
    """One collection."""
    chosen, form = find_collection(collection_id), _form()
    found = described(chosen)
    found["links"] = [*self_links(form), *found["links"]]
    return document(found)


@bp.get("/collections/<collection_id>/schema")
def schema(collection_id: str) -> Response:
    """What a record of a collection looks like (Part 5)."""
    chosen, _ = find_collection(collection_id), _form(SCHEMA)
    to = address("schema", collection_id=chosen.id)
    return document(schemas.record_schema(chosen, to), SCHEMA)


@bp.get("/collections/<collection_id>/queryables")
def queryables(collection_id: str) -> Response:
    """What can be asked of a collection (Part 3)."""
    chosen, _ = find_collection(collection_id), _form(SCHEMA)
    to = address("queryables", collection_id=chosen.id)
    return document(schemas.queryables_schema(chosen, to), SCHEMA)


@bp.get("/collections/<collection_id>/items")
def items(collection_id: str) -> Response:
    """A page of the records under a filter."""
    chosen, form = find_collection(collection_id), read_form(GEOJSON)
    shape, (asked, page) = read_shape(chosen), read_items(chosen)
    found = paging.answer(session(), chosen, asked, page, public_only=public_only())
    texts = found.texts
    if not shape.is_stored:
        read = [text.decode() for text in texts]
        texts = [text.encode() for text in reshaped(read, shape.crs, shape.names)]
    to = address("items", collection_id=chosen.id)
    links = [
        *self_links(form, GEOJSON),
        *paging_links(to, kept_pairs(), found, GEOJSON),
        up_link(chosen),
    ]
    query = request.query_string.decode("latin-1")
    tag = page_tag(tally.stamp(session()), query, public_only=public_only())
    body = feature_collection(texts, found.matched, links)
    return tagged(_geojson(body, shape), tag, weak=True)


@bp.get("/collections/<collection_id>/items/<ref>")
def item(collection_id: str, ref: str) -> Response:
    """One record; one that was merged away leads to the record that stands for it."""
    chosen, form = find_collection(collection_id), read_form(GEOJSON)
    check_parameters("f", "crs", "properties")
    shape = read_shape(chosen)
    text = paging.text_of(session(), chosen, ref, public_only=public_only())
    tag = record_tag(text)
    if not shape.is_stored:
        text = reshaped([text.decode()], shape.crs, shape.names)[0].encode()
        tag += f"-{weak_tag(text)}"  # other bytes of the same version
    links = [*self_links(form, GEOJSON), up_link(chosen)]
    return tagged(_geojson(feature(text, links), shape), tag)


def _form(*also: str) -> str:
    """Which form is asked for, at an address that takes no other parameter."""
    check_parameters("f")
    return read_form(*also)


def _geojson(body: bytes, shape: Shape) -> Response:
    headers = {"Content-Crs": f"<{shape.crs.uri}>"}
    return Response(body, content_type=GEOJSON, headers=headers)
