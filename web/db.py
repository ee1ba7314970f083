"""One reading session a request; writing is a block of its own that commits when it ends well."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, current_app, g
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from registry.database.engine import explain, reading
from registry.database.store import Store
from registry.errors import Busy, Conflict

_KEY = "qadam.store"
_GATE = "qadam.writers"
_PATIENCE_S = 1.0


def init_app(app: Flask, store: Store, most_waiting: int) -> None:
    """Tie the store to the app; so many requests may write, or wait to write, at once."""
    app.extensions[_KEY] = store
    app.extensions[_GATE] = BoundedSemaphore(most_waiting)
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


def outlived() -> Session:
    """The session of this request, which its end no longer closes: it is read while the answer is
    sent, and who sends it closes it.
    """
    opened: Session = g.pop("session")
    return opened


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction that is stored when the block ends, or not at all."""
    gate: BoundedSemaphore = current_app.extensions[_GATE]
    # Those who wait for a slow writer must leave threads to those who only read.
    if not gate.acquire(timeout=_PATIENCE_S):
        raise Busy("Many are storing changes just now; nothing was stored, try again soon.")
    try:
        with store().writing() as opened:
            yield opened
    # Two changes of one record, neither of which saw the other; the one may have removed it.
    except (IntegrityError, StaleDataError) as error:
        raise Conflict(
            "Somebody else stored a change at the same moment, and yours was not; look at it and "
            "save again."
        ) from error
    except OperationalError as error:
        told = explain(error)
        if isinstance(told, Busy):
            raise told from error
        raise
    finally:
        gate.release()


def _close(_error: BaseException | None) -> None:
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()
