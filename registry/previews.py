"""What an import would do, without doing it: the verdicts, and what would change in each record.

Nothing is written and no lock is taken, so whoever saves meanwhile does not wait.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.feature import Feature
from geo.formats import RawFeature
from geo.parts import in_parts
from registry import history
from registry.actors import Actor
from registry.clock import now
from registry.collections import Collection
from registry.drafts import Draft
from registry.duplicates import Twin
from registry.errors import Conflict
from registry.features import from_text
from registry.folding import slug
from registry.history import Change
from registry.imports import Checked, checked
from registry.lifecycle import step_back
from registry.models import Project
from registry.prepared import said_of, write_texts
from registry.reports import ImportRefused, Report, report_of

MOST_DOUBLES = 50
"""Pairs that are shown side by side; of the others the report has the sentence."""

MOST_CHANGES = 100
"""Records of which a preview says what would change; the report has the verdict on all."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The verdict on every row; by ref what would change, where nothing keeps the file out.

    `seen` stands for the versions that the changed records had; `is_whole` says whether the file
    was read to its end. `doubles` are the first rows that may be there already; so many `go_back`
    to an earlier status, for which storing needs a reason.
    """

    report: Report
    changes: dict[str, Change]
    seen: str
    is_whole: bool = True
    doubles: tuple["Double", ...] = ()
    go_back: int = 0


@dataclass(frozen=True, slots=True)
class Double:
    """A row of a file, what it may be a duplicate of, and both as records."""

    row: int
    twin: Twin
    mine: Feature
    other: Feature


def preview(
    session: Session,
    collection: Collection,
    rows: Iterable[RawFeature],
    by: Actor,
    *,
    keep_ids: bool,
) -> Preview:
    """Judge every row as an import would; the session only reads, and is of no use afterwards."""
    doubles: tuple[Double, ...] = ()
    back: list[int] = []
    try:
        with checked(collection, rows, keep_ids=keep_ids) as read:
            read.judge(session)
            read.find_twins(session)
            doubles = tuple(islice(_doubles(session, read), MOST_DOUBLES))
            read.refuse_faulty()
            read.refuse_used(session)
            changes = dict(_changes(session, read, by, back))
            read.refuse_faulty()
            report = report_of(read.rows, named=True)
    except ImportRefused as error:
        return Preview(error.report, {}, "", error.is_whole, doubles)
    seen = _seen(session, collection, report, ahead=1)
    return Preview(report, changes, seen, doubles=doubles, go_back=len(back))


def _doubles(session: Session, read: Checked) -> Iterator[Double]:
    """Each row with each record that it may be, in the order of the file."""
    with_twins = [row for row in read.rows if row.twins][:MOST_DOUBLES]
    twins = [twin for row in with_twins for twin in row.twins]
    wanted = {row.row for row in with_twins} | {twin.earlier for twin in twins}
    drafts = {row.row: draft for row, draft in read.drafts("create") if row.row in wanted}
    refs = {twin.ref for twin in twins if twin.earlier is None}
    asked = select(Project.ref, Project.text).where(Project.ref.in_(refs))
    stored = {row.ref: from_text(row.text) for row in session.execute(asked)}
    for row in with_twins:
        mine = Feature("", drafts[row.row].geometry, drafts[row.row].values)
        for twin in row.twins:
            if twin.earlier is None:
                yield Double(row.row, twin, mine, stored[twin.ref or ""])
            else:
                other = drafts[twin.earlier]
                yield Double(row.row, twin, mine, Feature("", other.geometry, other.values))


class Outdated(Conflict):
    """A record of the file was changed since the file was shown."""


def check_seen(session: Session, collection: Collection, report: Report, shown: str) -> None:
    """Raise Outdated where an import changed records otherwise than its preview showed."""
    if _seen(session, collection, report) != shown:
        raise Outdated("A record of this file was changed since the file was shown.")


def _seen(session: Session, collection: Collection, report: Report, ahead: int = 0) -> str:
    """A text that stands for the versions of the records which an import has just changed, or
    which it would change: then they are one `ahead`.
    """
    refs = sorted(row.ref for row in report.rows if row.verdict == "revise" and row.ref)
    if not refs:
        return ""
    digest = hashlib.blake2b(digest_size=16)
    model = collection.model
    for part in in_parts(refs):
        asked = select(model.ref, model.version).where(model.ref.in_(part)).order_by(model.ref)
        for ref, version in session.execute(asked):
            digest.update(f"{ref} {version + ahead}\n".encode())
    return digest.hexdigest()


def _changes(
    session: Session, read: Checked, by: Actor, back: list[int]
) -> Iterator[tuple[str, Change]]:
    """Hold each revision to what an import holds it to; gives the first ones, and notes the rows
    that go `back` in the life cycle.
    """
    for told, (row, draft, old) in enumerate(read.revisions(session, by, None)):
        if isinstance(old, Project) and (why := step_back(old.status, draft.values["status"])):
            row.warnings = (*row.warnings, why)
            back.append(row.row)
        if told < MOST_CHANGES:
            yield old.ref, _change(read.collection, old, draft, by)


def _change(collection: Collection, old: Any, draft: Draft, by: Actor) -> Change:
    """What a revision would change in its record."""
    said = said_of(collection, draft, old)
    if "partners" in said:  # an organisation keeps the spelling under which it is stored
        called = {slug(one.organisation.name): one.organisation.name for one in old.partners}
        said["partners"] = [
            (called.get(slug(name), name), *rest) for name, *rest in said["partners"]
        ]
    (fresh,) = write_texts(collection, [said])
    before, after = json.loads(old.text), json.loads(fresh["text"])
    return history.difference(
        before, after, version=old.version + 1, action="import", at=now(), actor=by.name
    )
