"""Signing in by a password or a one-time link, and out again."""

from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from registry import accounts, tokens, users
from registry.accounts import SESSION_LIFE
from registry.actors import RANK, ROLES
from registry.database.engine import reading, writing
from registry.errors import Forbidden
from web import rates
from web.db import store
from web.visitors import COOKIE, cookie, visitor

bp = Blueprint("account", __name__)

# Where to go on after signing in; the one-time link is opened in between and knows nothing of it.
NEXT_COOKIE = "qadam_next"
_NEXT_LIFE_S = 1800


@bp.get("/account")
def show() -> Response:
    """Who is signed in and what they hold, or how to sign in."""
    wanted = _own_page(request.args.get("next", ""))
    page = make_response(account_page(next=wanted, done=request.args.get("done")))
    if wanted and visitor() is None:
        _remember(page, NEXT_COOKIE, wanted, _NEXT_LIFE_S)
    return page


@bp.get("/sign-in")
def ask() -> Response:
    """The form that asks for a name and a password."""
    return show()


@bp.post("/sign-in")
def sign_in() -> AnyResponse | tuple[str, int]:
    """Sign in with a name and a password; tries are counted, those that went well are not."""
    if urlsplit(request.headers.get("Origin", request.host_url)).netloc != request.host:
        abort(400, "This form was sent by another site; sign in on Qadam's own page.")
    name, password = request.form.get("name", ""), request.form.get("password", "")
    tried = (("sign_in_from", rates.address()), ("sign_in_as", users.tidy(name)[:100]))
    for rate, key in tried:
        rates.spend(rate, key)
    try:
        with reading(store().accounts) as opened:
            user = users.known(opened, name, password)
        with writing(store().accounts) as opened, opened.begin():
            value = users.sign_in(opened, user)
    except Forbidden as error:
        return account_page(name=name, fault=str(error)), 403
    for rate, key in tried:
        rates.give_back(rate, key)
    return _signed_in(value)


@bp.get("/sign-in/<token>")
def open_link(token: str) -> tuple[str, int]:
    """The page that a one-time link opens; looking at it does not use the link up."""
    with reading(store().accounts) as opened:
        good = accounts.link_is_good(opened, token)
    return render_template("account/sign_in.html", token=token, good=good), 200 if good else 410


@bp.post("/sign-in/<token>")
def use_link(token: str) -> AnyResponse:
    """Use the link up and remember the browser."""
    with writing(store().accounts) as opened, opened.begin():
        value = accounts.sign_in(opened, token)
    return _signed_in(value)


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    """Forget this browser."""
    with writing(store().accounts) as opened, opened.begin():
        accounts.sign_out(opened, cookie())
    response = redirect(url_for("pages.index"), 303)
    response.delete_cookie(COOKIE)
    return response


@bp.get("/healthz")
def healthz() -> Response:
    """Whether the server answers and reaches its records."""
    with store().reading() as opened:
        opened.connection().exec_driver_sql("SELECT 1")
    return Response("ok\n", content_type="text/plain")


def account_page(**said: Any) -> str:
    """The page of whoever is signed in, with their tokens; of nobody, the form to sign in."""
    someone = visitor()
    if someone is None:
        return render_template("account/show.html", **said)
    with reading(store().accounts) as opened:
        user = users.load(opened, someone.actor.name)
        held = [(token, tokens.state(token)) for token in tokens.every(opened, user)]
        return render_template(
            "account/show.html",
            user=user,
            held=held,
            roles=ROLES[: RANK[user.role] + 1],
            days=(tokens.DAYS, tokens.MOST_DAYS),
            **said,
        )


def _signed_in(value: str) -> AnyResponse:
    """Remember the browser and go on to the page that was wanted."""
    wanted = _own_page(request.cookies.get(NEXT_COOKIE, ""))
    response = redirect(wanted or url_for("pages.index"), 303)
    _remember(response, COOKIE, value, int(SESSION_LIFE.total_seconds()))
    response.delete_cookie(NEXT_COOKIE)
    return response


def _remember(response: AnyResponse, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads and no other site's form sends."""
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure
    )


def _own_page(wanted: str) -> str:
    """An address if it is one of our own, else nothing.

    Browsers read a backslash as a slash and skip control characters, so neither may stand in it.
    """
    if not wanted.startswith("/") or not wanted.isprintable() or "\\" in wanted:
        return ""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    return "" if wanted.startswith("//") or parts.scheme or parts.netloc else wanted
