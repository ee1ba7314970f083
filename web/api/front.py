"""The reads that programs ask most, answered before Flask, which takes longer over them than the
database: a page of items, one item, as GeoJSON for the public. All else is left to Flask, also what
is wrong with a request; where both would answer, they say the same.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.http import parse_etags, unquote_etag

from geo.crs import CRS84
from registry import paging, tally
from registry.collections import Collection, find_collection
from registry.database.store import Store
from registry.errors import RegistryError
from registry.filters import CURSOR, Filter, Page
from registry.kept import KeptSessions
from web.api.answers import (
    ENCODINGS,
    READ_BY_OTHERS,
    VARY,
    encoding_for,
    feature,
    feature_collection,
    page_tag,
    record_tag,
)
from web.api.links import GEOJSON, JSON, Link, document_links, link, paging_links
from web.api.question import DEFAULT_LIMIT
from web.negotiate import API_ROOT
from web.security import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Pairs = list[tuple[str, str]]

_ROOT = f"{API_ROOT}/collections/"
# With any of these an answer hangs on more than its address.
_TOLD = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_IF_MATCH")
_ACCEPTED = frozenset({"", "*/*", GEOJSON, "application/json", f"{GEOJSON}, application/json"})
_LONGEST_QUERY = 2_000
_HEADERS = [
    *HEADERS.items(),
    *READ_BY_OTHERS.items(),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Content-Crs", f"<{CRS84.uri}>"),
    ("Cache-Control", "public, no-cache"),
    ("Vary", ", ".join((*VARY, "Cookie"))),
]


class Front:
    """A WSGI application before another."""

    def __init__(self, app: "WSGIApplication", store: Store) -> None:
        self._app = app
        self._sessions = KeptSessions(store.records)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer, or hand on."""
        found = self._answer(environ) if self._is_plain(environ) else None
        if found is None:
            return self._app(environ, start)
        body, tag = found
        encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""), len(body))
        if encoding and not tag.startswith("W/"):  # a strong tag names these very bytes
            tag = f'{tag[:-1]}-{encoding}"'
        if _has(environ, tag):
            start("304 NOT MODIFIED", [*_HEADERS, ("ETag", tag)])
            return []
        headers = [("Content-Type", GEOJSON), ("ETag", tag)]
        if encoding:
            body = ENCODINGS[encoding](body)
            headers.append(("Content-Encoding", encoding))
        start("200 OK", [*_HEADERS, *headers, ("Content-Length", str(len(body)))])
        return [body]

    def _is_plain(self, environ: "WSGIEnvironment") -> bool:
        return (
            environ["REQUEST_METHOD"] == "GET"
            and environ.get("PATH_INFO", "").startswith(_ROOT)
            and not environ.get("SCRIPT_NAME")
            and not any(map(environ.get, _TOLD))
            and environ.get("HTTP_ACCEPT", "") in _ACCEPTED
            and len(environ.get("QUERY_STRING", "")) <= _LONGEST_QUERY
            and "HTTP_HOST" in environ
        )

    def _answer(self, environ: "WSGIEnvironment") -> tuple[bytes, str] | None:
        name, _, rest = environ["PATH_INFO"][len(_ROOT) :].partition("/")
        items, _, ref = rest.partition("/")
        if items != "items" or "/" in ref or (rest != "items" and not ref):
            return None
        try:
            with self._sessions.reading() as session:
                return _found(session, environ, name, ref)
        except DBAPIError:
            return None


def _has(environ: "WSGIEnvironment", tag: str) -> bool:
    """Whether the one who asks has what the tag names."""
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    return bool(known) and parse_etags(known).contains_weak(unquote_etag(tag)[0])


def _found(
    session: Session, environ: "WSGIEnvironment", name: str, ref: str
) -> tuple[bytes, str] | None:
    """A body and its tag; no bytes where the tag is known and they are not read."""
    base = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{_ROOT}"
    try:
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True, errors="strict")
        if any("\0" in text for _, text in pairs):
            return None
        collection = find_collection(name)
        if ref:
            return _item(session, collection, ref, pairs, base)
        return _items(session, environ, collection, pairs, base)
    except (RegistryError, UnicodeError, ValueError):
        return None  # Flask meets the same, and has the words for it


def _items(
    session: Session, environ: "WSGIEnvironment", collection: Collection, pairs: Pairs, base: str
) -> tuple[bytes, str] | None:
    args: dict[str, list[str]] = {}
    for name, text in pairs:
        args.setdefault(name, []).append(text)
    # Links say a parameter's values side by side, as Flask tells them.
    pairs = [(name, text) for name, texts in args.items() for text in texts]
    if args.pop("f", ["json"]) != ["json"]:
        return None
    asked = Filter.parse(args, collection, (CURSOR,))
    page = Page.parse(args, collection, DEFAULT_LIMIT)
    if not paging.is_quick(collection, asked, page):
        return None
    query = environ.get("QUERY_STRING", "")
    if environ.get("HTTP_IF_NONE_MATCH"):
        tag = _page_tag(tally.stamp(session), query)
        if _has(environ, tag):
            return b"", tag
    answer = paging.answer(session, collection, asked, page, public_only=True)
    here = f"{base}{collection.id}/items"
    links = [
        *document_links(here, _but_form(pairs), "json", GEOJSON),
        *paging_links(here, pairs, answer, GEOJSON),
        _up_link(base, collection),
    ]
    body = feature_collection(answer.texts, answer.matched, links)
    return body, _page_tag(answer.stamp, query)


def _page_tag(stamp: str, query: str) -> str:
    return f'W/"{page_tag(stamp, query, public_only=True)}"'


def _item(
    session: Session, collection: Collection, ref: str, pairs: Pairs, base: str
) -> tuple[bytes, str] | None:
    if pairs not in ([], [("f", "json")]):
        return None
    text = paging.text_of(session, collection, ref, public_only=True)
    here = f"{base}{collection.id}/items/{ref}"
    links = [*document_links(here, [], "json", GEOJSON), _up_link(base, collection)]
    return feature(text, links), f'"{record_tag(text)}"'


def _but_form(pairs: Pairs) -> Pairs:
    return [pair for pair in pairs if pair[0] != "f"]


def _up_link(base: str, collection: Collection) -> Link:
    return link(f"{base}{collection.id}?f=json", "collection", JSON, collection.title)
