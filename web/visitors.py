"""Who asks: at a browser by its cookie, under /api by a program's token too."""

from typing import Any

from flask import g, request, url_for
from werkzeug.exceptions import Unauthorized

from registry import accounts, tokens
from registry.accounts import Visitor
from registry.database.engine import reading, writing
from registry.errors import BadToken, Forbidden
from web import rates
from web.db import store
from web.negotiate import in_api

COOKIE = "qadam"


def visitor() -> Visitor | None:
    """Who asks; None for the public. Raises BadToken, once, where a token is not good."""
    if "visitor" not in g:
        g.visitor = None
        g.visitor = _find()
    found: Visitor | None = g.visitor
    return found


def public_only() -> bool:
    """Whether only public records may be shown."""
    return visitor() is None


def signed_in() -> Visitor:
    """Who is signed in; sends others to sign in."""
    someone = visitor()
    if someone is None:
        raise Unauthorized
    return someone


def writer() -> Visitor:
    """Who is signed in and may write; sends others to sign in, or says what their role lacks."""
    someone = signed_in()
    if not someone.actor.may_write:
        raise Forbidden(
            f"Your role, {someone.actor.role}, may read but not change records; ask an "
            "administrator."
        )
    return someone


def program() -> Visitor:
    """Who writes under /api: by a token alone.

    A browser sends its cookie along with what another site made it send; a token it does not.
    Raises BadToken without one, Forbidden where its role may only read.
    """
    someone = visitor() if request.authorization else None
    if someone is None:
        rates.spend("refused_token", rates.address())
        raise BadToken("Writing needs the header Authorization: Bearer and a token.")
    if not someone.actor.may_write:
        rates.spend("refused_token", rates.address())
        raise Forbidden(
            f"The role of this token, {someone.actor.role}, may read but not change records; use "
            "one of a planner."
        )
    return someone


def cookie() -> str:
    """The cookie that the browser sent, or nothing."""
    return request.cookies.get(COOKIE, "")


def template_values() -> dict[str, Any]:
    """What every template may show of the visitor."""
    someone = visitor()
    return {
        "visitor": someone,
        "csrf": someone.csrf if someone else "",
        "sign_in_url": url_for("account.show"),
    }


def _find() -> Visitor | None:
    if in_api() and request.authorization is not None:
        return _by_token()
    if not cookie():
        return None
    with reading(store().accounts) as opened:
        return accounts.visitor(opened, cookie())


def _by_token() -> Visitor:
    said = request.authorization
    try:
        if said is None or said.type != "bearer" or not said.token:
            raise BadToken("The header Authorization takes Bearer and a token here.")
        with reading(store().accounts) as opened:
            token = tokens.holder(opened, said.token)
            found, is_fresh, key = tokens.actor(token), tokens.is_fresh(token), token.id
    except BadToken:
        rates.spend("refused_token", rates.address())
        raise
    if not is_fresh:
        with writing(store().accounts) as opened, opened.begin():
            tokens.note_use(opened, key)
    return Visitor(found)
