"""The rows of a file beside their drafts: what they are called, what they refer to, and the faults
that only the file as a whole shows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from geo.formats import RawFeature
from geo.parts import in_parts
from registry.drafts import Draft
from registry.errors import Invalid
from registry.kinds import shown
from registry.links import LINKS
from registry.models import Agreement, Project
from registry.refs import REF

ROWS_AT_A_TIME = 2_500
BYTES_AT_A_TIME = 4 << 20
_NO_REF = "The id {} cannot be a ref: it takes up to 64 letters, digits, dots, - and _."
_TWICE = "The id {} stands in row {} too; each may stand once."
_NOTHING: Mapping[str, tuple[str, ...]] = {}


@dataclass(slots=True)
class FileRow:
    """One row of a file: little enough that all rows are held at once.

    `ref` is the id that the file gives it; `publication` and `links` are what the draft says.
    """

    row: int
    ref: str | None
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    warnings: tuple[str, ...] = ()
    publication: str | None = None
    links: dict[str, str] | None = None
    verdict: str = "create"

    def link(self, name: str) -> str | None:
        """The ref that it names as its parent or agreement."""
        return self.links.get(name) if self.links else None

    def refuse(self, name: str, sentence: str) -> None:
        """Keep the file out because of this row."""
        self.faults = {**self.faults, name: (sentence,)}


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


def file_row(raw: RawFeature, draft: Draft | Invalid) -> FileRow:
    """What is kept of a row while its draft waits."""
    if raw.fault:
        return FileRow(raw.row, raw.ref, {"row": (raw.fault,)})
    if isinstance(draft, Invalid):
        return FileRow(raw.row, raw.ref, draft.faults)
    links = {name: draft.values[name] for name in LINKS if draft.values.get(name)}
    publication = draft.values.get("publication")
    return FileRow(raw.row, raw.ref, _NOTHING, draft.warnings, publication, links or None)


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


def check_links(session: Session, rows: list[FileRow], moved: Mapping[str, str]) -> None:
    """A parent or agreement must be in the file or in the registry; asked once for all rows.

    A parent that was merged into another project is that one; into its own part, none.
    """
    for row in rows:
        parent = row.link("parent")
        if row.links and parent and parent in moved:
            row.links["parent"] = "" if moved[parent] == row.ref else moved[parent]
    wanted = {name: {ref for row in rows if (ref := row.link(name))} for name in LINKS}
    if not any(wanted.values()):
        return
    stored = known(session, Project, [row.ref for row in rows if row.ref])
    parents = known(session, Project, wanted["parent"])
    parents |= {row.ref: _publication(row, stored) for row in rows if row.ref}
    there = {"parent": parents, "agreement": known(session, Agreement, wanted["agreement"])}
    above = {row.ref: row.link("parent") for row in rows if row.ref}
    for row in rows:
        if row.links and not row.faults:
            _check_links(row, there, above, stored)


def known(session: Session, model: Any, refs: Iterable[str]) -> dict[str, str]:
    """Which of these refs the registry holds, and who may see each."""
    shown_to = getattr(model, "publication", literal("public"))
    return {
        ref: publication
        for part in in_parts(sorted(refs), ROWS_AT_A_TIME)
        for ref, publication in session.execute(
            select(model.ref, shown_to).where(model.ref.in_(part))
        )
    }


def _publication(row: FileRow, stored: Mapping[str, str]) -> str:
    return row.publication or stored.get(row.ref or "") or "public"


def _check_links(
    row: FileRow,
    there: Mapping[str, Mapping[str, str]],
    above: Mapping[str, str | None],
    stored: Mapping[str, str],
) -> None:
    for name in LINKS:
        ref = row.link(name)
        if ref and ref not in there[name]:
            row.refuse(name, f"There is no record {shown(ref)} in the file or in the registry.")
    parent = row.link("parent")
    if not parent or parent not in there["parent"]:
        return
    if row.ref and _leads_back(row.ref, above):
        row.refuse("parent", f"{shown(parent)} is itself part of this project.")
    elif _publication(row, stored) == "public" and there["parent"][parent] != "public":
        row.refuse("parent", f"{shown(parent)} is not public, so a public project cannot name it.")


def _leads_back(ref: str, above: Mapping[str, str | None]) -> bool:
    """Whether the parents of a row in the file lead back to the row itself."""
    at, seen = above.get(ref), {ref}
    while at and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == ref
