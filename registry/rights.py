"""Whose a project is: planners change those of their organisation."""

from typing import Any

from sqlalchemy.orm import Session

from registry import history
from registry.actors import Actor
from registry.collections import PROJECTS, Collection
from registry.errors import Forbidden
from registry.folding import slug


def check(session: Session, by: Actor, collection: Collection, row: Any) -> None:
    """Refuse a planner who works for an organisation a project of others; raises Forbidden.

    Theirs are those in which it is a partner, and those that they added themselves.
    """
    if collection is not PROJECTS or by.role != "planner" or not by.organisation:
        return
    partners = {slug(partner.organisation.name) for partner in row.partners}
    if slug(by.organisation) in partners or _is_added_by(session, by, row.ref):
        return
    raise Forbidden(
        f"{row.ref} is no project of {by.organisation}: planners change those in which their "
        "organisation is a partner or which they added; ask a reviewer."
    )


def _is_added_by(session: Session, by: Actor, ref: str) -> bool:
    """Whether it was this user, by hand or with a token of their own."""
    return _user(history.first_actor(session, PROJECTS.id, ref)) == _user(by.name)


def _user(name: str) -> str:
    return name.split("/", 1)[0]
