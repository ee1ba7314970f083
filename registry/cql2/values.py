"""Values of a filter as SQL, each with its kind: properties, literals, text without case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Double, Text, literal

from geo.numbers import exact_number
from registry.cql2 import arithmetic
from registry.cql2.arithmetic import Figure
from registry.cql2.queryables import Queryable
from registry.cql2.tree import ARITHMETIC, FOLDS, BadExpression, Tree, is_op
from registry.database import functions
from registry.database.portable import Portable
from registry.kinds import shown

Names = Mapping[str, Queryable]

# What sentences call each kind.
KINDS = {
    "text": "a text",
    "number": "a number",
    "flag": "true or false",
    "day": "a day",
    "partial day": "a day",
    "moment": "a moment",
    "geometry": "a place",
    "list": "a list",
    "interval": "an interval",
}
_FOLDS: dict[str, Callable[[str | None], str | None]] = {
    "casei": functions.casei,
    "accenti": functions.accenti,
}


@dataclass(frozen=True, slots=True)
class Value:
    """One side of a comparison: its kind, how sentences call it, its SQL.

    `constant` is the Python value of what the filter itself holds; `figure` bounds a number.
    """

    kind: str
    said: str
    sql: Any = None
    constant: Any = None
    figure: Figure | None = None


def value(tree: Tree, names: Names) -> Value:
    """The value of a tree that is no condition; raises BadExpression for a wrong kind."""
    if not isinstance(tree, dict):
        return _literal(tree)
    if "property" in tree:
        return _property(find(tree["property"], names))
    if is_op(tree, *FOLDS):
        return _folded(tree["op"], tree["args"][0], names)
    if is_op(tree, *ARITHMETIC):
        left, right = (_figure(arg, tree["op"], names) for arg in tree["args"])
        figure = arithmetic.combined(tree["op"], left, right)
        return Value("number", f"the result of {tree['op']}", figure.sql, None, figure)
    key, kind = next((key, kind) for key, kind in _OTHERS.items() if key in tree)
    return Value(kind, shown(tree[key]) if isinstance(tree[key], str) else KINDS[kind])


def _literal(tree: Tree) -> Value:
    if isinstance(tree, bool):
        return Value("flag", str(tree).upper(), literal(tree, Boolean()), tree)
    if isinstance(tree, float):
        figure = arithmetic.constant(tree)
        return Value("number", exact_number(tree), literal(tree, Double()), tree, figure)
    if isinstance(tree, str):
        return Value("text", shown(tree), literal(tree, Text()), tree)
    raise BadExpression("a list stands only after IN and in A_CONTAINS and its like")


# Literals that only functions of time and place take apart.
_OTHERS = {
    "date": "day",
    "timestamp": "moment",
    "interval": "interval",
    "bbox": "geometry",
    "type": "geometry",
}


def find(name: str, names: Names) -> Queryable:
    """What stands under a name; raises BadExpression with the choices."""
    found = names.get(name)
    if found is None:
        raise BadExpression(f"there is no property {shown(name)}; there are {', '.join(names)}")
    return found


def pattern(tree: Tree) -> str:
    """What LIKE compares with: a text, as CASEI and ACCENTI leave it (OGC 21-065r2, 7.2)."""
    if is_op(tree, *FOLDS):
        return _FOLDS[tree["op"]](pattern(tree["args"][0])) or ""
    if not isinstance(tree, str):
        raise BadExpression("LIKE takes a pattern in quotes, with % for any letters and _ for one")
    if (len(tree) - len(tree.rstrip("\\"))) % 2:
        raise BadExpression(f"the pattern {shown(tree)} ends with a single \\; double it")
    return tree


def _property(found: Queryable) -> Value:
    figure = arithmetic.column(found) if found.kind == "number" else None
    return Value(found.kind, found.name, found.sql, None, figure)


def _folded(op: str, tree: Tree, names: Names) -> Value:
    inner = value(tree, names)
    if inner.kind not in ("text", "partial day"):
        raise BadExpression(f"{op.upper()} takes a text; {inner.said} is {KINDS[inner.kind]}")
    if isinstance(inner.constant, str):
        folded = _FOLDS[op](inner.constant)
        return Value("text", inner.said, literal(folded, Text()), folded)
    return Value("text", f"{op.upper()}({inner.said})", Portable(op, Text(), inner.sql))


def _figure(tree: Tree, op: str, names: Names) -> Figure:
    found = value(tree, names)
    if found.figure is None:
        raise BadExpression(f"{op} takes numbers; {found.said} is {KINDS[found.kind]}")
    return found.figure
