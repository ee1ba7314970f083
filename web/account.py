"""Signing in by a one-time link, and out again."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from registry import accounts
from registry.accounts import SESSION_LIFE
from registry.database.engine import reading, writing
from web.db import store
from web.visitors import COOKIE, cookie

bp = Blueprint("account", __name__)


@bp.get("/account")
def show() -> str:
    """Who is signed in, or how to sign in."""
    return render_template("account/show.html", next=_next_page())


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
    response = redirect(url_for("pages.index"), 303)
    response.set_cookie(
        COOKIE,
        value,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


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


def _next_page() -> str:
    """Where to go on after signing in: only an address of our own."""
    wanted = request.args.get("next", "")
    return wanted if wanted.startswith("/") and not wanted.startswith("//") else ""
