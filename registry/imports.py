"""File → drafts → records, with a verdict per row; all of it or nothing.

Rows are read and checked before anything is asked of the database, and wait in a temporary file
meanwhile, so that a long import holds up nobody who saves. What hangs on what is stored (refs,
links, what differs) is judged and written in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.formats import RawFeature
from geo.parts import in_parts
from registry import duplicates, history, records, redirects
from registry.actors import Actor
from registry.alongside import Helpers
from registry.clock import now
from registry.collections import COLLECTIONS, PROJECTS, Collection
from registry.drafts import Draft
from registry.errors import Forbidden, Invalid, RefInUse, RefusedFile
from registry.features import to_feature
from registry.filed import ROWS_AT_A_TIME, FileRow, check_ids, in_size, read_rows
from registry.folding import slug
from registry.history import Why
from registry.inserting import insert_blocks, settle
from registry.kinds import shown
from registry.links import judge, known
from registry.prepared import Named, said_of, unpack_block, write_texts
from registry.refs import next_refs
from registry.reports import ImportRefused, Report, refused_of, report_of
from registry.waiting import Waiting, waiting

MOST_FAULTY = 5_000
"""Faulty rows after which a file is read no further: all have the same few faults by then."""

_REMOVED = "{} was removed before; take the id out, and the row gets a new ref."
_MOVED = "{} was merged into {}; change that one, or take the row out."
Progress = Callable[[int], None]


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
    storing: Progress = lambda _done: None,
    processes: int = 0,
) -> Report:
    """Store every row, or none: with one faulty row the report is raised inside `ImportRefused`.

    With `keep_ids` a feature's id is its ref: an existing record is revised where something
    differs and left untouched where nothing does. Refs in `leave` are left as they are.
    `progress` hears how many rows are checked, `storing` how many are stored; so many `processes`
    help. A session that has asked nothing yet takes no lock before all rows are checked.
    """
    with checked(
        collection, raw, keep_ids=keep_ids, leave=leave, progress=progress, processes=processes
    ) as rows:
        return rows.store(session, by, reason, storing)


@contextmanager
def checked(
    collection: Collection,
    raw: Iterable[RawFeature],
    *,
    keep_ids: bool = False,
    leave: frozenset[str] = frozenset(),
    progress: Progress = lambda _done: None,
    processes: int = 0,
) -> Iterator["Checked"]:
    """Every row of a file held to its own rules, as with `import_rows`; no database is asked.

    Raises `ImportRefused` where so many rows are faulty that reading on would tell nothing.
    """
    if collection.read_only:
        raise RefusedFile(
            f"{collection.title} ({collection.id}) are not imported: the registry makes them "
            f"itself. Import {', '.join(one.id for one in COLLECTIONS)}."
        )
    with waiting(collection.id) as drafts, Helpers(processes) as helpers:
        rows = _read(collection, raw, drafts, progress, helpers)
        yield Checked(collection, rows, drafts, keep_ids, leave, helpers)


def _read(
    collection: Collection,
    raw: Iterable[RawFeature],
    drafts: Waiting,
    progress: Progress,
    helpers: Helpers,
) -> list[FileRow]:
    rows: list[FileRow] = []
    faulty = 0
    read = partial(read_rows, collection.id, now().date())
    for part, block in helpers.in_order(read, in_size(raw)):
        rows += part
        drafts.put(block, len(part))
        progress(len(rows))
        faulty += sum(bool(row.faults) for row in rows[-len(part) :])
        if faulty > MOST_FAULTY:
            raise ImportRefused(refused_of(rows), is_whole=False)
    return rows


@dataclass(slots=True)
class Checked:
    """Rows that keep their own rules, on their way into the registry."""

    collection: Collection
    rows: list[FileRow]
    waiting: Waiting
    keep_ids: bool
    leave: frozenset[str]
    helpers: Helpers

    def store(
        self, session: Session, by: Actor, reason: str = "", storing: Progress = lambda _done: None
    ) -> Report:
        """Judge every row by what is stored, then write; raises ImportRefused."""
        self.judge(session)
        self.refuse_faulty()
        self.find_twins(session)
        self._name_new(session)
        try:
            self._create(session, Why(by, "import", reason), storing)
        except RefInUse:  # asked only where there is one
            self.refuse_used(session)
        self._revise(session, by, reason)
        self.refuse_faulty()
        return report_of(self.rows, named=True)

    def judge(self, session: Session) -> None:
        """Say what each row would do to what is stored, and what keeps it out."""
        moved = redirects.targets(session, self.collection)
        if self.keep_ids:
            check_ids(self.rows)
        if self.collection is PROJECTS:
            taken = [row for row in self.rows if row.ref not in self.leave]
            judge(session, taken, are_new=not self.keep_ids)
        self._judge_refs(session, moved)

    def _judge_refs(self, session: Session, moved: Mapping[str, str]) -> None:
        """Say of each row that has a ref of its own what becomes of the record of that name."""
        if not self.keep_ids:
            return
        refs = [row.ref for row in self.rows if row.ref]
        stored = known(session, self.collection.model, refs)
        for row in self.rows:
            if row.ref in self.leave:
                row.verdict, row.faults, row.warnings = "unchanged", {}, ()
            elif row.ref and row.ref in moved:
                row.faults = {"id": (_MOVED.format(shown(row.ref), moved[row.ref]),)}
            elif row.ref in stored and not row.faults:
                row.verdict = "revise"
        if any(row.verdict == "revise" for row in self.rows):
            self._leave_what_is_the_same(session)

    def _leave_what_is_the_same(self, session: Session) -> None:
        for part in in_parts(self.drafts("revise"), ROWS_AT_A_TIME):
            drafts = {row.ref or "": draft for row, draft in part}
            same = _with_the_same_text(session, self.collection, drafts)
            unsure = self.stored(session, [ref for ref in drafts if ref not in same])
            same |= {ref for ref, old in unsure.items() if not differs(old, drafts[ref])}
            for row, _ in part:
                row.verdict = "unchanged" if row.ref in same else "revise"

    def refuse_faulty(self) -> None:
        """Raise ImportRefused where any row has a fault."""
        if any(row.faults for row in self.rows):
            raise ImportRefused(refused_of(self.rows, named=self.keep_ids))

    def find_twins(self, session: Session) -> None:
        """What may be there already is said, and stored all the same."""
        new = sum(row.verdict == "create" for row in self.rows)
        if self.collection is not PROJECTS or not 0 < new <= duplicates.MOST_WARNED:
            return
        given = list(self.drafts("create"))
        found = duplicates.twins(session, [(row.ref, draft) for row, draft in given])
        for (row, _), twins in zip(given, found, strict=True):
            row.twins = tuple(
                twin if twin.earlier is None else replace(twin, earlier=given[twin.earlier][0].row)
                for twin in twins
            )
            row.warnings = (*row.warnings, *(twin.sentence for twin in twins))

    def _name_new(self, session: Session) -> None:
        """Give each new record its ref; a parent named by its id in the file is called so too."""
        new = [row for row in self.rows if row.verdict == "create"]
        unnamed = [row for row in new if not self.keep_ids or row.ref is None]
        free = next_refs(session, self.collection, len(unnamed))
        called = {row.ref: ref for row, ref in zip(unnamed, free, strict=True) if row.ref}
        for row, ref in zip(unnamed, free, strict=True):
            row.ref = ref
        named = {row.row: row.ref for row in new if row.ref}
        for row in self.rows:
            if row.links and (parent := row.link("parent")):
                row.links["parent"] = called.get(parent, parent)
            if row.twins:
                row.twins = tuple(
                    replace(twin, ref=named.get(twin.earlier or 0, twin.ref)) for twin in row.twins
                )

    def _create(self, session: Session, why: Why, storing: Progress) -> None:
        """Store what is new; helpers prepare it while the database writes."""
        records.allow(why.by)
        new = [row for row in self.rows if row.verdict == "create"]
        names = (name for row in new for name in row.partners)
        settled = settle(session, self.collection, names, now(), len(new))
        blocks = self.helpers.in_order(partial(unpack_block, settled), self._new_blocks())
        insert_blocks(session, self.collection, blocks, why, len(new), storing)

    def _new_blocks(self) -> Iterator[tuple[bytes, list[Named | None]]]:
        """The packed drafts with what is new among them."""
        rows = iter(self.rows)
        for packed, count in self.waiting.packed():
            named = [
                Named(row.ref, row.links) if row.verdict == "create" and row.ref else None
                for row in islice(rows, count)
            ]
            if any(named):
                yield packed, named

    def refuse_used(self, session: Session) -> None:
        """Say of which rows the record was removed before."""
        new = [row for row in self.rows if row.verdict == "create"]
        used = history.known(session, self.collection.id, [row.ref or "" for row in new])
        for row in new:
            if row.ref in used:
                row.refuse("id", _REMOVED.format(shown(row.ref)))

    def _revise(self, session: Session, by: Actor, reason: str) -> None:
        for _, draft, old in self.revisions(session, by, reason):
            records.rewrite(session, self.collection, old, draft, by, "import", reason)

    def revisions(
        self, session: Session, by: Actor, reason: str | None
    ) -> Iterator[tuple[FileRow, Draft, Any]]:
        """The rows that may revise their records, with draft and record; the others get faults.

        A `reason` of None is asked for later.
        """
        for part in in_parts(self.drafts("revise"), ROWS_AT_A_TIME):
            stored = self.stored(session, [row.ref or "" for row, _ in part])
            for row, draft in part:
                old = stored[row.ref or ""]
                try:
                    records.check_revision(session, self.collection, old, draft, by, reason)
                except Invalid as error:
                    row.faults = error.faults
                except Forbidden as error:
                    row.faults = {"id": (str(error),)}
                else:
                    yield row, draft, old

    def stored(self, session: Session, refs: Iterable[str]) -> dict[str, Any]:
        """The records of these refs."""
        model = self.collection.model
        rows = session.scalars(select(model).where(model.ref.in_(list(refs))))
        return {row.ref: row for row in rows}

    def drafts(self, verdict: str) -> Iterator[tuple[FileRow, Draft]]:
        """The rows of that verdict with their drafts, which name what the rows now do."""
        if not any(row.verdict == verdict for row in self.rows):
            return
        rows = iter(self.rows)
        for block in self.waiting.blocks():
            for draft in block:
                row = next(rows)
                if draft is not None and row.verdict == verdict:
                    row.tell(draft)
                    yield row, draft


def _with_the_same_text(
    session: Session, collection: Collection, drafts: Mapping[str, Draft]
) -> set[str]:
    """The refs whose records say what their drafts say, to the letter: most of a file of ours."""
    model = collection.model
    names = ["ref", "version", "created_at", "updated_at", "text"]
    names += ["publication"] if collection is PROJECTS else []
    asked = select(*(getattr(model, name) for name in names)).where(model.ref.in_(drafts))
    stored = session.execute(asked).all()
    fresh = write_texts(collection, [said_of(collection, drafts[row.ref], row) for row in stored])
    return {row.ref for row, said in zip(stored, fresh, strict=True) if said["text"] == row.text}


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
