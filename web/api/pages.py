"""The same answers as pages that a person can browse."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, render_template, request, url_for

from geo.feature import Feature
from registry.collections import PROJECTS, Collection, find_collection
from registry.features import from_text
from registry.fields import FIELDS
from registry.filters import Filter, Page
from registry.kinds import Several
from registry.paging import Answer
from registry.properties import Property
from web import explore
from web.api.answers import document
from web.api.links import HTML, JSON, Link
from web.maps import drawn
from web.maps.parts import MapParts

# Enough to tell records apart; the record's own page has all.
_COLUMNS = 6
# So many records a page draws at most, whatever the limit; the next are a link away.
MOST_ROWS = 100
# What the form of a list asks itself, and where in the list the page began.
_ASKED_ANEW = ("q", "filter", "offset", "cursor")
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
    asked: Filter,
    part: Page,
) -> Response:
    """A page of records as a map and a table, with what was asked to be changed, and as files."""
    features = [from_text(text.decode()) for text in found.texts]
    pairs, known = asked.to_args(), {field.name for field in FIELDS[collection.id]}
    # Single properties and times are asked of the API alone.
    is_shared = all(name in known for name, _ in pairs)
    on_map = is_shared and collection is PROJECTS
    return page(
        "items.html",
        document={"numberMatched": found.matched, "links": links},
        collection=collection,
        features=features,
        columns=_columns(collection, names),
        asked=pairs,
        kept=[pair for pair in request.args.items(multi=True) if pair[0] not in _ASKED_ANEW],
        takes_q="q" in known,
        downloads=explore.files(collection.id, asked, part) if is_shared else [],
        own_list=explore.address("pages.index", pairs) if on_map else "",
        map=_map(collection, collection.title, features),
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
        map=_map(collection, name, [feature]),
    )


def _map(collection: Collection, title: str, features: Sequence[Feature]) -> MapParts | None:
    """A map, where there is something to be drawn."""
    if all(feature.geometry is None for feature in features):
        return None
    return drawn.shapes_map(collection.id, title, features)


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
