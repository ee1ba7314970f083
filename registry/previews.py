"""What an import would do, without doing it: the verdicts, and what would change in each record.

Nothing is written and no lock is taken, so whoever saves meanwhile does not wait.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.formats import RawFeature
from geo.parts import in_parts
from registry import history
from registry.actors import Actor
from registry.clock import now
from registry.collections import Collection
from registry.drafts import Draft
from registry.errors import Conflict
from registry.folding import slug
from registry.history import Change
from registry.imports import Checked, checked
from registry.inserting import said_of, write_texts
from registry.reports import ImportRefused, Report, report_of

MOST_CHANGES = 100
"""Records of which a preview says what would change; the report has the verdict on all."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The verdict on every row; by ref what would change, where nothing keeps the file out.

    `seen` stands for the versions that the changed records had; `is_whole` says whether the file
    was read to its end.
    """

    report: Report
    changes: dict[str, Change]
    seen: str
    is_whole: bool = True


def preview(
    session: Session,
    collection: Collection,
    rows: Iterable[RawFeature],
    by: Actor,
    *,
    keep_ids: bool,
) -> Preview:
    """Judge every row as an import would; the session only reads, and is of no use afterwards."""
    try:
        with checked(collection, rows, keep_ids=keep_ids) as read:
            read.judge(session)
            read.refuse_used(session)
            changes = dict(_changes(session, read, by))
            read.refuse_faulty()
            report = report_of(read.rows, named=True)
    except ImportRefused as error:
        return Preview(error.report, {}, "", error.is_whole)
    return Preview(report, changes, _seen(session, collection, report, ahead=1))


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


def _changes(session: Session, read: Checked, by: Actor) -> Iterator[tuple[str, Change]]:
    """Hold each revision to what an import holds it to; gives the first ones."""
    may_be = read.revisions(session, by, "")
    for told, (_, draft, old) in enumerate(may_be):
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
