"""What every answer of the API carries: a tag to ask again with, its length cut, open to pages of
other origins.
"""

import gzip
import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import orjson
import zstandard
from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from registry.clock import now
from registry.database.types import moment_text
from web.api.links import JSON, Link
from web.errors import conditional
from web.negotiate import in_api
from web.visitors import visitor

# Shorter answers fit into one packet as they are.
LEAST_BYTES = 1_000
READ_BY_OTHERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Crs, ETag, Link, Location",
}
VARY = ("Accept", "Accept-Encoding", "Authorization")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
# Of two that a client likes equally, the first.
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
}


def document(value: Any, media_type: str = JSON) -> Response:
    """A JSON document."""
    body = orjson.dumps(value)
    return tagged(Response(body, content_type=media_type), weak_tag(body), weak=True)


def weak_tag(*parts: bytes) -> str:
    """A tag that follows from what an answer holds."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def record_tag(text: str | bytes) -> str:
    """The tag of a record: the same as long as its stored text is."""
    return weak_tag(text if isinstance(text, bytes) else text.encode())


def page_tag(stamp: str, query: str, *, public_only: bool) -> str:
    """The tag of a page of items: the same until a record changes. It costs no look at the page."""
    return weak_tag(f"{stamp} {public_only} {query}".encode())


def feature_collection(texts: Sequence[bytes], matched: int, links: Sequence[Link]) -> bytes:
    """Stored texts as one document; no feature is taken apart."""
    tail = {
        "numberMatched": matched,
        "numberReturned": len(texts),
        "links": links,
        "timeStamp": moment_text(now()),
    }
    head = b'{"type":"FeatureCollection","features":['
    return b"".join((head, b",".join(texts), b"],", orjson.dumps(tail)[1:]))


def feature(text: bytes, links: Sequence[Link]) -> bytes:
    """A stored text with its links."""
    return b'%b,"links":%b}' % (text[:-1], orjson.dumps(links))


def tagged(response: Response, tag: str, *, weak: bool = False) -> Response:
    """The answer with its tag."""
    response.set_etag(tag, weak=weak)
    return response


def finish(response: Response) -> Response:
    """The headers of the API on any answer of it, a 304 where nothing changed, fewer bytes."""
    if not in_api():
        return response
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response = _packed(response)
    response.headers.update(READ_BY_OTHERS)
    if request.method == "OPTIONS":
        response.headers.update(_PREFLIGHT)
        return response
    response.vary.update(VARY)
    if visitor() is None:
        response.headers.setdefault("Cache-Control", "public, no-cache")
    return response


def _packed(response: Response) -> Response:
    encoding = _encoding(response)
    tag, is_weak = response.get_etag()
    if tag is not None:
        # A strong tag names these very bytes.
        response.set_etag(f"{tag}-{encoding}" if encoding and not is_weak else tag, bool(is_weak))
        response = conditional(response)
    if encoding and response.status_code == 200:
        response.set_data(ENCODINGS[encoding](response.get_data()))
        response.content_encoding = encoding
    return response


def _encoding(response: Response) -> str | None:
    if response.content_encoding:
        return None
    return encoding_for(request.headers.get("Accept-Encoding", ""), len(response.get_data()))


def encoding_for(accepted: str, size_bytes: int) -> str | None:
    """How an answer of a size is packed for who sends this Accept-Encoding; None: not at all."""
    return _best_encoding(accepted) if accepted and size_bytes >= LEAST_BYTES else None


@lru_cache(maxsize=128)  # programs all send the same few
def _best_encoding(accepted: str) -> str | None:
    quality = parse_accept_header(accepted, Accept).quality
    wanted = max(ENCODINGS, key=quality)
    return wanted if quality(wanted) > 0 else None
