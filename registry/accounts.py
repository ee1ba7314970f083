"""Who may sign in: users, one-time links, sessions, tokens. Kept apart from the records that GIS
tools open.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, MetaData, String, Text, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from registry.actors import Actor
from registry.clock import now
from registry.database.base import Base as RecordsBase
from registry.database.types import UtcDateTime
from registry.errors import Forbidden

LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=14)
LOCAL_ADMIN = "local"


class AccountsBase(DeclarativeBase):
    """The tables of the accounts."""

    metadata = MetaData(naming_convention=RecordsBase.metadata.naming_convention)
    type_annotation_map = {datetime: UtcDateTime}


class User(AccountsBase):
    """Somebody who may sign in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    # Argon2id with its own parameters; who has none signs in by a link alone.
    password_hash: Mapped[str | None] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)
    disabled_at: Mapped[datetime | None]

    @property
    def actor(self) -> Actor:
        """Who this is in the history, and what they may do."""
        return Actor(self.name, self.role, self.organisation)


class SignInLink(AccountsBase):
    """A link that signs in once; only the hash of its token is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class SignedIn(AccountsBase):
    """A browser that is signed in; only the hash of its cookie is kept."""

    __tablename__ = "signed_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Token(AccountsBase):
    """What a program shows instead of a password; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    # Whose it is; nobody's where it was made at the keyboard.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(lazy="joined")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: at a browser, with the token that its forms must carry, or by a program's token."""

    actor: Actor
    csrf: str = ""


def make_link(session: Session, name: str = LOCAL_ADMIN, role: str = "admin") -> str:
    """The token of a new one-time link for a user, who is made where missing.

    Links of that user that were never used stop working.
    """
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        user = User(name=name, role=role, created_at=now())
        session.add(user)
        session.flush()
    session.execute(delete(SignInLink).where(SignInLink.user_id == user.id))
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_hash=digest(token), user_id=user.id, expires_at=now() + LINK_LIFE))
    session.flush()
    return token


def link_is_good(session: Session, token: str) -> bool:
    """Whether a link would sign in now; looking does not use it up."""
    return _good_link(session, token) is not None


def sign_in(session: Session, token: str) -> str:
    """Use a link up; gives the cookie's token. Raises Forbidden for a link that is not good."""
    link = _good_link(session, token)
    # One statement decides who uses it: of two at once, one deletes the row and the other none.
    used = (
        link
        and session.execute(
            delete(SignInLink).where(SignInLink.id == link.id).returning(SignInLink.id)
        ).first()
    )
    if link is None or not used:
        raise Forbidden(
            "This sign-in link was used already or is older than 10 minutes; start Qadam "
            "again for a new one."
        )
    return begin(session, link.user)


def begin(session: Session, user: User) -> str:
    """Remember a browser in which a user signed in; gives the cookie's token."""
    cookie = secrets.token_urlsafe(32)
    session.add(
        SignedIn(token_hash=digest(cookie), user_id=user.id, expires_at=now() + SESSION_LIFE)
    )
    session.execute(delete(SignedIn).where(SignedIn.expires_at < now()))
    session.flush()
    return cookie


def end_all(session: Session, user: User) -> None:
    """Forget every browser in which a user is signed in, and the links that would sign in more."""
    for held in (SignedIn, SignInLink):
        session.execute(delete(held).where(held.user_id == user.id))


def visitor(session: Session, cookie: str) -> Visitor | None:
    """Who a cookie stands for; None where it is unknown or old."""
    asked = select(SignedIn).where(
        SignedIn.token_hash == digest(cookie), SignedIn.expires_at > now()
    )
    found = session.scalar(asked)
    if found is None or found.user.disabled_at is not None:
        return None
    return Visitor(found.user.actor, csrf_token(cookie))


def sign_out(session: Session, cookie: str) -> None:
    """Forget a browser."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == digest(cookie)))


def csrf_token(cookie: str) -> str:
    """What forms of a session carry: follows from the cookie, which another site cannot read."""
    return hmac.new(cookie.encode(), b"qadam form", hashlib.sha256).hexdigest()


def _good_link(session: Session, token: str) -> SignInLink | None:
    asked = select(SignInLink).where(
        SignInLink.token_hash == digest(token), SignInLink.expires_at > now()
    )
    return session.scalar(asked)


def digest(token: str) -> str:
    """What is stored of a secret that is too long to be guessed: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()
