"""What every answer carries against hostile pages: a strict content policy, and forms that prove
where they come from.
"""

import hmac
import secrets

from flask import Flask, Response, abort, g, request

from web.visitors import visitor

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
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# The one form that is sent before there is a session: its address is itself the secret.
_OPEN_FORMS = frozenset({"account.use_link"})


def init_app(app: Flask) -> None:
    """Guard every request and answer of the app."""
    app.before_request(_check_form)
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The nonce of this answer's own scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _check_form() -> None:
    if request.method in _READING or request.endpoint in _OPEN_FORMS:
        return
    someone = visitor()
    if someone is None:
        abort(401)
    if not hmac.compare_digest(request.form.get("csrf", ""), someone.csrf):
        abort(400, "This form is out of date; go back, reload the page and send it again.")


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
    return response
