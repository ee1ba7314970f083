"""A draft held to everything at once: its own rules, what it refers to, the move of its status."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from registry.collections import PROJECTS, Collection
from registry.drafts import LINKS, Draft, Given, parse_many
from registry.errors import Invalid
from registry.lifecycle import move_faults
from registry.links import judged
from registry.models import Project
from registry.vocabulary import STATUS


def checked(
    session: Session,
    collection: Collection,
    values: Mapping[str, Any],
    geometry: Given,
    today: date,
    *,
    project: Project | None = None,
    reason: str = "",
) -> Draft:
    """One draft that may be stored, new or over `project`; raises Invalid with every fault."""
    draft = parse_many(collection.id, [(values, geometry)], today)[0]
    faults = dict(draft.faults) if isinstance(draft, Invalid) else {}
    if collection is PROJECTS:
        said = draft.values if isinstance(draft, Draft) else _as_said(values)
        faults |= judged(session, said, project.ref if project else None).faults
        if project is not None and said.get("status") in STATUS:
            moved = move_faults(session, project, str(said["status"]), reason)
            faults |= {name: tuple(told) for name, told in moved.items()}
    if faults or isinstance(draft, Invalid):
        raise Invalid(faults)
    return draft


def _as_said(values: Mapping[str, Any]) -> dict[str, str | None]:
    """What a refused draft refers to, as far as it can be told."""
    names = (*LINKS, "status", "publication")
    return {name: str(values.get(name) or "").strip() or None for name in names}
