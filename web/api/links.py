"""Links between the addresses of the API, all absolute."""

from urllib.parse import urlencode

from flask import request, url_for

from registry.filters import Page

Link = dict[str, str]
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
_OGC = "http://www.opengis.net/def/rel/ogc/1.0"
QUERYABLES_REL, SCHEMA_REL = f"{_OGC}/queryables", f"{_OGC}/schema"
_TURNED = {"next": "The next page", "prev": "The page before"}


def address(endpoint: str, *pairs: tuple[str, str], **values: str) -> str:
    """An absolute address of the API with parameters."""
    url = url_for(f"api.{endpoint}", _external=True, **values)
    return f"{url}?{urlencode(pairs, safe=',:/')}" if pairs else url


def link(href: str, rel: str, media_type: str, title: str) -> Link:
    """One link as the standard writes it."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def kept_pairs(*without: str) -> list[tuple[str, str]]:
    """The parameters of this request but those, for links that stay with the question."""
    return [pair for pair in request.args.items(multi=True) if pair[0] not in without]


def self_links(form: str, media_type: str = JSON) -> list[Link]:
    """This document, and the same in the other form, with all its parameters."""
    of_form = {"json": media_type, "html": HTML}
    endpoint = (request.endpoint or "").removeprefix("api.")
    pairs = kept_pairs("f")
    links = []
    for each in sorted(of_form, key=lambda one: one != form):
        rel = "self" if each == form else "alternate"
        href = address(endpoint, *pairs, ("f", each), **(request.view_args or {}))
        links.append(link(href, rel, of_form[each], f"This document as {each.upper()}"))
    return links


def paging_links(collection_id: str, page: Page, matched: int, media_type: str) -> list[Link]:
    """The next and the previous page of items: the only place that says how pages are turned."""
    limit, offset = page.limit or 0, page.offset
    turned = {}
    if offset + limit < matched:
        turned["next"] = offset + limit
    if offset > 0:
        turned["prev"] = max(0, offset - limit)
    links = []
    for rel, at in turned.items():
        pairs = [*kept_pairs("offset"), *([("offset", str(at))] if at else [])]
        href = address("items", *pairs, collection_id=collection_id)
        links.append(link(href, rel, media_type, _TURNED[rel]))
    return links
