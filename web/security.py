"""What every answer carries against hostile pages: a strict content policy, and forms that prove
where they come from.
"""

import hmac
import secrets
from collections.abc import Iterable
from itertools import chain

from flask import Flask, Response, abort, current_app, g, request
from werkzeug.datastructures import MultiDict

from web import rates
from web.negotiate import in_api
from web.visitors import cookie, program, visitor

_RULES = (
    "default-src 'none'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self' 'nonce-{nonce}'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
_POLICY = "; ".join(_RULES)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Forms that are sent before there is a session: each proves in its own way where it comes from.
_OPEN_FORMS = frozenset({"account.use_link", "account.sign_in"})


# What looks the same to everybody, and says itself how long it may be kept.
_FOR_ALL = frozenset({"static", "pages.layer", "pages.colours"})
_FORM_LIMIT = "MAX_FORM_MEMORY_SIZE"
# Forms that bring a file, of those who are signed in.
_FILE_FORMS = frozenset({"upload.receive"})
_FILE_LIMIT = "LARGEST_UPLOAD_BYTES"
_URLENCODED = "application/x-www-form-urlencoded"


def init_app(app: Flask) -> None:
    """Guard every request and answer of the app."""
    app.before_request(_check_token)
    app.before_request(_check_text)
    app.before_request(_check_form)
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The nonce of this answer's own scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _check_token() -> None:
    """Refuse a token that is not good wherever it is shown, also where all may read."""
    if in_api():
        visitor()


def _check_text() -> None:
    """Refuse zero bytes, which no database stores as text, and forms that are too long to read."""
    if request.endpoint in _FILE_FORMS and visitor() is not None:
        request.max_content_length = current_app.config[_FILE_LIMIT]
    if request.mimetype == _URLENCODED:  # Flask applies this limit to forms in parts alone
        limits = (current_app.config[name] for name in ("MAX_CONTENT_LENGTH", _FORM_LIMIT))
        request.max_content_length = min(limits)
    elif in_api():
        request.max_content_length = current_app.config["MAX_RECORD_SIZE"]
    texts = chain([request.path], *_said(request.args))
    if request.method not in _READING:
        texts = chain(texts, *_said(request.form))
    if any("\0" in text for text in texts):
        abort(400, "There is a zero byte in the request; leave it out.")


def _said(given: MultiDict[str, str]) -> Iterable[tuple[str, str]]:
    return given.items(multi=True)


def _check_form() -> None:
    if request.method in _READING or request.endpoint in _OPEN_FORMS:
        return
    if request.routing_exception is not None:
        return  # nothing is there, or it takes no such request: the router says so
    if in_api():
        # A token is no cookie: no page of another site can make a browser send it.
        rates.spend("write", program().actor.name)
        return
    someone = visitor()
    if someone is None:
        abort(401)
    if not hmac.compare_digest(request.form.get("csrf", "").encode(), someone.csrf.encode()):
        abort(400, "This form is out of date; go back, reload the page and send it again.")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
    if request.endpoint not in _FOR_ALL:
        # A browser that signed out must not show drafts when one goes back.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if cookie():
            response.headers["Cache-Control"] = "private, no-store"
        response.vary.add("Cookie")
    return response
