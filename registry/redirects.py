"""Where a ref leads that was given up in a merge."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.collections import Collection
from registry.models import Redirect


def target(session: Session, collection: Collection, ref: str) -> str | None:
    """The ref that stands for it now; None where it was never given up."""
    asked = select(Redirect.target).where(Redirect.collection == collection.id, Redirect.ref == ref)
    return session.scalar(asked)


def targets(session: Session, collection: Collection) -> dict[str, str]:
    """All refs of a collection that lead elsewhere, and where."""
    asked = select(Redirect.ref, Redirect.target).where(Redirect.collection == collection.id)
    return {row.ref: row.target for row in session.execute(asked)}


def lead(session: Session, collection: Collection, ref: str, to: str, at: datetime) -> None:
    """From now on a ref leads to another, and so do all that led to it."""
    session.execute(
        update(Redirect)
        .where(Redirect.collection == collection.id, Redirect.target == ref)
        .values(target=to)
    )
    session.add(Redirect(collection=collection.id, ref=ref, target=to, at=at))
