"""Tokens: what a program shows to read what is not public, and to write."""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts import Token, User, digest
from registry.actors import NAMES_IN_USE, RANK, ROLES, Actor
from registry.clock import now
from registry.errors import BadToken, Conflict, Invalid, NotFound
from registry.kinds import Choice, shown

PREFIX = "qadam_"
"""How each begins, so that a search for leaked secrets finds it."""

DAYS = 90
MOST_DAYS = 3650
# How exactly the last use is known: a token that reads all day shall not write all day.
USE_GRAIN = timedelta(minutes=5)
_NAME = re.compile(r"\w[\w.@+-]{0,31}")
_ROLE = Choice(ROLES)
_NO_NAME = (
    "{} cannot be a token's name: it takes letters, digits and . @ + - _, at most 32, and none "
    "of {}."
)
_WHY_NOT = {
    "revoked": "This token was revoked; make a new one.",
    "expired": "This token expired on {:%Y-%m-%d}; make a new one.",
    "disabled": "The user of this token may no longer sign in; ask an administrator.",
}


def create(
    session: Session, name: str, role: str, days: int = DAYS, *, user: User | None = None
) -> str:
    """A new token, told this once; raises Invalid, and Conflict for a name that was used before.

    A user's own is named after them (`aigerim/qgis`) and can do no more than they can.
    """
    faults = _faults(name, role, days, user)
    if faults:
        raise Invalid(faults)
    full = f"{user.name}/{name}" if user else name
    for held in (Token, User):
        if session.scalar(select(held.id).where(held.name == full)):
            raise Conflict(
                f"There is or was a token or user {shown(full)}, whom histories name; choose "
                "another name."
            )
    token = PREFIX + secrets.token_urlsafe(32)
    at = now()
    session.add(
        Token(
            token_hash=digest(token),
            name=full,
            role=_ROLE.read(role) or "viewer",
            user_id=user.id if user else None,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
    )
    session.flush()
    return token


def _faults(name: str, role: str, days: int, user: User | None) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if not _NAME.fullmatch(name) or name in NAMES_IN_USE:
        faults["name"] = [_NO_NAME.format(shown(name), ", ".join(sorted(NAMES_IN_USE)))]
    if not 1 <= days <= MOST_DAYS:
        faults["days"] = [f"A token lives 1 to {MOST_DAYS:,} days; got {days}."]
    try:
        asked = _ROLE.read(role) or "viewer"
    except ValueError as error:
        faults["role"] = [f"A role {error}."]
    else:
        if user is not None and RANK[asked] > RANK[user.role]:
            faults["role"] = [f"You are {user.role}, so your token cannot be {asked}."]
    return faults


def every(session: Session, user: User | None = None) -> Sequence[Token]:
    """All tokens by name, or those of one user."""
    asked = select(Token).order_by(Token.name)
    if user is not None:
        asked = asked.where(Token.user_id == user.id)
    return session.scalars(asked).all()


def revoke(session: Session, name: str, user: User | None = None) -> Token:
    """End a token for good; raises NotFound, also for one that is not that user's."""
    found = next((token for token in every(session, user) if token.name == name), None)
    if found is None:
        raise NotFound(f"There is no token {shown(name)}.")
    found.revoked_at = found.revoked_at or now()
    session.flush()
    return found


def holder(session: Session, token: str) -> Token:
    """The token that a program showed; raises BadToken with the reason where it is not good."""
    found = session.scalar(select(Token).where(Token.token_hash == digest(token)))
    if found is None:
        raise BadToken("This token is unknown; make one on your account page.")
    if state(found):
        raise BadToken(_WHY_NOT[state(found)].format(found.expires_at))
    return found


def state(token: Token) -> str:
    """Why a token is not good: revoked, expired, its user disabled; nothing where it is."""
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= now():
        return "expired"
    return "disabled" if token.user and token.user.disabled_at else ""


def actor(token: Token) -> Actor:
    """Who a token is in the history; a user's own never may more than the user now may."""
    if token.user is None:
        return Actor(token.name, token.role)
    role = min(token.role, token.user.role, key=RANK.__getitem__)
    return Actor(token.name, role, token.user.organisation)


def is_fresh(token: Token) -> bool:
    """Whether its last use is known exactly enough."""
    return token.last_used_at is not None and now() - token.last_used_at < USE_GRAIN


def note_use(session: Session, token_id: int) -> None:
    """Remember that a token was used now."""
    token = session.get(Token, token_id)
    if token is not None:
        token.last_used_at = now()
        session.flush()
