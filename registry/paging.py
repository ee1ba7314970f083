"""One page of an answer, in time that depends on the page and not on the registry: how many match
from the kept counts, which records from narrow indexes, then their stored texts.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    LargeBinary,
    Select,
    bindparam,
    cast,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from registry import counting, places, queries, statements, tally
from registry.asking import AnyOf, Bound, Box, Words
from registry.collections import Collection
from registry.counting import BOX, Counted, Question
from registry.cursors import Cursor, order_of
from registry.filters import MOST_LIMIT, Filter, Page
from registry.models import Project
from registry.spatial import box_parameters, meets_box
from registry.statements import Statement
from registry.tally import KIND_KEY, Kind

# A kind of projects is looked up for itself where all of them together are fewer steps than a walk
# in order of entry; to find the first of a kind costs about so many.
_STEPS_TO_FIND = 100
_MOST_KINDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """A page: how many match in all, the GeoJSON text of each record shown, where to go on.

    A cursor without a key is the beginning. Under the same `stamp` the page is the same.
    """

    stamp: str
    matched: int
    texts: list[bytes]
    next: Cursor | None
    prev: Cursor | None


def answer(
    session: Session, collection: Collection, asked: Filter, page: Page, *, public_only: bool
) -> Answer:
    """The page; its limit is at most MOST_LIMIT."""
    question = Question(collection, asked, public_only)
    read = _read_quickly if is_quick(collection, asked, page) else _read
    stamp = tally.stamp(session)
    matched, keys, texts = read(session, stamp, question, page, _limit(page) + 1)
    turned = page.cursor is not None and page.cursor.backward
    more = len(keys) > _limit(page)
    shown = slice(1, None) if more and turned else slice(_limit(page))
    after, before = _links(keys[shown], page, more=more)
    return Answer(stamp, matched, texts[shown], after, before)


def text_of(session: Session, collection: Collection, ref: str, *, public_only: bool) -> bytes:
    """The GeoJSON text of one record; raises NotFound and Moved as `queries.get` does."""
    if collection.read_only:
        return queries.get_text(session, collection, ref, public_only=public_only).encode()
    model = collection.model
    statement = statements.kept(
        session,
        (collection.id, public_only),
        lambda _dialect: select(model.text).where(
            model.ref == bindparam("ref", ""), *queries.visible(collection, public_only)
        ),
    )
    found = statement.run(session, ref=ref)
    if found:
        text: str = found[0][0]
        return text.encode()
    return queries.get_text(session, collection, ref, public_only=public_only).encode()


def forget() -> None:
    """Forget what was remembered, as a process that just began."""
    counting.forget()
    places.forget()
    statements.forget()


def _limit(page: Page) -> int:
    return page.limit or MOST_LIMIT


def _links(
    keys: list[tuple[Any, ...]], page: Page, *, more: bool
) -> tuple[Cursor | None, Cursor | None]:
    """Next and previous. Where there is a row, its key leads on; else back to where it began."""
    came = page.cursor
    if came is not None and came.backward:
        after = Cursor(keys[-1]) if keys else Cursor(())
        return after, Cursor(keys[0], backward=True) if more else None
    before = None
    if came is not None or page.offset:
        start = keys[0] if keys else came.key if came else None
        before = Cursor(start, backward=True) if start else None
    return Cursor(keys[-1]) if more else None, before


Found = tuple[int, list[tuple[Any, ...]], list[bytes]]


def _read(session: Session, stamp: str, question: Question, page: Page, limit: int) -> Found:
    """Any question in any order: the keys of the page, then its texts."""
    collection, order = question.collection, order_of(question.collection, page.sortby)
    where = queries.conditions(session, collection, question.asked, question.public_only)
    chosen = queries.in_order(select(*order.columns).where(*where), order, page, limit)
    keys = [tuple(row) for row in session.execute(chosen)]
    if page.cursor is not None and page.cursor.backward:
        keys.reverse()
    if collection.read_only:  # composed, not stored
        whole = replace(page, limit=limit)
        texts = list(
            queries.texts(
                session, collection, question.asked, whole, public_only=question.public_only
            )
        )
    else:
        texts = queries.texts_of(session, collection, [key[-1] for key in keys])
    return (
        counting.counted(session, stamp, question).matched,
        keys,
        [text.encode() for text in texts],
    )


def is_quick(collection: Collection, asked: Filter, page: Page) -> bool:
    """Whether a compiled statement serves: stored texts in order of entry, and filters that are
    made of their values alone.
    """
    box = asked.get(BOX)
    if box and (box.outline is not None or not collection.located):
        return False
    kinds = (AnyOf, Bound, Box, Words)
    plain = all(isinstance(each, kinds) for each, _ in asked.fields())
    return plain and not page.sortby and not collection.read_only


def _read_quickly(
    session: Session, stamp: str, question: Question, page: Page, limit: int
) -> Found:
    asked = question.asked
    told: dict[str, Any] = {"limit": limit, "offset": page.offset, "reach": limit + page.offset}
    box = asked.get(BOX)
    wide = bool(box) and counting.holds_many(session, question, box, limit)
    told |= box_parameters(box, BOX) if box else {}
    seeks = ""
    if page.cursor is not None:
        seeks = "before" if page.cursor.backward else "after"
        told["at"] = page.cursor.key[0]
    counted = counting.known(stamp, question)
    if counted is None and tally.knows(asked):
        counted = counting.counted(session, stamp, question)
    kinds = _worthwhile(session, stamp, question, counted, told["reach"]) if counted else ()
    if kinds:
        told |= {
            f"{name}_{at}": getattr(kind, name)
            for at, kind in enumerate(kinds)
            for name in KIND_KEY
        }
    elif not seeks and page.offset >= places.STRIDE:
        seeks = _go_ahead(session, stamp, question, told, wide=wide)
    rows = _statement(session, question, seeks, kinds, wide=wide).run(session, **told)
    rows.sort()  # by the key; a join keeps no order
    if counted is None and page.cursor is None and len(rows) < limit and (rows or not page.offset):
        counted = counting.remember(stamp, question, Counted(page.offset + len(rows)))
    texts = [row[1] if isinstance(row[1], bytes) else row[1].encode() for row in rows]
    counted = counted or counting.counted(session, stamp, question)
    return counted.matched, [row[:1] for row in rows], texts


def _go_ahead(
    session: Session, stamp: str, question: Question, told: dict[str, Any], *, wide: bool
) -> str:
    """Begin at the last place before the offset whose record is known; gives what to seek."""
    statement = statements.kept(
        session,
        (question, "place", wide),
        lambda _dialect: _walk(session, question, "after", wide=wide),
    )

    def find(at: int, skipped: int) -> int | None:
        rows = statement.run(session, **told | {"at": at, "limit": 1, "offset": skipped})
        return rows[0][0] if rows else None

    begin = places.before(stamp, question, told["offset"], find)
    if begin is None:
        return ""  # beyond the end
    told["at"], told["offset"] = begin
    return "after"


def _worthwhile(
    session: Session, stamp: str, question: Question, counted: Counted, reach: int
) -> tuple[Kind, ...]:
    """The kinds to look up one by one, where that takes fewer steps than a walk past all."""
    if not question.asked.asked or not 0 < len(counted.kinds) <= _MOST_KINDS:
        return ()
    total = counting.counted(session, stamp, counting.everything(question)).matched
    steps = sum(min(kind.n, reach) + _STEPS_TO_FIND for kind in counted.kinds)
    return counted.kinds if steps < min(total, reach * total / counted.matched) else ()


def _statement(
    session: Session, question: Question, seeks: str, kinds: tuple[Kind, ...], *, wide: bool
) -> Statement:
    """A page, compiled at its first use."""
    box, asked, looks = question.asked.get(BOX), question.asked, len(kinds)
    if box:  # its bounds are told
        asked = asked.without(BOX)
    if looks:  # so are the kinds
        asked = asked.without("country", "sector")

    def choose(dialect: str) -> Select[Any]:
        if looks:
            return _with_texts(question, _first_of_kinds(session, question, looks, seeks), dialect)
        page = _walk(session, question, seeks, wide=wide)
        if box:
            return page.add_columns(_text(question, dialect))
        return _with_texts(question, page, dialect)

    shape = (asked, box and len(box.parts()), question.public_only, seeks, looks, wide)
    return statements.kept(session, shape, choose)


def _walk(session: Session, question: Question, seeks: str, *, wide: bool) -> Select[Any]:
    """Ids in order of entry; of projects off an index that holds all that the counts know."""
    model, asked = question.collection.model, question.asked
    # As `queries.conditions`, but the bounds of a box are told when the statement runs.
    where = [
        meets_box(each.column, value, BOX, each=wide)
        if isinstance(each, Box)
        else each.condition(session, value)
        for each, value in asked.fields()
    ]
    seen = queries.visible(question.collection, question.public_only)
    chosen = _in_order(select(model.id).where(*where, *seen), model.id, seeks, "limit")
    if asked.get(BOX):  # which gives keys
        chosen = chosen.with_hint(model.__table__, "NOT INDEXED", "sqlite")
    elif tally.knows(asked):
        # To SQLite a row as wide as a project's is no dearer to pass over than these.
        chosen = chosen.with_hint(model.__table__, "INDEXED BY ix_project_walk", "sqlite")
    return chosen.offset(bindparam("offset", 0))


def _first_of_kinds(
    session: Session, question: Question, count: int, seeks: str
) -> Select[tuple[int]]:
    """Ids in order of entry: the first of each of so many kinds, merged."""
    rest = question.asked.without("country", "sector").fields()
    where = [each.condition(session, value) for each, value in rest]
    looks = []
    for at in range(count):
        same = [getattr(Project, name) == bindparam(f"{name}_{at}", "") for name in KIND_KEY]
        kind = select(Project.id).where(*same, *where)
        first = _in_order(kind, Project.id, seeks, "reach").subquery()
        looks.append(select(first.c.id))
    merged = union_all(*looks).subquery()
    turned = merged.c.id.desc() if seeks == "before" else merged.c.id
    chosen = select(merged.c.id).order_by(turned).limit(bindparam("limit", 0))
    return chosen.offset(bindparam("offset", 0))


def _in_order(chosen: Select[Any], key: Any, seeks: str, limit: str) -> Select[Any]:
    at: BindParameter[int] = bindparam("at", 0)
    if seeks:
        chosen = chosen.where(key < at if seeks == "before" else key > at)
    return chosen.order_by(key.desc() if seeks == "before" else key).limit(bindparam(limit, 0))


def _with_texts(question: Question, page: Select[Any], dialect: str) -> Select[Any]:
    model, found = question.collection.model, page.subquery("page")
    text = _text(question, dialect)
    return select(found.c.id, text).join_from(found, model, model.id == found.c.id)


def _text(question: Question, dialect: str) -> ColumnElement[Any]:
    """SQLite gives the bytes as they lie there; text would be decoded here and encoded again."""
    text = question.collection.model.text
    return cast(text, LargeBinary) if dialect == "sqlite" else text.expression
