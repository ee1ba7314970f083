"""Who sits at the browser."""

from typing import Any

from flask import g, request, url_for
from werkzeug.exceptions import Unauthorized

from registry import accounts
from registry.accounts import Visitor
from registry.database.engine import reading
from registry.errors import Forbidden
from web.db import store

COOKIE = "qadam"


def visitor() -> Visitor | None:
    """Who is signed in; None for the public."""
    if "visitor" not in g:
        g.visitor = _find()
    found: Visitor | None = g.visitor
    return found


def public_only() -> bool:
    """Whether only public records may be shown."""
    return visitor() is None


def writer() -> Visitor:
    """Who is signed in and may write; sends others to sign in, or says what their role lacks."""
    someone = visitor()
    if someone is None:
        raise Unauthorized
    if not someone.actor.may_write:
        raise Forbidden(
            f"Your role, {someone.actor.role}, may read but not change records; ask an "
            "administrator."
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
    if not cookie():
        return None
    with reading(store().accounts) as opened:
        return accounts.visitor(opened, cookie())
