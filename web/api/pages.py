"""The same answers as pages that a person can browse."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, render_template, request, url_for

from geo.feature import Feature
from registry.collections import Collection, find_collection
from registry.features import from_text
from registry.kinds import Several
from registry.paging import Answer
from registry.properties import Property
from web.api.answers import document
from web.api.links import HTML, JSON, Link
from web.maps import drawn

# Enough to tell records apart; the record's own page has all.
_COLUMNS = 6
# So many records a page draws at most, whatever the limit; the next are a link away.
MOST_ROWS = 100
_PAGES = {"projects": "pages.project", "deposits": "pages.deposit", "corridors": "pages.corridor"}
_TITLES = {
    "conformance": "What it conforms to",
    "collections": "Collections",
    "api.html": "What can be asked",
    "schema": "Properties",
    "queryables": "What can be asked",
    "items": "Records",
}


def answer(
    form: str, found: Mapping[str, Any], template: str, media_type: str = JSON, **more: Any
) -> Response:
    """A document as it is, or as a page."""
    if form == "json":
        return document(found, media_type)
    return page(template, document=found, **more)


def page(template: str, **values: Any) -> Response:
    """A page with the way to it and the same answer in other forms."""
    links = values["document"].get("links", ())
    text = render_template(
        f"api/{template}",
        crumbs=_crumbs(),
        alternates=[one for one in links if one["rel"] == "alternate"],
        **values,
    )
    return Response(text, content_type=f"{HTML}; charset=utf-8")


def items_page(
    collection: Collection,
    found: Answer,
    links: Sequence[Link],
    names: frozenset[str] | None,
    asked: Sequence[tuple[str, str]],
) -> Response:
    """A page of records as a map and a table."""
    features = [from_text(text.decode()) for text in found.texts]
    return page(
        "items.html",
        document={"numberMatched": found.matched, "links": links},
        collection=collection,
        features=features,
        columns=_columns(collection, names),
        asked=asked,
        map=drawn.shapes_map(collection.id, collection.title, features),
    )


def item_page(collection: Collection, found: Mapping[str, Any], feature: Feature) -> Response:
    """One record as a map and its properties."""
    own = _PAGES.get(collection.id)
    name = str(feature.properties.get(collection.named_by) or feature.ref)
    return page(
        "item.html",
        document=found,
        collection=collection,
        feature=feature,
        page_address=url_for(own, ref=feature.ref) if own else None,
        map=drawn.shapes_map(collection.id, name, [feature]),
    )


def _columns(collection: Collection, names: frozenset[str] | None) -> list[Property]:
    if names is not None:
        return [prop for prop in collection.properties if prop.name in names]
    short = [prop for prop in collection.properties if not isinstance(prop.kind, Several)]
    return short[:_COLUMNS]


def _crumbs() -> list[tuple[str, str]]:
    """The way from the landing page to here, each with its address as a page."""
    crumbs = [("API", url_for("api.landing", f="html"))]
    parts, path = request.path.strip("/").split("/")[1:], url_for("api.landing")
    for place, part in enumerate(parts):
        path += f"/{part}"
        is_collection = place == 1 and parts[0] == "collections"
        name = find_collection(part).title if is_collection else _TITLES.get(part, part)
        crumbs.append((name, f"{path}?f=html"))
    return crumbs
