"""The addresses of the API, each a straight line: read the question, ask, answer."""

from typing import Any

import orjson
from flask import Blueprint, Response

from registry import queries
from registry.clock import now
from registry.collections import PUBLISHED, Collection, find_collection
from registry.database.types import moment_text
from web.api.conformance import CONFORMANCE
from web.api.links import (
    GEOJSON,
    JSON,
    Paging,
    address,
    link,
    paging_links,
    self_links,
)
from web.db import session
from web.negotiate import read_form
from web.params import read_question
from web.visitors import public_only

bp = Blueprint("api", __name__, url_prefix="/api")
_DEFAULT_LIMIT = 10


@bp.get("", strict_slashes=False)
def landing() -> Response:
    """What the API is and where to go from here."""
    form = read_form()
    links = [
        *self_links("landing", form),
        link(address("conformance"), "conformance", JSON, "What the API conforms to"),
        link(address("collections"), "data", JSON, "The collections"),
    ]
    return _json(
        {
            "title": "Qadam",
            "description": "Proposed energy and decarbonization projects in Kazakhstan, "
            "Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan, and the resources around them.",
            "links": links,
        }
    )


@bp.get("/conformance")
def conformance() -> Response:
    """The classes of requirements that are met."""
    return _json({"conformsTo": [row.uri for row in CONFORMANCE]})


@bp.get("/collections")
def collections() -> Response:
    """All collections."""
    form = read_form()
    return _json(
        {
            "links": self_links("collections", form),
            "collections": [_described(collection) for collection in PUBLISHED],
        }
    )


@bp.get("/collections/<collection_id>")
def collection(collection_id: str) -> Response:
    """One collection."""
    return _json(_described(find_collection(collection_id)))


@bp.get("/collections/<collection_id>/items")
def items(collection_id: str) -> Response:
    """A page of the records under a filter."""
    chosen, form = find_collection(collection_id), read_form()
    asked, page = read_question(chosen, default_limit=_DEFAULT_LIMIT, also=("f",))
    matched = queries.count(session(), chosen, asked, public_only=public_only())
    texts = list(queries.texts(session(), chosen, asked, page, public_only=public_only()))
    links = [
        *self_links("items", form, GEOJSON, collection_id=chosen.id),
        *paging_links(chosen.id, Paging(page, matched), GEOJSON),
        link(address("collection", collection_id=chosen.id), "collection", JSON, chosen.title),
    ]
    head = {
        "numberMatched": matched,
        "numberReturned": len(texts),
        "timeStamp": moment_text(now()),
        "links": links,
    }
    # The texts are stored as they are sent: no feature is taken apart.
    body = b'{"type":"FeatureCollection","features":[%b],%b' % (
        ",".join(texts).encode(),
        orjson.dumps(head)[1:],
    )
    return Response(body, content_type=GEOJSON)


@bp.get("/collections/<collection_id>/items/<ref>")
def item(collection_id: str, ref: str) -> Response:
    """One record; one that was merged away leads to the record that stands for it."""
    chosen, form = find_collection(collection_id), read_form()
    text = queries.get_text(session(), chosen, ref, public_only=public_only())
    links = [
        *self_links("item", form, GEOJSON, collection_id=chosen.id, ref=ref),
        link(address("collection", collection_id=chosen.id), "collection", JSON, chosen.title),
    ]
    body = b'%b,"links":%b}' % (text.encode()[:-1], orjson.dumps(links))
    return Response(body, content_type=GEOJSON)


def _described(chosen: Collection) -> dict[str, Any]:
    return {
        "id": chosen.id,
        "title": chosen.title,
        "itemType": "feature",
        "links": [
            link(address("collection", collection_id=chosen.id), "self", JSON, chosen.title),
            link(address("items", collection_id=chosen.id), "items", GEOJSON, chosen.title),
        ],
    }


def _json(document: Any, media_type: str = JSON) -> Response:
    return Response(orjson.dumps(document), content_type=media_type)
