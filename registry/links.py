"""What a project refers to: the project it is part of, the agreement it stands on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from registry import redirects
from registry.collections import PROJECTS
from registry.errors import Invalid
from registry.models import Agreement, Project

LINKS = ("parent", "agreement")
Found = dict[str, Any]
Faults = dict[str, list[str]]


def find_links(
    session: Session, values: Mapping[str, Any], project: Project | None = None
) -> tuple[Found, Faults]:
    """The rows that a draft's `parent` and `agreement` name, and what is wrong with them."""
    found: Found = {name: _row(session, name, values.get(name)) for name in LINKS}
    faults: Faults = {
        name: [f"There is no record “{values[name]}”; look up its ref."]
        for name in LINKS
        if values.get(name) and found[name] is None
    }
    parent = found["parent"]
    is_public = values.get("publication") in (None, "public")
    if parent is not None:
        if project is not None and _is_within(parent, project):
            faults["parent"] = [f"{parent.ref} is itself part of this project; choose another."]
        # A public record prints the ref of its parent.
        elif is_public and parent.publication != "public":
            faults["parent"] = [f"{parent.ref} is not public, so a public project cannot name it."]
    if project is not None and not is_public and _has_public_part(session, project):
        faults["publication"] = ["A public project is part of this one; hide that one first."]
    return found, faults


def set_links(session: Session, project: Project, values: Mapping[str, Any]) -> None:
    """Point a stored project at its parent and agreement; raises Invalid."""
    said = {**values, "publication": project.publication}
    found, faults = find_links(session, said, project)
    if faults:
        raise Invalid(faults)
    for name in LINKS:
        if getattr(project, name) is not found[name]:
            setattr(project, name, found[name])


def _row(session: Session, name: str, ref: str | None) -> Any:
    if not ref:
        return None
    if name == "agreement":
        return session.scalar(select(Agreement).where(Agreement.ref == ref))
    ref = redirects.target(session, PROJECTS, ref) or ref
    return session.scalar(select(Project).where(Project.ref == ref))


def _is_within(inner: Project | None, outer: Project) -> bool:
    """Whether a project is the other one, or part of it, or of a part of it."""
    seen: set[int] = set()
    while inner is not None and inner.id not in seen:
        if inner is outer:
            return True
        seen.add(inner.id)
        inner = inner.parent
    return False


def _has_public_part(session: Session, project: Project) -> bool:
    asked = select(Project).where(Project.parent_id == project.id, Project.publication == "public")
    # Of what a preview has changed in memory alone, the database does not know.
    return any(
        part.publication == "public" and part.parent is project
        for part in session.scalars(asked.options(lazyload("*")))
    )
