"""How many records match a question, remembered as long as nothing changes."""

from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import and_, not_, select, true
from sqlalchemy.orm import Session

from geo.bbox import BBox
from registry import queries, tally
from registry.collections import Collection
from registry.filters import Filter
from registry.spatial import count_in, is_wide
from registry.tally import Kind

BOX = "bbox"
_MOST_KEPT = 4_096
_counts: dict[tuple[str, "Question"], "Counted"] = {}
# From so many records on a box is wide.
_WIDE = 20_000
_wide: dict[tuple[str, BBox, int], bool] = {}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a collection, and whether by the public."""

    collection: Collection = field(compare=False)
    asked: Filter
    public_only: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """How many match; where the kept counts tell them by kind, of which kinds."""

    matched: int
    kinds: tuple[Kind, ...] = ()


def known(stamp: str, question: Question) -> Counted | None:
    """What is remembered."""
    return _counts.get((stamp, question))


def remember(stamp: str, question: Question, counted: Counted) -> Counted:
    """Keep what was counted under a stamp."""
    found: Counted = _keep(_counts, (stamp, question), counted)
    return found


def everything(question: Question) -> Question:
    """The same without any filter."""
    return replace(question, asked=Filter(question.collection.id))


def counted(session: Session, stamp: str, question: Question) -> Counted:
    """How many match, remembered as long as nothing changes."""
    found = known(stamp, question)
    return found or remember(stamp, question, _count(session, stamp, question))


def _count(session: Session, stamp: str, question: Question) -> Counted:
    collection, asked, public_only = question.collection, question.asked, question.public_only
    if asked.asked and tally.tells_kinds(asked):
        # After each change all kinds are read once, and not once for each question.
        every = counted(session, stamp, everything(question))
        kinds = tally.among(every.kinds, asked)
        return Counted(sum(kind.n for kind in kinds), kinds)
    if tally.knows(asked):
        kinds = tally.kinds(session, asked, public_only=public_only)
        return Counted(sum(kind.n for kind in kinds), kinds)
    box, seen = asked.get(BOX), queries.visible(collection, public_only)
    alone = box and not asked.without(BOX).asked and collection.located and not collection.read_only
    if alone and box.outline is None and holds_many(session, question, box, 0):
        hidden = select(collection.model.id).where(not_(and_(true(), *seen)))
        return Counted(count_in(session, collection.model, box, hidden))
    return Counted(queries.count(session, collection, asked, public_only=public_only))


def holds_many(session: Session, question: Question, box: BBox, limit: int) -> bool:
    """Whether to list what is in a box takes longer than to walk past all records; asked once."""
    most = _WIDE * (1 + limit // 1_000)
    key = question.collection.id, box, most
    found: bool | None = _wide.get(key)
    if found is not None:
        return found
    return bool(_keep(_wide, key, is_wide(session, question.collection.model, box, most)))


def forget() -> None:
    """Forget what was remembered."""
    _counts.clear()
    _wide.clear()


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> Any:
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = value
    return value
