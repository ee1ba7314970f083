"""File → drafts → records, with a verdict per row; all of it or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from geo.formats import RawFeature
from registry import duplicates, records, redirects
from registry.actors import Actor
from registry.clock import now
from registry.collections import PROJECTS, Collection
from registry.drafts import Draft, parse_many
from registry.errors import Invalid, RefusedFile
from registry.features import to_feature
from registry.folding import slug
from registry.kinds import shown
from registry.links import LINKS
from registry.models import Agreement, Project
from registry.refs import REF, next_refs

ROWS_AT_A_TIME = 2_000
_NO_REF = "The id {} cannot be a ref: it takes up to 64 letters, digits, dots, - and _."
_TWICE = "The id {} stands in row {} too; each may stand once."
_MOVED = "{} was merged into {}; change that one, or take the row out."
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to one row of a file: create, revise, unchanged or refused."""

    row: int
    ref: str | None
    verdict: str
    faults: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on every row, in the order of the file."""

    rows: tuple[Verdict, ...]

    def count(self, verdict: str) -> int:
        """How many rows have this verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def refused(self) -> tuple[Verdict, ...]:
        """The rows that keep the file out."""
        return tuple(row for row in self.rows if row.verdict == "refused")

    def lines(self) -> Iterator[str]:
        """JSON lines: row, ref, verdict, faults, warnings."""
        for row in self.rows:
            yield orjson.dumps(row).decode()


@dataclass(frozen=True, slots=True)
class _Row:
    raw: RawFeature
    draft: Draft | Invalid
    existing: Any = None


def import_rows(
    session: Session,
    collection: Collection,
    raw: Iterable[RawFeature],
    by: Actor,
    *,
    keep_ids: bool = False,
    reason: str = "",
    leave: frozenset[str] = frozenset(),
    progress: Progress = lambda _done: None,
) -> Report:
    """Store every row, or none: with one faulty row the report is raised inside `ImportRefused`.

    With `keep_ids` a feature's id is its ref: an existing record is revised where something
    differs and left untouched where nothing does. Refs in `leave` are left as they are.
    """
    if collection.read_only:
        raise RefusedFile(
            f"{collection.title} ({collection.id}) are computed from projects and deposits and "
            "cannot be imported; import those."
        )
    rows = _read(session, collection, list(raw), keep_ids, progress)
    moved = redirects.targets(session, collection)
    verdicts = [_judge(row, keep_ids, leave, moved) for row in rows]
    if any(verdict.verdict == "refused" for verdict in verdicts):
        raise ImportRefused(Report(tuple(verdicts)))
    if collection is PROJECTS:
        verdicts = _warn_of_duplicates(session, rows, verdicts)
    verdicts = _write(session, collection, rows, verdicts, by, keep_ids, reason)
    return Report(tuple(verdicts))


def _warn_of_duplicates(
    session: Session, rows: Sequence[_Row], verdicts: Sequence[Verdict]
) -> list[Verdict]:
    """What may be there already is said, and stored all the same."""
    new = [
        (at, row.raw.ref, row.draft)
        for at, (row, verdict) in enumerate(zip(rows, verdicts, strict=True))
        if verdict.verdict == "create" and isinstance(row.draft, Draft)
    ]
    said = duplicates.warnings(session, [(ref, draft) for _, ref, draft in new])
    warned = list(verdicts)
    for (at, *_), sentences in zip(new, said, strict=True):
        warned[at] = replace(warned[at], warnings=(*warned[at].warnings, *sentences))
    return warned


class ImportRefused(RefusedFile):
    """A file with at least one faulty row; `report` says what is wrong with each."""

    def __init__(self, report: Report) -> None:
        self.report = report
        count, total = len(report.refused), len(report.rows)
        first = report.refused[0]
        why = next(sentence for sentences in first.faults.values() for sentence in sentences)
        super().__init__(
            f"{count:,} of {total:,} rows {'is' if count == 1 else 'are'} faulty, so nothing "
            "was stored; "
            f"the first is row {first.row:,}: {why}"
        )


