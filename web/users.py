"""Accounts as people manage them: their own tokens and password; for administrators, all users."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from registry import accounts, tokens, users
from registry.accounts import Visitor
from registry.actors import ROLES
from registry.database.engine import reading, writing
from registry.errors import Conflict, Forbidden, Invalid, RegistryError
from web import rates
from web.account import account_page
from web.db import store
from web.visitors import signed_in

bp = Blueprint("users", __name__)
Answer = Response | tuple[str, int]


@bp.post("/account/tokens")
def create_token() -> Answer:
    """A token of one's own, shown this once."""
    by, form = signed_in(), request.form
    days = form.get("days", tokens.DAYS, type=int)
    try:
        with writing(store().accounts) as opened, opened.begin():
            user = users.load(opened, by.actor.name)
            made = tokens.create(
                opened, form.get("name", ""), form.get("role", ""), days, user=user
            )
    except (Invalid, Conflict) as error:
        return account_page(token_faults=_told(error)), 422
    return account_page(made=made), 200


@bp.post("/account/tokens/revoke")
def revoke_token() -> Answer:
    """End a token of one's own."""
    by = signed_in()
    with writing(store().accounts) as opened, opened.begin():
        user = users.load(opened, by.actor.name)
        tokens.revoke(opened, request.form.get("name", ""), user)
    return redirect(url_for("account.show", done="revoked"), 303)


@bp.post("/account/password")
def change_password() -> Answer:
    """Another password for oneself; every browser signs in anew, this one too."""
    by, form = signed_in(), request.form
    rates.spend("sign_in_as", by.actor.name)
    try:
        with reading(store().accounts) as opened:
            users.known(opened, by.actor.name, form.get("password", ""))
        rates.give_back("sign_in_as", by.actor.name)
        with writing(store().accounts) as opened, opened.begin():
            users.set_password(opened, by.actor.name, form.get("new_password", ""))
    except (Invalid, Forbidden) as error:
        return account_page(password_faults=_told(error)), 422
    return redirect(url_for("account.show", done="password"), 303)


@bp.get("/admin/users")
def show() -> str:
    """All users, for administrators."""
    _administrator()
    return _page(done=request.args.get("done"))


@bp.post("/admin/users")
def add() -> Answer:
    """Add a user with a first password."""
    _administrator()
    form = request.form
    try:
        with writing(store().accounts) as opened, opened.begin():
            name, role = form.get("name", ""), form.get("role", "")
            users.add(opened, name, role, form.get("password", ""), form.get("organisation", ""))
    except (Invalid, Conflict) as error:
        return _page(faults=_told(error), typed=form), 422
    return redirect(url_for("users.show", done="added"), 303)


@bp.post("/admin/users/<name>/<act>")
def change(name: str, act: str) -> Answer:
    """Give a user another role, organisation or password, or let them in no more or again."""
    by = _administrator()
    if act not in _ACTS:
        raise NotFound
    if users.tidy(name) == by.actor.name:
        raise Forbidden("You cannot change yourself here; ask another administrator.")
    try:
        with writing(store().accounts) as opened, opened.begin():
            _ACTS[act](opened, name)
    except Invalid as error:
        return _page(faults=_told(error)), 422
    return redirect(url_for("users.show", done=act), 303)


# What an administrator does to a user.
_ACTS: dict[str, Callable[[Session, str], Any]] = {
    "role": lambda opened, name: users.set_role(opened, name, request.form.get("role", "")),
    "organisation": lambda opened, name: users.set_organisation(
        opened, name, request.form.get("organisation", "")
    ),
    "password": lambda opened, name: users.set_password(
        opened, name, request.form.get("password", "")
    ),
    "disable": users.disable,
    "enable": users.enable,
}


def _administrator() -> Visitor:
    someone = signed_in()
    if not someone.actor.may_manage:
        raise Forbidden(f"Your role, {someone.actor.role}, may not say who signs in.")
    return someone


def _page(**said: Any) -> str:
    with reading(store().accounts) as opened:
        return render_template(
            "account/users.html",
            users=users.every(opened),
            roles=ROLES,
            local=accounts.LOCAL_ADMIN,
            **said,
        )


def _told(error: RegistryError) -> Sequence[str]:
    """Each fault of a form as a sentence."""
    if isinstance(error, Invalid):
        return [sentence for sentences in error.faults.values() for sentence in sentences]
    return [str(error)]
