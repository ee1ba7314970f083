"""One reading session a request; writing is a block of its own that commits when it ends well."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from registry.database.engine import reading
from registry.database.store import Store

_KEY = "qadam.store"


def init_app(app: Flask, store: Store) -> None:
    """Tie the store to the app."""
    app.extensions[_KEY] = store
    app.teardown_appcontext(_close)


def store() -> Store:
    """The store of the running app."""
    found: Store = current_app.extensions[_KEY]
    return found


def session() -> Session:
    """The session of this request: one consistent state, however many questions are asked."""
    if "session" not in g:
        g.session = reading(store().records)
    opened: Session = g.session
    return opened


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction that is stored when the block ends, or not at all."""
    with store().writing() as opened:
        yield opened


def _close(_error: BaseException | None) -> None:
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()
