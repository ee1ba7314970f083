"""Links between the addresses of the API, all absolute."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for

from registry.filters import Page

Pairs = Sequence[tuple[str, str]]
Link = dict[str, str]
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMA_REL = "http://www.opengis.net/def/rel/ogc/1.0/schema"


def address(endpoint: str, pairs: Pairs = (), **values: str) -> str:
    """An absolute address of the API with parameters."""
    url = url_for(f"api.{endpoint}", _external=True, **values)
    return f"{url}?{urlencode(pairs, safe=',:/')}" if pairs else url


def link(href: str, rel: str, media_type: str, title: str) -> Link:
    """One link as the standard writes it."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def self_links(endpoint: str, form: str, media_type: str = JSON, **values: str) -> list[Link]:
    """This document, and the same in the other form, with all its parameters."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != "f"]
    forms = {"json": (media_type, "JSON"), "html": (HTML, "HTML")}
    return [
        link(
            address(endpoint, [*pairs, ("f", each)], **values),
            "self" if each == form else "alternate",
            of_type,
            f"This document as {name}",
        )
        for each, (of_type, name) in sorted(forms.items(), key=lambda one: one[0] != form)
    ]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of an answer this is: `page` as asked, of `matched` records."""

    page: Page
    matched: int

    def pairs(self) -> list[tuple[str, Pairs]]:
        """Relation and parameters of the pages after and before this one."""
        limit, offset = self.page.limit or 0, self.page.offset
        turned = []
        if offset + limit < self.matched:
            turned.append(("next", self._at(offset + limit)))
        if offset > 0:
            turned.append(("prev", self._at(max(0, offset - limit))))
        return turned

    def _at(self, offset: int) -> Pairs:
        kept = [pair for pair in request.args.items(multi=True) if pair[0] != "offset"]
        return [*kept, ("offset", str(offset))] if offset else kept


def paging_links(collection_id: str, paging: Paging, media_type: str) -> list[Link]:
    """The next and the previous page of items."""
    titles = {"next": "The next page", "prev": "The previous page"}
    return [
        link(address("items", pairs, collection_id=collection_id), rel, media_type, titles[rel])
        for rel, pairs in paging.pairs()
    ]
