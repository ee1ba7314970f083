"""Revisions: what a record was after each change, and what changed between two."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.parts import in_parts
from registry.actors import Actor
from registry.database.rows import add_rows
from registry.models import Revision

# They change with every revision, so they say nothing.
_OWN = frozenset({"version", "updated_at", "created_at"})
REMOVE = "remove"
"""The action of the last revision of a record that was taken out."""

# Values in one IN: SQLite takes 32,766 variables at most.


@dataclass(frozen=True, slots=True)
class Why:
    """Who brings new records, how, and why."""

    by: Actor
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One property before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One revision as a person reads it."""

    version: int
    action: str
    at: datetime
    actor: str
    fields: tuple[FieldChange, ...]
    geometry_before: Mapping[str, Any] | None
    geometry_after: Mapping[str, Any] | None
    reason: str | None = None

    @property
    def moved(self) -> bool:
        """Whether the place changed."""
        return self.geometry_before != self.geometry_after


def newest(session: Session) -> int:
    """The number of the last entry; what is entered later has a higher one."""
    return session.scalar(select(func.max(Revision.id))) or 0


def keep(
    session: Session, collection: str, row: Any, action: str, by: Actor, at: datetime, reason: str
) -> None:
    """Append the record as it now is (its stored text must be fresh)."""
    session.add(
        Revision(
            collection=collection,
            ref=row.ref,
            version=row.version,
            action=action,
            at=at,
            actor=by.name,
            reason=reason or None,
            after=row.text,
        )
    )


def known(session: Session, collection: str, refs: Sequence[str]) -> set[str]:
    """Which of these refs stand for a record or once did."""
    found: set[str] = set()
    for part in in_parts(refs):
        asked = select(Revision.ref).where(
            Revision.collection == collection, Revision.ref.in_(part), Revision.version == 1
        )
        found.update(session.scalars(asked))
    return found


def removal(session: Session, collection: str, ref: str, *, public_only: bool) -> Revision | None:
    """The last revision of a record that was taken out; for the public only where it was public."""
    asked = select(Revision).where(Revision.collection == collection, Revision.ref == ref)
    last = session.scalar(asked.order_by(Revision.version.desc()).limit(1))
    if last is None or last.action != REMOVE or (public_only and not _is_public(last)):
        return None
    return last


def first_actor(session: Session, collection: str, ref: str) -> str:
    """Who added a record."""
    asked = select(Revision.actor).where(
        Revision.collection == collection, Revision.ref == ref, Revision.version == 1
    )
    return session.scalar(asked) or ""


def keep_many(
    session: Session, collection: str, records: Mapping[str, Sequence[Any]], why: Why
) -> None:
    """Append new records, given by their columns."""
    columns = {
        "ref": records["ref"],
        "version": records["version"],
        "at": records["updated_at"],
        "after": records["text"],
    }
    same = {"collection": collection, "action": why.action, "actor": why.by.name}
    add_rows(session, Revision, columns, **same, reason=why.reason or None)


def changes(
    session: Session, collection: str, ref: str, *, public_only: bool = False
) -> list[Change]:
    """All changes of a record, newest first; for the public only what was public when it was so."""
    asked = select(Revision).where(Revision.collection == collection, Revision.ref == ref)
    revisions = session.scalars(asked.order_by(Revision.version)).all()
    before: dict[str, Any] = {"properties": {}, "geometry": None}
    result = []
    for revision in revisions:
        if public_only and not _is_public(revision):
            continue
        after = json.loads(revision.after)
        names = ("version", "action", "at", "actor", "reason")
        said = {name: getattr(revision, name) for name in names}
        result.append(difference(before, after, **said))
        before = after
    return result[::-1]


def difference(before: Mapping[str, Any], after: Mapping[str, Any], **said: Any) -> Change:
    """What differs between two states of a record, each as its GeoJSON; `said` is all else."""
    fields = _differences(before["properties"], after["properties"])
    return Change(
        fields=fields,
        geometry_before=before["geometry"],
        geometry_after=after["geometry"],
        **said,
    )


def _is_public(revision: Revision) -> bool:
    said = json.loads(revision.after)["properties"].get("publication", "public")
    return bool(said == "public")


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, before.get(name), value)
        for name, value in after.items()
        if name not in _OWN and (before.get(name) or None) != (value or None)
    )
