"""Links between the addresses of the API, all absolute."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import request, url_for

from registry.paging import Answer

Link = dict[str, str]
Pairs = Sequence[tuple[str, str]]
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
_OGC = "http://www.opengis.net/def/rel/ogc/1.0"
QUERYABLES_REL, SCHEMA_REL = f"{_OGC}/queryables", f"{_OGC}/schema"
TILESETS_REL = f"{_OGC}/tilesets-vector"
_TURNED = {"next": "The next page", "prev": "The page before"}


def address(endpoint: str, *pairs: tuple[str, str], **values: str) -> str:
    """An absolute address of the API with parameters."""
    url = url_for(f"api.{endpoint}", _external=True, **values)
    return with_pairs(url, pairs)


def link(href: str, rel: str, media_type: str, title: str) -> Link:
    """One link as the standard writes it."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def kept_pairs(*without: str) -> list[tuple[str, str]]:
    """The parameters of this request but those, for links that stay with the question."""
    return [pair for pair in request.args.items(multi=True) if pair[0] not in without]


def self_links(form: str, media_type: str = JSON) -> list[Link]:
    """This document, and the same in the other form, with all its parameters."""
    endpoint = (request.endpoint or "").removeprefix("api.")
    to = address(endpoint, **(request.view_args or {}))
    return document_links(to, kept_pairs("f"), form, media_type)


def document_links(to: str, pairs: Pairs, form: str, media_type: str) -> list[Link]:
    """The document at an address, in its form and in the other."""
    of_form = {"json": media_type, "html": HTML}
    other = "html" if form == "json" else "json"
    asked = with_pairs(to, pairs) + ("&" if pairs else "?")
    return [
        link(f"{asked}f={each}", rel, of_form[each], f"This document as {each.upper()}")
        for each, rel in ((form, "self"), (other, "alternate"))
    ]


def paging_links(to: str, pairs: Pairs, answer: Answer, media_type: str) -> list[Link]:
    """The next and the previous page of items: the only place that says how pages are turned."""
    kept = [pair for pair in pairs if pair[0] not in ("offset", "cursor")]
    asked, joined = with_pairs(to, kept), "&" if kept else "?"
    links = []
    for rel, cursor in (("next", answer.next), ("prev", answer.prev)):
        if cursor is not None:
            text = str(cursor)
            href = f"{asked}{joined}cursor={text}" if text else asked
            links.append(link(href, rel, media_type, _TURNED[rel]))
    return links


def with_pairs(to: str, pairs: Pairs) -> str:
    """An address with parameters."""
    return f"{to}?{urlencode(pairs, safe=',:/')}" if pairs else to
