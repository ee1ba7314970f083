"""Days, moments and intervals: comparisons and the functions of time (OGC 21-065r2, 7.8).

Everything is an interval, closed at both ends; a day is one of moments, and a date of which only
the year is known is one of days.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, and_, func, literal, not_, or_

from registry.cql2.queryables import Queryable
from registry.cql2.tree import OPEN_END, BadExpression, Tree
from registry.cql2.values import KINDS, Names, find
from registry.database.types import UtcDateTime
from registry.kinds import shown

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[-+][0-9]{2}:[0-9]{2})"
)
# Stored moments have milliseconds, years have four digits.
_FIRST, _LAST = date(1000, 1, 1), date(9999, 12, 31)
_MIDNIGHT, _BEFORE_MIDNIGHT = time(0), time(23, 59, 59, 999_000)
_TIMED = ("day", "partial day", "moment")
# A year and a month become a first and a last day as text; no month has a 32nd.
_FIRST_OF_YEAR, _LAST_OF_YEAR = "-01-01", "-12-31"


@dataclass(frozen=True, slots=True)
class Time:
    """An interval: its ends are SQL, a Python date or moment, or None where it is open.

    `textual` days stand as text, and maybe in part; `said` is how sentences call it.
    """

    said: str
    start: Any
    end: Any
    grain: str
    textual: bool = False
    is_interval: bool = False
    is_constant: bool = False


def time_of(tree: Tree, names: Names) -> Time:
    """The interval that a tree stands for; raises BadExpression where it is no time."""
    if isinstance(tree, dict):
        if "date" in tree:
            return _day(tree["date"])
        if "timestamp" in tree:
            return _moment(tree["timestamp"])
        if "interval" in tree:
            return _interval(tree["interval"], names)
        if "property" in tree:
            return _property(find(tree["property"], names))
    raise BadExpression(
        "a time is a property, DATE('2026-11-24'), TIMESTAMP('2026-11-24T09:00:00Z') or an INTERVAL"
    )


def compared(op: str, left: Time, right: Time) -> ColumnElement[bool]:
    """A comparison; a day that is compared with moments is all of them."""
    for each in (left, right):
        if each.is_interval:
            raise BadExpression("an interval is asked with T_DURING and its like, not compared")
    if left.is_constant and not right.is_constant:
        left, right, op = right, left, _MIRRORED[op]
    start, end, other_start, other_end = _bounds(left, right)
    within = and_(start >= other_start, end <= other_end)
    conditions = {
        "=": within,
        "<>": not_(within),
        "<": end < other_start,
        ">": start > other_end,
        "<=": end <= other_end,
        ">=": start >= other_start,
    }
    condition: ColumnElement[bool] = conditions[op]
    return condition


def related(op: str, left: Time, right: Time) -> ColumnElement[bool]:
    """A function of time; most are of intervals only."""
    if op not in _OF_INSTANTS:
        for each in (left, right):
            if not each.is_interval:
                raise BadExpression(f"{op.upper()} takes two intervals; {each.said} is none")
    condition: ColumnElement[bool] = _RELATIONS[op](*_bounds(left, right))
    return condition


_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_OF_INSTANTS = ("t_after", "t_before", "t_disjoint", "t_equals", "t_intersects")
# In terms of start and end of the first, then of the second (W3C/OGC Time Ontology in OWL).
_RELATIONS: Mapping[str, Callable[[Any, Any, Any, Any], Any]] = {
    "t_after": lambda a, b, c, d: a > d,
    "t_before": lambda a, b, c, d: b < c,
    "t_contains": lambda a, b, c, d: and_(a < c, b > d),
    "t_disjoint": lambda a, b, c, d: or_(b < c, a > d),
    "t_during": lambda a, b, c, d: and_(a > c, b < d),
    "t_equals": lambda a, b, c, d: and_(a == c, b == d),
    "t_finishedBy": lambda a, b, c, d: and_(a < c, b == d),
    "t_finishes": lambda a, b, c, d: and_(a > c, b == d),
    "t_intersects": lambda a, b, c, d: and_(a <= d, b >= c),
    "t_meets": lambda a, b, c, d: b == c,
    "t_metBy": lambda a, b, c, d: a == d,
    "t_overlappedBy": lambda a, b, c, d: and_(a > c, a < d, b > d),
    "t_overlaps": lambda a, b, c, d: and_(a < c, b > c, b < d),
    "t_startedBy": lambda a, b, c, d: and_(a == c, b > d),
    "t_starts": lambda a, b, c, d: and_(a == c, b < d),
}


def _day(text: str) -> Time:
    try:
        said = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        said = None
    if said is None or said < _FIRST:
        raise BadExpression(f"DATE takes a day as '2026-11-24'; got {shown(text)}")
    return Time(shown(text), said, said, "day", is_constant=True)


def _moment(text: str) -> Time:
    try:
        said = datetime.fromisoformat(text.upper()) if _MOMENT.fullmatch(text) else None
        said = said and said.astimezone(UTC)
    except (ValueError, OverflowError):
        said = None
    if said is None or said.date() < _FIRST:
        raise BadExpression(
            f"TIMESTAMP takes a moment as '2026-11-24T09:00:00Z'; got {shown(text)}"
        )
    kept = said.replace(microsecond=said.microsecond // 1000 * 1000)
    return Time(shown(text), kept, kept, "moment", is_constant=True)


def _interval(ends: list[Tree], names: Names) -> Time:
    start, end = (_end(tree, names) for tree in ends)
    grains = {each.grain for each in (start, end) if each is not None}
    is_constant = all(each is None or each.is_constant for each in (start, end))
    found = Time(
        "the interval",
        None if start is None else start.start,
        None if end is None else end.end,
        "moment" if "moment" in grains else "day",
        any(each is not None and each.textual for each in (start, end)),
        is_interval=True,
        is_constant=is_constant,
    )
    for each in (start, end):
        if each is not None and not each.is_constant and each.grain != found.grain:
            raise _unlike(each)
    if is_constant and start and end and _as_moment(start.start, 0) > _as_moment(end.end, 1):
        raise BadExpression(f"the interval begins {start.said} after it ends {end.said}")
    return found


def _end(tree: Tree, names: Names) -> Time | None:
    if isinstance(tree, dict):
        return _property(find(tree["property"], names))
    if tree == OPEN_END:
        return None
    return _moment(tree) if "T" in tree.upper() else _day(tree)


def _property(found: Queryable) -> Time:
    if found.kind not in _TIMED:
        raise BadExpression(f"{found.name} is {KINDS[found.kind]}, no time")
    if found.kind != "partial day":
        return Time(found.name, found.sql, found.sql, found.kind)
    # What the text lacks of a whole date is cut from the first and the last day of a year.
    known = func.length(found.sql)
    start, end = (
        found.sql.concat(func.substr(rest, known - 3)) for rest in (_FIRST_OF_YEAR, _LAST_OF_YEAR)
    )
    return Time(found.name, start, end, "day", textual=True)


def _bounds(left: Time, right: Time) -> tuple[Any, Any, Any, Any]:
    """Start and end of both in one grain."""
    grain = "moment" if "moment" in (left.grain, right.grain) else "day"
    for each in (left, right):
        if each.grain != grain and not each.is_constant:
            raise _unlike(each)
    textual = left.textual or right.textual
    return tuple(
        _bound(end, place, grain, textual)
        for each in (left, right)
        for place, end in enumerate((each.start, each.end))
    )


def _bound(end: Any, place: int, grain: str, textual: bool) -> Any:
    said = (_FIRST, _LAST)[place] if end is None else end
    if not isinstance(said, date):
        return said
    if grain == "moment":
        return literal(_as_moment(said, place), UtcDateTime())
    return literal(said.isoformat(), Text()) if textual else literal(said, Date())


def _as_moment(said: date, place: int) -> datetime:
    if isinstance(said, datetime):
        return said
    return datetime.combine(said, (_MIDNIGHT, _BEFORE_MIDNIGHT)[place], UTC)


def _unlike(each: Time) -> BadExpression:
    return BadExpression(f"{each.said} is a day; compare it with DATE('2026-11-24')")
