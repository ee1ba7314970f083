"""What an import would do, without doing it: the verdicts, and what would change in each record."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from geo.formats import RawFeature
from registry import history
from registry.actors import Actor
from registry.collections import Collection
from registry.history import Change
from registry.imports import ImportRefused, Report, import_rows

MOST_CHANGES = 100
"""Records of which a preview says what would change; the report has the verdict on all."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The verdict on every row; by ref what would change, where nothing keeps the file out."""

    report: Report
    changes: dict[str, Change]


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
        return Preview(error.report, {})
    revised = [row.ref for row in report.rows if row.verdict == "revise" and row.ref]
    return Preview(
        report,
        {
            ref: max(
                history.changes(session, collection.id, ref), key=lambda change: change.version
            )
            for ref in revised[:MOST_CHANGES]
        },
    )
