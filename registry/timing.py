"""When: an instant or an interval as RFC 3339 writes it, and the records whose time it meets."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func

from registry.kinds import shown

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})"
_MOMENT = re.compile(f"{_DAY}(?:{_CLOCK})?")
_OPEN = ("", "..")


@dataclass(frozen=True, slots=True)
class Interval:
    """From one moment to another, both within it and in UTC; None is open. `text` is as asked."""

    start: datetime | None
    end: datetime | None
    text: str

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Read "2026-11-24T00:00:00Z", "2026-01-01/2026-12-31", "2026-01-01/.." or "../2026-01-01".

        A day alone is the whole day. Raises ValueError with the rest of a sentence.
        """
        parts = text.split("/")
        if len(parts) > 2 or all(part in _OPEN for part in parts):
            raise ValueError(
                "takes a moment as 2026-11-24T00:00:00Z, or two parted by a slash, one of them "
                f"may be “..”; got {shown(text)}"
            )
        start, end = _first(parts[0]), _last(parts[-1])
        if start and end and start > end:
            raise ValueError(f"takes the earlier moment first; got {shown(text)}")
        return cls(start, end, text)


Meets = Callable[[Interval], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class During:
    """Records whose time meets an interval; those that say no time never do."""

    name: str
    label: str
    meets: Meets

    def read(self, texts: Sequence[str]) -> Interval:
        """The interval."""
        if len(texts) > 1:
            raise ValueError(f"{self.name} takes one value; it is given {len(texts):,} times.")
        try:
            return Interval.parse(texts[0].strip())
        except ValueError as error:
            raise ValueError(f"{self.name} {error}.") from None

    def write(self, value: Interval) -> tuple[str, ...]:
        """The interval as asked."""
        return (value.text,)

    def condition(self, session: object, value: Interval) -> ColumnElement[bool]:
        """Rows whose time meets it."""
        return self.meets(value)


def moment(column: Any) -> Meets:
    """The time is one moment."""
    return lambda asked: and_(
        *([column >= asked.start] if asked.start else []),
        *([column <= asked.end] if asked.end else []),
    )


def years(first: Any, last: Any) -> Meets:
    """The time is whole years, from one column's to another's: without the last it goes on."""
    return lambda asked: and_(
        first.is_not(None),
        *([func.coalesce(last, asked.start.year) >= asked.start.year] if asked.start else []),
        *([first <= asked.end.year] if asked.end else []),
    )


def partial_day(column: Any) -> Meets:
    """The time is a day, a month or a year, as text: it meets what any day of it meets."""
    # A month sorts before its days; with a tail past every day of it, after them.
    return lambda asked: and_(
        column.is_not(None),
        *([column + "-99-99" >= asked.start.date().isoformat()] if asked.start else []),
        *([column <= asked.end.date().isoformat()] if asked.end else []),
    )


def never(_asked: Interval) -> ColumnElement[bool]:
    """Nothing of these records has a time."""
    return false()


def _first(text: str) -> datetime | None:
    return None if text in _OPEN else _moment(text)


def _last(text: str) -> datetime | None:
    if text in _OPEN:
        return None
    found = _moment(text)
    is_day = len(text) == len("2026-11-24")
    return datetime.combine(found, time.max, UTC) if is_day else found


def _moment(text: str) -> datetime:
    try:
        if not _MOMENT.fullmatch(text) or not text.isascii():
            raise ValueError
        found = datetime.fromisoformat(text.upper())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"takes moments as 2026-11-24T00:00:00Z; got {shown(text)}") from None
