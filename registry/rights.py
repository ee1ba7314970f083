"""Whose a project is: planners change those of their organisation and those that they added. Other
records are facts that belong to nobody. What becomes of the records of others, reviewers decide.
"""

from typing import Any

from sqlalchemy.orm import Session

from registry import history
from registry.actors import Actor
from registry.collections import PROJECTS, Collection
from registry.errors import Forbidden
from registry.folding import slug


def check(session: Session, by: Actor, collection: Collection, row: Any) -> None:
    """Refuse a planner a project of others; raises Forbidden.

    Theirs are those that they added themselves, and those in which the organisation that they work
    for is a partner.
    """
    if collection is not PROJECTS or by.role != "planner" or _is_added_by(session, by, row.ref):
        return
    partners = {_key(partner.organisation.name) for partner in row.partners}
    if by.organisation and _key(by.organisation) in partners:
        return
    whose = f"no project of {by.organisation}" if by.organisation else "a project of others"
    raise Forbidden(
        f"{row.ref} is {whose}: planners change those in which their organisation is a partner or "
        "which they added; ask a reviewer."
    )


def allow_review(by: Actor, what: str) -> None:
    """Refuse who may not decide about all records; `what` says what they want. Raises Forbidden."""
    if not by.may_review:
        raise Forbidden(f"A {by.role} may not {what}; ask a reviewer or an administrator.")


def _is_added_by(session: Session, by: Actor, ref: str) -> bool:
    """Whether it was this user, by hand or with a token of their own."""
    return _user(history.first_actor(session, PROJECTS.id, ref)) == _user(by.name)


def _key(organisation: str) -> str:
    return slug(organisation) or organisation


def _user(name: str) -> str:
    return name.split("/", 1)[0]
