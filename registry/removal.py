"""Taking a record out of the registry: its history stays, its ref is never given again."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import history, records, rights
from registry.actors import Actor
from registry.collections import AGREEMENTS, PROJECTS, Collection
from registry.errors import Conflict, Stale
from registry.models import Project

# What of a project points at a record of a collection.
_POINTS_AT = {PROJECTS.id: Project.parent_id, AGREEMENTS.id: Project.agreement_id}
_MOST_NAMED = 5


def remove(
    session: Session, collection: Collection, row: Any, by: Actor, *, version: int, reason: str = ""
) -> None:
    """Take out a record that should not be there; a plan that was given up is withdrawn instead.

    Its last state becomes its last revision; its pairs go with it. Raises Forbidden for who is
    no reviewer, Stale where `version` is no longer current, Conflict where a project stands on it.
    """
    rights.allow_review(by, "remove records (what was given up is withdrawn or cancelled)")
    if row.version != version:
        raise Stale(
            f"{row.ref} was changed by somebody else meanwhile; look at it before you remove it."
        )
    standing = _standing_on(session, collection, row)
    if standing:
        raise Conflict(
            f"{', '.join(standing)} {'stands' if len(standing) == 1 else 'stand'} on {row.ref}; "
            "change that first."
        )
    records.retire(session, collection, row, by, history.REMOVE, reason)


def _standing_on(session: Session, collection: Collection, row: Any) -> list[str]:
    """The first projects that are part of a project, or stand on an agreement."""
    pointer = _POINTS_AT.get(collection.id)
    if pointer is None:
        return []
    asked = select(Project.ref).where(pointer == row.id).order_by(Project.id)
    return list(session.scalars(asked.limit(_MOST_NAMED)))