def _read(
    session: Session,
    collection: Collection,
    raw: Sequence[RawFeature],
    keep_ids: bool,
    progress: Progress,
) -> list[_Row]:
    today = now().date()
    rows: list[_Row] = []
    for start in range(0, len(raw), ROWS_AT_A_TIME):
        part = raw[start : start + ROWS_AT_A_TIME]
        given = [(row.properties, row.geometry) for row in part]
        drafts = parse_many(collection.id, given, today)
        found = _existing(session, collection, part) if keep_ids else {}
        rows += [
            _Row(one, draft, found.get(one.ref or ""))
            for one, draft in zip(part, drafts, strict=True)
        ]
        progress(len(rows))
    _follow_merged_parents(session, rows)
    return _with_link_faults(session, _with_file_faults(rows, keep_ids))


def _follow_merged_parents(session: Session, rows: Sequence[_Row]) -> None:
    """A parent that was merged into another project is that one; into its own part, none."""
    moved = redirects.targets(session, PROJECTS)
    for row in rows if moved else ():
        for ref in _links(row, "parent"):
            if isinstance(row.draft, Draft):
                now_it_is = moved.get(ref, ref)
                row.draft.values["parent"] = None if now_it_is == row.raw.ref else now_it_is


def _existing(
    session: Session, collection: Collection, part: Sequence[RawFeature]
) -> dict[str, Any]:
    refs = [row.ref for row in part if row.ref]
    model = collection.model
    return {row.ref: row for row in session.scalars(select(model).where(model.ref.in_(refs)))}


def _with_file_faults(rows: list[_Row], keep_ids: bool) -> list[_Row]:
    """Faults that only the file as a whole shows: an id twice, an id that is no ref, a row that is
    no feature.
    """
    seen: dict[str, int] = {}
    checked = []
    for row in rows:
        faults = dict(row.draft.faults) if isinstance(row.draft, Invalid) else {}
        if row.raw.fault:
            faults = {"row": (row.raw.fault,)}
        ref = row.raw.ref
        if keep_ids and ref is not None:
            if not REF.fullmatch(ref) or ref == "new":
                faults["id"] = (_NO_REF.format(shown(ref)),)
            elif ref in seen:
                faults["id"] = (_TWICE.format(shown(ref), seen[ref]),)
            seen.setdefault(ref, row.raw.row)
        checked.append(replace(row, draft=Invalid(faults)) if faults else row)
    return checked


def _judge(row: _Row, keep_ids: bool, leave: frozenset[str], moved: Mapping[str, str]) -> Verdict:
    ref = row.raw.ref if keep_ids else None
    if ref in leave:
        return Verdict(row.raw.row, ref, "unchanged", {})
    if ref is not None and ref in moved:
        fault = _MOVED.format(shown(ref), moved[ref])
        return Verdict(row.raw.row, ref, "refused", {"id": (fault,)})
    if isinstance(row.draft, Invalid):
        return Verdict(row.raw.row, row.raw.ref, "refused", row.draft.faults)
    verdict = "create"
    if row.existing is not None:
        verdict = "revise" if differs(row.existing, row.draft) else "unchanged"
    return Verdict(row.raw.row, ref, verdict, {}, row.draft.warnings)


def differs(existing: Any, draft: Draft) -> bool:
    """Whether storing a draft would change a record: in its geometry or in what is not computed."""
    stored = to_feature(existing)
    if (stored.geometry is None) != (draft.geometry is None):
        return True
    if stored.geometry is not None and not stored.geometry.equals_exact(draft.geometry, 0):
        return True
    computed = {"countries", "admin1"} if draft.geometry is not None else set()
    wanted = {name: value for name, value in draft.values.items() if name not in computed}
    return any(
        _compared(name, value) != _compared(name, stored.properties.get(name))
        for name, value in wanted.items()
        # Where nothing is said of it, who may see a record stays as it is.
        if not (name == "publication" and value is None)
    )


def _compared(name: str, value: Any) -> Any:
    """A value as it counts: a day by its text, an organisation by its slug however it is spelt."""
    if name == "partners":
        return [slug(partner) for partner in value or ()]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _with_link_faults(session: Session, rows: list[_Row]) -> list[_Row]:
    """A parent or agreement must be in the file or in the registry; asked once for all rows."""
    wanted = {name: {ref for row in rows for ref in _links(row, name)} for name in LINKS}
    parents = _known(session, Project, wanted["parent"])
    parents |= {row.raw.ref: _publication(row) for row in rows if row.raw.ref}
    known = {"parent": parents, "agreement": _known(session, Agreement, wanted["agreement"])}
    above = {row.raw.ref: next(iter(_links(row, "parent")), None) for row in rows if row.raw.ref}
    return [_check_links(row, known, above) for row in rows]


