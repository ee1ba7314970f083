"""What an import would do, without doing it: the verdicts, and what would change in each record."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.formats import RawFeature
from registry import history
from registry.actors import Actor
from registry.collections import Collection
from registry.errors import Conflict
from registry.history import Change
from registry.imports import ImportRefused, Report, import_rows

_CHUNK = 5_000
MOST_CHANGES = 100
"""Records of which a preview says what would change; the report has the verdict on all."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The verdict on every row; by ref what would change, where nothing keeps the file out.

    `seen` stands for the versions that the changed records had.
    """

    report: Report
    changes: dict[str, Change]
    seen: str


def preview(
    session: Session,
    collection: Collection,
    rows: Sequence[RawFeature],
    by: Actor,
    *,
    keep_ids: bool,
) -> Preview:
    """Import the rows and look; whoever opened the session must roll it back."""
    try:
        report = import_rows(session, collection, rows, by, keep_ids=keep_ids)
    except ImportRefused as error:
        return Preview(error.report, {}, "")
    revised = [row.ref for row in report.rows if row.verdict == "revise" and row.ref]
    return Preview(
        report,
        {
            ref: max(
                history.changes(session, collection.id, ref), key=lambda change: change.version
            )
            for ref in revised[:MOST_CHANGES]
        },
        _seen(session, collection, report),
    )


class Outdated(Conflict):
    """A record of the file was changed since the file was shown."""


def check_seen(session: Session, collection: Collection, report: Report, shown: str) -> None:
    """Raise Outdated where an import changed records otherwise than its preview showed."""
    if _seen(session, collection, report) != shown:
        raise Outdated("A record of this file was changed since the file was shown.")


def _seen(session: Session, collection: Collection, report: Report) -> str:
    """A text that stands for the versions of the records which an import has just changed."""
    refs = sorted(row.ref for row in report.rows if row.verdict == "revise" and row.ref)
    if not refs:
        return ""
    digest = hashlib.blake2b(digest_size=16)
    model = collection.model
    for start in range(0, len(refs), _CHUNK):
        part = model.ref.in_(refs[start : start + _CHUNK])
        for ref, version in session.execute(
            select(model.ref, model.version).where(part).order_by(model.ref)
        ):
            digest.update(f"{ref} {version}\n".encode())
    return digest.hexdigest()
