"""The tree to SQL: conditions in three-valued logic, alike on both databases."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from registry.cql2 import arrays, shapes, times
from registry.cql2.cost import check_cost
from registry.cql2.queryables import QUERYABLES
from registry.cql2.tree import (
    ARRAYS,
    COMPARISONS,
    LOGIC,
    SPATIAL,
    TEMPORAL,
    BadExpression,
    Tree,
    is_op,
)
from registry.cql2.values import KINDS, Names, Value, find, pattern, value
from registry.database.portable import Portable

_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_TIMES = ("day", "moment", "partial day", "interval")


def compiled(tree: Tree, collection_id: str) -> ColumnElement[bool]:
    """The rows of a collection that answer; raises BadExpression for what no row can answer."""
    names = QUERYABLES[collection_id]
    check_cost(tree, names)
    return _condition(tree, names, strict=False)


def _condition(tree: Tree, names: Names, *, strict: bool) -> ColumnElement[bool]:
    """A condition. Below NOT it is `strict`: unknown is not the same as no."""
    if isinstance(tree, bool):
        return true() if tree else false()
    op = tree.get("op") if isinstance(tree, dict) else None
    if op not in _CONDITIONS:
        raise _no_condition(tree, names)
    args = tree["args"]
    if op in LOGIC:
        parts = [_condition(arg, names, strict=strict) for arg in args]
        return and_(*parts) if op == "and" else or_(*parts)
    if op in SPATIAL:
        left, right = (shapes.place_of(arg, names) for arg in args)
        return shapes.related(op, left, right, strict=strict)
    return _TESTS[op](op, args, names)


def _not(_op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    return not_(_condition(args[0], names, strict=True))


def _of_times(op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    return times.related(op, *(times.time_of(arg, names) for arg in args))


def _of_lists(op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    return arrays.related(op, *(arrays.set_of(arg, names) for arg in args))


def _between(_op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    tree, low, high = args
    return and_(_compared(">=", [tree, low], names), _compared("<=", [tree, high], names))


def _compared(op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    a, b = (_operand(arg, names) for arg in args)
    if a.kind in _TIMES and b.kind in _TIMES:
        return times.compared(op, *(times.time_of(arg, names) for arg in args))
    kinds = tuple("text" if each.kind == "partial day" else each.kind for each in (a, b))
    if kinds[0] != kinds[1] or kinds[0] not in ("text", "number", "flag"):
        raise _unlike(a, b)
    ordered = kinds[0] == "text" and op not in ("=", "<>")
    left, right = (_by_code(each) if ordered else each.sql for each in (a, b))
    condition: ColumnElement[bool] = _SIGNS[op](left, right)
    return condition


def _in(_op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    tree, trees = args
    a, others = _operand(tree, names), [_operand(each, names) for each in trees]
    if any(each.constant is None or each.kind != a.kind for each in others):
        return or_(*(_compared("=", [tree, each], names) for each in trees))
    condition: ColumnElement[bool] = a.sql.in_([each.sql for each in others])
    return condition


def _like(_op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    a, wanted = _operand(args[0], names), pattern(args[1])
    if a.kind not in ("text", "partial day"):
        raise BadExpression(f"LIKE compares texts; {a.said} is {KINDS[a.kind]}")
    condition: ColumnElement[bool] = a.sql.like(wanted, escape="\\")
    return condition


def _is_null(_op: str, args: list[Tree], names: Names) -> ColumnElement[bool]:
    tree = args[0]
    if isinstance(tree, dict) and "property" in tree:
        found = find(tree["property"], names)
        if found.kind == "list":
            return arrays.is_empty(found)
    said = _operand(tree, names)
    condition: ColumnElement[bool] = false() if said.sql is None else said.sql.is_(None)
    return condition


def _operand(tree: Tree, names: Names) -> Value:
    """A value; a condition is one, too: it is true or false."""
    if is_op(tree, *_CONDITIONS):
        return Value("flag", "the condition", _condition(tree, names, strict=True))
    return value(tree, names)


def _by_code(each: Value) -> Any:
    return Portable("by code", each.sql.type, each.sql)


def _unlike(a: Value, b: Value) -> BadExpression:
    for each in (a, b):
        if each.kind == "list":
            return BadExpression(f"{each.said} is a list; ask A_CONTAINS({each.said}, ('…'))")
        if each.kind == "geometry":
            return BadExpression("a place is asked with S_INTERSECTS and its like, not compared")
    return BadExpression(
        f"{a.said} is {KINDS[a.kind]} and {b.said} {KINDS[b.kind]}; compare like with like"
    )


def _no_condition(tree: Tree, names: Names) -> BadExpression:
    if isinstance(tree, dict) and "property" in tree:
        found = find(tree["property"], names)
        if found.kind == "flag":
            return BadExpression(f"{found.name} by itself asks nothing; write {found.name} = TRUE")
    return BadExpression("a filter is a condition, as capacity_mw >= 400 or sector = 'solar'")


_TESTS: Mapping[str, Callable[[str, list[Tree], Names], ColumnElement[bool]]] = {
    "not": _not,
    "like": _like,
    "in": _in,
    "between": _between,
    "isNull": _is_null,
    **dict.fromkeys(COMPARISONS, _compared),
    **dict.fromkeys(TEMPORAL, _of_times),
    **dict.fromkeys(ARRAYS, _of_lists),
}
_CONDITIONS = (*LOGIC, *SPATIAL, *_TESTS)
