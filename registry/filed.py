"""The rows of a file beside their drafts: what they are called, and what they refer to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from geo.formats import RawFeature
from registry.drafts import Draft, parse_many
from registry.duplicates import Twin
from registry.errors import Invalid
from registry.kinds import shown
from registry.links import Linked, links_of
from registry.refs import REF
from registry.waiting import packed

ROWS_AT_A_TIME = 2_500
BYTES_AT_A_TIME = 4 << 20
_NO_REF = "The id {} cannot be a ref: it takes up to 64 letters, digits, dots, - and _."
_TWICE = "The id {} stands in row {} too; each may stand once."


@dataclass(slots=True)
class FileRow(Linked):
    """One row of a file: little enough that all rows are held at once.

    `ref` is the id that the file gives it; `publication`, `links` and `partners` are what the draft
    says, `twins` what it may be a duplicate of; where that is another row, `earlier` is its number.
    """

    row: int = field(kw_only=True)
    warnings: tuple[str, ...] = ()
    verdict: str = "create"
    twins: tuple[Twin, ...] = ()
    partners: tuple[str, ...] = ()


def in_size(raw: Iterable[RawFeature]) -> Iterator[list[RawFeature]]:
    """The rows in lists that take little memory, however long each row is."""
    part: list[RawFeature] = []
    size = 0
    for row in raw:
        part.append(row)
        size += row.size
        if len(part) == ROWS_AT_A_TIME or size > BYTES_AT_A_TIME:
            yield part
            part, size = [], 0
    if part:
        yield part


def read_rows(
    collection: str, today: date, raw: Sequence[RawFeature]
) -> tuple[list[FileRow], bytes]:
    """The rows checked, and their drafts packed to wait; no database is asked."""
    read = parse_many(collection, [(row.properties, row.geometry) for row in raw], today)
    rows = [file_row(one, draft) for one, draft in zip(raw, read, strict=True)]
    return rows, packed([draft if isinstance(draft, Draft) else None for draft in read])


def file_row(raw: RawFeature, draft: Draft | Invalid) -> FileRow:
    """What is kept of a row while its draft waits."""
    if raw.fault:
        return FileRow(raw.ref, row=raw.row, faults={"row": (raw.fault,)})
    if isinstance(draft, Invalid):
        return FileRow(raw.ref, row=raw.row, faults=draft.faults)
    publication, links = draft.values.get("publication"), links_of(draft.values)
    return FileRow(
        raw.ref,
        publication,
        links,
        row=raw.row,
        warnings=draft.warnings,
        partners=tuple(draft.values.get("partners", ())),
    )


def check_ids(rows: Iterable[FileRow]) -> None:
    """With ids for refs: each must be one, and stand once."""
    seen: dict[str, int] = {}
    for row in rows:
        if row.ref is None:
            continue
        if not REF.fullmatch(row.ref) or row.ref == "new":
            row.refuse("id", _NO_REF.format(shown(row.ref)))
        elif row.ref in seen:
            row.refuse("id", _TWICE.format(shown(row.ref), seen[row.ref]))
        seen.setdefault(row.ref, row.row)
