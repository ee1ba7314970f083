"""Where a page begins: the sort key of the row before it, so that the pages of an answer stay right
while records come and go.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, false, or_

from registry import pairs
from registry.collections import CROSS_REFERENCES, Collection
from registry.database.types import UtcDateTime

SortBy = Sequence[tuple[str, bool]]
LONGEST_CURSOR = 8_000
# What PostgreSQL takes for a whole number.
_MOST = 2**31


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort key of a row, and whether the page lies before it instead of after."""

    key: tuple[Any, ...]
    backward: bool = False

    def __str__(self) -> str:
        """Return the text that `parse` reads, fit for an address; nothing for the beginning."""
        if not self.key:
            return ""
        said = orjson.dumps([self.backward, *self.key])
        return base64.urlsafe_b64encode(said).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of an order; rows that lack a value come last, turned or not."""

    column: ColumnElement[Any]
    may_lack: bool
    down: bool = False

    def clause(self, *, backward: bool) -> ColumnElement[Any]:
        turned = self.column.desc() if self.down != backward else self.column.asc()
        if not self.may_lack:
            return turned  # an index answers this
        return turned.nulls_first() if backward else turned.nulls_last()

    def same(self, value: Any) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value

    def beyond(self, value: Any, *, backward: bool) -> ColumnElement[bool]:
        if value is None:
            return self.column.is_not(None) if backward else false()
        past: ColumnElement[bool] = (
            self.column < value if self.down != backward else self.column > value
        )
        return past if backward or not self.may_lack else or_(past, self.column.is_(None))


@dataclass(frozen=True, slots=True)
class Order:
    """The whole order of an answer: as asked for, then as entered, so that no two rows tie."""

    parts: tuple[_Column, ...]

    @property
    def columns(self) -> list[Any]:
        """What the sort key of a row is made of."""
        return [part.column for part in self.parts]

    def clauses(self, *, backward: bool = False) -> list[ColumnElement[Any]]:
        """The ORDER BY of a page, or of one that is read from its end."""
        return [part.clause(backward=backward) for part in self.parts]

    def beyond(self, cursor: Cursor) -> ColumnElement[bool]:
        """The rows after the cursor's (or before it)."""
        ways = [
            and_(
                *(
                    part.same(value)
                    for part, value in zip(self.parts[:at], cursor.key, strict=False)
                ),
                self.parts[at].beyond(cursor.key[at], backward=cursor.backward),
            )
            for at in range(len(self.parts))
        ]
        return or_(*ways)

    def parse(self, text: str) -> Cursor:
        """The cursor of a text; raises ValueError for one that this order did not make."""
        try:
            padded = text + "=" * (-len(text) % 4)
            said = orjson.loads(base64.b64decode(padded, "-_", validate=True))
            backward, key = said[0], said[1:]
            if not isinstance(backward, bool) or len(text) > LONGEST_CURSOR:
                raise TypeError
            read = [_read(part, value) for part, value in zip(self.parts, key, strict=True)]
        except (ValueError, TypeError, LookupError, OverflowError):
            raise ValueError(
                "cursor takes what a link of this answer gives; begin anew without it."
            ) from None
        return Cursor(tuple(read), backward)


def order_of(collection: Collection, sortby: SortBy) -> Order:
    """The order of a collection's records."""
    asked = [_of(getattr(collection.model, name), down) for name, down in sortby]
    entered = pairs.order() if collection is CROSS_REFERENCES else (collection.model.id,)
    return Order((*asked, *map(_of, entered)))


def _of(attribute: Any, down: bool = False) -> _Column:
    return _Column(attribute.expression, attribute.expression.nullable, down)


def _moment(text: str) -> datetime:
    """A moment in UTC; raises OverflowError beyond the years that there are."""
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def _read(part: _Column, value: Any) -> Any:
    if value is None and part.may_lack:
        return None
    of_type = part.column.type
    kind: Any = datetime if isinstance(of_type, UtcDateTime) else of_type.python_type
    if kind is datetime:
        return _moment(value)
    if kind is date:
        return date.fromisoformat(value)
    number = kind is float and isinstance(value, int)
    if isinstance(value, bool) or not (number or isinstance(value, kind)):
        raise TypeError
    if (kind is int and not 0 <= value < _MOST) or (kind is str and "\0" in value):
        raise ValueError
    return float(value) if kind is float else value
