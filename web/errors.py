"""From what happened to an answer: one table of statuses, a page for people, problem+json for
programs.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Flask, Response, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from geo.errors import BadTile, GeoError
from registry.errors import (
    BadFilter,
    BadToken,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RefusedFile,
    RegistryError,
    Stale,
    StoreError,
)
from web.negotiate import in_api, wants_page

_LONGEST_AGAIN, _MOST_AGAIN = 8_000, 50
"""Bytes and values of a question that is shown again to be set right."""

log = logging.getLogger("qadam")

STATUSES: dict[type[Exception], int] = {
    NotFound: 404,
    BadFilter: 400,
    BadToken: 401,
    Invalid: 422,
    RefusedFile: 422,
    Conflict: 409,
    Stale: 412,
    Forbidden: 403,
    StoreError: 503,
    RegistryError: 400,
    BadTile: 404,
    GeoError: 400,
    OperationalError: 503,
    IntegrityError: 409,
}
_TITLES = {
    400: "This cannot be answered",
    401: "Please sign in",
    403: "This is not for your role",
    404: "There is nothing here",
    405: "This address does not take that",
    406: "This cannot be answered in that form",
    409: "Somebody was faster",
    412: "Somebody was faster",
    413: "This is too large",
    415: "This is not understood",
    422: "Something is wrong with it",
    428: "Say which version you began with",
    429: "That is too often",
    500: "Something went wrong here",
    503: "The database is busy",
}
_BUSY_S = "5"
_SENTENCES = {
    400: "The request could not be understood; go back and try again.",
    404: "No page has this address; look at the map or the list of projects.",
    405: "This address does not take that kind of request; go back and use the page's own buttons.",
    409: "Somebody else stored a change at the same moment; yours was not stored, try again.",
    412: "If-Match names another version than the one that is there; read it again.",
    413: "More was sent than the server takes; send less at a time.",
    500: "Nothing was stored. Try again; if it happens again, tell whoever runs Qadam.",
    503: "Nothing was stored, because the database did not answer in time; try again in a moment.",
}


def init_app(app: Flask) -> None:
    """Answer every error of the app."""
    for kind, status in STATUSES.items():
        app.register_error_handler(kind, _answer_with(status))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _unexpected)
    app.register_error_handler(500, _unexpected)


def _answer_with(status: int):  # type: ignore[no-untyped-def]  # Flask's own type of a handler is Any
    def answer(error: Exception) -> Response:
        if isinstance(error, DBAPIError):  # its own words are SQL
            log.error("database: %s", error)
            return say(status, [_SENTENCES[status]])
        sentences = list(error.faults.values()) if isinstance(error, BadFilter) else [str(error)]
        members: dict[str, Any] = {}
        if isinstance(error, BadFilter | Invalid):
            members["errors"] = error.faults
        response = say(status, sentences, **members)
        if isinstance(error, BadToken):  # RFC 6750, section 3: no reason where no token was shown
            why = ', error="invalid_token"' if request.authorization else ""
            response.headers["WWW-Authenticate"] = f'Bearer realm="Qadam"{why}'
        return response

    return answer


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 401 and not _wants_json():
        asked = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.show", next=asked), 303)  # type: ignore[return-value]  # werkzeug's response is the one we use
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect of the router
    own = error.description if type(error).description != error.description else None
    response = say(status, [own or _SENTENCES.get(status, _SENTENCES[400])])
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    if status == 429:
        response.headers["Retry-After"] = str(getattr(error, "retry_after", None) or 1)
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error at %s", request.path, exc_info=error)
    return say(500, [_SENTENCES[500]])


def conditional(response: Response) -> Response:
    """The answer; a 304 where nothing changed, and words where `If-Match` names another version
    (RFC 9110, 13.2.2).
    """
    tag, is_weak = response.get_etag()
    asked = request.if_match
    if asked and not asked.star_tag and (is_weak or (tag or "") not in asked):
        return say(412, [_SENTENCES[412]])
    response.make_conditional({**request.environ, "HTTP_IF_MATCH": ""})
    return response


def say(status: int, sentences: Sequence[str], title: str = "", **members: Any) -> Response:
    """An error in words: a page for people, problem+json (RFC 9457) with `members` for programs."""
    title = title or _TITLES.get(status, _TITLES[400])
    later = {"Retry-After": _BUSY_S} if status == 503 else {}
    if _wants_json():
        problem = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": " ".join(sentences),
            **members,
        }
        return Response(
            orjson.dumps(problem), status, later, content_type="application/problem+json"
        )
    again = _again(members.get("errors", {}))
    page = render_template(
        "error.html", status=status, title=title, sentences=sentences, again=again
    )
    return Response(page, status, later, content_type="text/html; charset=utf-8")


def _wants_json() -> bool:
    """Programs get problem+json (RFC 9457); a browser asks for HTML and gets a page."""
    if in_api():
        return not wants_page()
    accepted = request.accept_mimetypes
    if not accepted:
        return False
    return not accepted.accept_html or accepted["application/json"] > accepted["text/html"]


@dataclass(frozen=True, slots=True)
class Again:
    """What was asked at this address: what may stay, what is wrong, and the address without it."""

    kept: list[tuple[str, str]]
    wrong: list[tuple[str, str]]
    without: str


def _again(faults: Mapping[str, Any]) -> Again | None:
    """The question of a page that somebody looked at, to be set right; None where nothing is."""
    pairs = list(request.args.items(multi=True))
    wrong = {name: ",".join(request.args.getlist(name)) for name, _ in pairs if name in faults}
    is_long = len(request.query_string) > _LONGEST_AGAIN or len(pairs) > _MOST_AGAIN
    if request.method != "GET" or not wrong or is_long:
        return None
    kept = [(name, value) for name, value in pairs if name not in faults]
    query = f"?{urlencode(kept)}" if kept else ""
    return Again(kept, list(wrong.items()), f"{request.path}{query}")
