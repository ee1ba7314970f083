"""Arithmetic as SQL that cannot fail on either database, whatever stands in the rows.

PostgreSQL ends a query with an error where a result is too large or too small for a double;
SQLite goes on with infinity. So the bounds of every result are reckoned before the query runs,
and what might leave them is refused. Dividing by zero gives nothing (NULL) on both.
"""

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Double, case, cast, func, literal

from registry.cql2.queryables import Queryable
from registry.cql2.tree import BadExpression
from registry.database.portable import Portable

# Powers of ten that a result may reach; doubles end at 308.
_FURTHEST = 300.0
# A stored figure under a trillionth counts as zero in arithmetic.
_LEAST = -12.0
# Digits of a double: what is left of two near numbers may be so much smaller than they.
_DIGITS = 17.0
# Up to here whole numbers are exact in both databases' ways of dividing.
_WHOLE_MOST = 15.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as SQL, and between which powers of ten it lies where it is not zero.

    It is a multiple of a power of two at about `grain`: what is left of a sum is no smaller.
    """

    sql: Any
    least: float
    most: float
    grain: float
    whole: bool = False
    signed: bool = False
    constant: float | None = None


def constant(number: float) -> Figure:
    """A number that the filter holds."""
    size = math.log10(abs(number)) if number else 0.0
    whole = number == math.floor(number)
    grain = 0.0 if whole else size - _DIGITS
    return Figure(literal(number, Double()), size, size, grain, whole, number < 0, number)


def column(found: Queryable) -> Figure:
    """A stored number; none is negative (registry.kinds)."""
    as_double: Any = cast(found.sql, Double())
    most = math.log10(found.most)
    if found.whole:
        return Figure(as_double, 0.0, most, 0.0, whole=True)
    kept = case((found.sql < 10**_LEAST, 0.0), else_=as_double)
    return Figure(kept, _LEAST, most, _LEAST - _DIGITS)


def combined(op: str, left: Figure, right: Figure) -> Figure:
    """The result of an operator; raises BadExpression where it may leave the range of numbers."""
    figure = _BY_OPERATOR[op](op, left, right)
    if figure.most > _FURTHEST or figure.least < -_FURTHEST:
        raise BadExpression(f"the result of {op} may be too large or too small; reckon with less")
    return figure


def _sum(op: str, left: Figure, right: Figure) -> Figure:
    grain = min(left.grain, right.grain)
    return Figure(
        left.sql + right.sql if op == "+" else left.sql - right.sql,
        grain,
        max(left.most, right.most) + 1,
        grain,
        left.whole and right.whole,
        op == "-" or left.signed or right.signed,
    )


def _product(_op: str, left: Figure, right: Figure) -> Figure:
    return Figure(
        left.sql * right.sql,
        left.least + right.least,
        left.most + right.most,
        left.grain + right.grain,
        left.whole and right.whole,
        left.signed or right.signed,
    )


def _quotient(_op: str, left: Figure, right: Figure) -> Figure:
    return Figure(
        left.sql / func.nullif(right.sql, 0.0),
        left.least - right.most,
        left.most - right.least,
        left.least - right.most - _DIGITS,
        signed=left.signed or right.signed,
    )


def _whole_quotient(op: str, left: Figure, right: Figure) -> Figure:
    """`div` and `%`, which are of whole numbers; both cut towards zero."""
    if not (left.whole and right.whole) or max(left.most, right.most) > _WHOLE_MOST:
        raise BadExpression(f"{op} takes whole numbers of at most {_WHOLE_MOST:g} digits")
    divisor = func.nullif(right.sql, 0.0)
    sql = (
        Portable("modulo", Double(), left.sql, divisor)
        if op == "%"
        else Portable("truncated", Double(), left.sql / divisor)
    )
    return Figure(sql, 0.0, left.most, 0.0, whole=True, signed=left.signed or right.signed)


def _power(op: str, left: Figure, right: Figure) -> Figure:
    times = right.constant
    if times is None:
        raise BadExpression("the exponent of ^ is a number, such as 2 or 0.5")
    if left.signed and not right.whole:
        raise BadExpression("what stands before ^ may be below zero; raise it to a whole number")
    # Zero has no negative power.
    base = func.nullif(left.sql, 0.0) if times < 0 else left.sql
    ends = sorted((left.least * times, left.most * times))
    return Figure(
        Portable("power", Double(), base, right.sql),
        ends[0],
        ends[1],
        ends[0] - _DIGITS,
        left.whole and right.whole and times >= 0,
        left.signed,
    )


_BY_OPERATOR = {
    "+": _sum,
    "-": _sum,
    "*": _product,
    "/": _quotient,
    "div": _whole_quotient,
    "%": _whole_quotient,
    "^": _power,
}