def _links(row: _Row, name: str) -> set[str]:
    said = row.draft.values.get(name) if isinstance(row.draft, Draft) else None
    return {said} if said else set()


def _publication(row: _Row) -> str:
    said = row.draft.values.get("publication") if isinstance(row.draft, Draft) else None
    return said or getattr(row.existing, "publication", None) or "public"


def _check_links(row: _Row, known: dict[str, dict[str, str]], above: dict[str, str | None]) -> _Row:
    faults = {
        name: (f"There is no record {shown(ref)} in the file or in the registry.",)
        for name in LINKS
        for ref in _links(row, name) - known[name].keys()
    }
    for ref in _links(row, "parent") & known["parent"].keys():
        if row.raw.ref and _leads_back(row.raw.ref, above):
            faults["parent"] = (f"{shown(ref)} is itself part of this project.",)
        elif _publication(row) == "public" and known["parent"][ref] != "public":
            faults["parent"] = (f"{shown(ref)} is not public, so a public project cannot name it.",)
    return replace(row, draft=Invalid(faults)) if faults else row


def _leads_back(ref: str, above: dict[str, str | None]) -> bool:
    """Whether the parents of a row in the file lead back to the row itself."""
    at, seen = above.get(ref), {ref}
    while at is not None and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == ref


def _known(session: Session, model: Any, refs: set[str]) -> dict[str, str]:
    """Which of these refs the registry holds, and who may see each."""
    shown_to = getattr(model, "publication", literal("public"))
    found: dict[str, str] = {}
    ordered = sorted(refs)
    for start in range(0, len(ordered), ROWS_AT_A_TIME):
        part = ordered[start : start + ROWS_AT_A_TIME]
        rows = session.execute(select(model.ref, shown_to).where(model.ref.in_(part)))
        found |= {row[0]: row[1] for row in rows}
    return found


def _write(
    session: Session,
    collection: Collection,
    rows: Sequence[_Row],
    verdicts: Sequence[Verdict],
    by: Actor,
    keep_ids: bool,
    reason: str,
) -> list[Verdict]:
    paired = list(zip(rows, verdicts, strict=True))
    new = [row for row, verdict in paired if verdict.verdict == "create"]
    given = {row.raw.row: row.raw.ref if keep_ids else None for row in new}
    free = iter(next_refs(session, collection, sum(ref is None for ref in given.values())))
    refs = {row: ref or next(free) for row, ref in given.items()}
    _point_at_new_refs(rows, refs)
    drafts = [(refs[row.raw.row], row.draft) for row in new if isinstance(row.draft, Draft)]
    records.create_many(session, collection, drafts, by, action="import", reason=reason)
    faults: dict[int, dict[str, tuple[str, ...]]] = {}
    for row, verdict in paired:
        if verdict.verdict == "revise" and isinstance(row.draft, Draft):
            try:
                records.revise(
                    session,
                    collection,
                    row.existing,
                    row.draft,
                    by,
                    version=row.existing.version,
                    action="import",
                    reason=reason,
                )
            except Invalid as error:
                faults[row.raw.row] = error.faults
    if faults:
        raise ImportRefused(
            Report(tuple(_refuse(verdict, faults.get(verdict.row)) for verdict in verdicts))
        )
    return [replace(verdict, ref=refs.get(verdict.row, verdict.ref)) for verdict in verdicts]


def _refuse(verdict: Verdict, faults: dict[str, tuple[str, ...]] | None) -> Verdict:
    return replace(verdict, verdict="refused", faults=faults) if faults else verdict


def _point_at_new_refs(rows: Sequence[_Row], refs: dict[int, str]) -> None:
    """A parent named by its id in the file becomes the ref that it is given here."""
    given = {row.raw.ref: refs[row.raw.row] for row in rows if row.raw.ref and row.raw.row in refs}
    for row in rows:
        for ref in _links(row, "parent"):
            if isinstance(row.draft, Draft):
                row.draft.values["parent"] = given.get(ref, ref)
