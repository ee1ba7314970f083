"""Users: adding them, their roles and passwords, and letting them go."""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import accounts, passwords
from registry.accounts import LOCAL_ADMIN, Token, User
from registry.actors import NAMES_IN_USE, ROLES
from registry.clock import now
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.kinds import Choice, Text, shown

_NAME = re.compile(r"\w[\w.@+-]{0,63}")
_ORGANISATION = Text(300)
_ROLE = Choice(ROLES)
_NO_NAME = (
    "{} cannot be a user's name: it takes letters, digits and . @ + - _, at most 64, and none "
    "of {}."
)
_WRONG = "The name or the password is wrong."


def add(
    session: Session, name: str, role: str, password: str | None, organisation: str = ""
) -> User:
    """A new user; without a password they cannot sign in yet. Raises Invalid, Conflict."""
    name = tidy(name)
    faults: dict[str, list[str]] = {}
    if not _NAME.fullmatch(name) or name in NAMES_IN_USE:
        faults["name"] = [_NO_NAME.format(shown(name), ", ".join(sorted(NAMES_IN_USE)))]
    wrong = passwords.fault(password, name) if password is not None else None
    if wrong:
        faults["password"] = [wrong]
    try:
        role = _ROLE.read(role) or "viewer"
    except ValueError as error:
        faults["role"] = [f"A role {error}."]
    try:
        works_for = _ORGANISATION.read(organisation)
    except ValueError as error:
        faults["organisation"] = [f"The organisation {error}."]
    if faults:
        raise Invalid(faults)
    for held in (User, Token):
        if session.scalar(select(held.id).where(held.name == name)):
            raise Conflict(f"There is a user or token {shown(name)} already; choose another name.")
    kept = None if password is None else passwords.hashed(password)
    user = User(name=name, role=role, created_at=now(), password_hash=kept, organisation=works_for)
    session.add(user)
    session.flush()
    return user


def every(session: Session) -> Sequence[User]:
    """All users by name, those too who may no longer sign in."""
    return session.scalars(select(User).order_by(User.name)).all()


def load(session: Session, name: str) -> User:
    """The user of that name; raises NotFound."""
    user = session.scalar(select(User).where(User.name == tidy(name)))
    if user is None:
        raise NotFound(f"There is no user {shown(name)}.")
    return user


def set_role(session: Session, name: str, role: str) -> User:
    """Give a user another role, from their next request on."""
    user = _changeable(session, name)
    try:
        user.role = _ROLE.read(role) or user.role
    except ValueError as error:
        raise Invalid({"role": [f"A role {error}."]}) from error
    session.flush()
    return user


def set_organisation(session: Session, name: str, organisation: str) -> User:
    """Say whom a user works for; nothing for nobody. Raises Invalid."""
    user = load(session, name)
    try:
        user.organisation = _ORGANISATION.read(organisation)
    except ValueError as error:
        raise Invalid({"organisation": [f"The organisation {error}."]}) from error
    session.flush()
    return user


def disable(session: Session, name: str) -> User:
    """Let a user sign in no more; ends their sessions, and their tokens say so."""
    user = _changeable(session, name)
    user.disabled_at = user.disabled_at or now()
    accounts.end_all(session, user)
    session.flush()
    return user


def enable(session: Session, name: str) -> User:
    """Let a user sign in again."""
    user = load(session, name)
    user.disabled_at = None
    session.flush()
    return user


def set_password(session: Session, name: str, password: str) -> User:
    """Give a user another password; every browser must sign in anew. Raises Invalid."""
    user = load(session, name)
    wrong = passwords.fault(password, user.name)
    if wrong:
        raise Invalid({"password": [wrong]})
    user.password_hash = passwords.hashed(password)
    accounts.end_all(session, user)
    session.flush()
    return user


def known(session: Session, name: str, password: str) -> User:
    """Who signs in with a name and a password.

    Raises Forbidden, in the same words and after the same work whether the name is unknown, may
    not sign in, or the password is wrong.
    """
    user = session.scalar(select(User).where(User.name == tidy(name)))
    may = user is not None and user.disabled_at is None
    is_right = passwords.is_right(password, user.password_hash if user and may else None)
    if user is None or not is_right:
        raise Forbidden(_WRONG)
    return user


def sign_in(session: Session, user: User) -> str:
    """Remember the browser of a user who was `known` a moment ago; gives the cookie's token."""
    now_it_is = session.get(User, user.id)
    if now_it_is is None or (now_it_is.password_hash, now_it_is.disabled_at) != (
        user.password_hash,
        None,
    ):
        raise Forbidden(_WRONG)  # changed while the password was being looked at
    return accounts.begin(session, now_it_is)


def tidy(name: str) -> str:
    """One writing of a name that can be typed in several: small letters, NFKC."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _changeable(session: Session, name: str) -> User:
    user = load(session, name)
    if user.name == LOCAL_ADMIN:
        raise Forbidden(
            f"“{LOCAL_ADMIN}” is whoever starts Qadam on this machine, and stays its administrator."
        )
    return user
