"""The tree that both encodings are read to, its words and its limits.

A tree is the standard's own JSON form (OGC 21-065r2, annex B): {"op": …, "args": […]},
{"property": …}, literals. Numbers are floats; AND and OR hold all their terms at once.
"""

from collections.abc import Callable
from typing import Any

Tree = Any
Build = Callable[..., Tree]

LONGEST = 20_000
DEEPEST = 32
MOST_TERMS = 200
MOST_VALUES = 200

LOGIC = ("and", "or")
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
SUMS = ("+", "-")
PRODUCTS = ("*", "/", "%", "div")
ARITHMETIC = (*SUMS, *PRODUCTS, "^")
FOLDS = ("casei", "accenti")
SPATIAL = (
    "s_intersects",
    "s_equals",
    "s_disjoint",
    "s_touches",
    "s_within",
    "s_overlaps",
    "s_crosses",
    "s_contains",
)
TEMPORAL = (
    "t_after",
    "t_before",
    "t_contains",
    "t_disjoint",
    "t_during",
    "t_equals",
    "t_finishedBy",
    "t_finishes",
    "t_intersects",
    "t_meets",
    "t_metBy",
    "t_overlappedBy",
    "t_overlaps",
    "t_startedBy",
    "t_starts",
)
ARRAYS = ("a_equals", "a_contains", "a_containedBy", "a_overlaps")
FUNCTIONS = {name.lower(): name for name in (*FOLDS, *SPATIAL, *TEMPORAL, *ARRAYS)}
# How many arguments each operator takes; AND and OR take two or more.
ARGUMENTS = {
    **dict.fromkeys((*COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL, *ARRAYS, "like", "in"), 2),
    **dict.fromkeys((*FOLDS, "not", "isNull"), 1),
    "between": 3,
}
# How deep the positions of each type are nested in brackets.
GEOMETRIES = {
    "Point": 0,
    "LineString": 1,
    "Polygon": 2,
    "MultiPoint": 1,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
COLLECTED = "GeometryCollection"
WKT = {name.upper(): name for name in (*GEOMETRIES, COLLECTED)}
# Words that mean something by themselves.
RESERVED = frozenset({"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV"})
OPEN_END = ".."


class BadExpression(ValueError):
    """What is wrong with a filter, as the rest of a sentence; `at` counts characters from 1."""

    def __init__(self, sentence: str, at: int | None = None) -> None:
        self.at = at
        super().__init__(sentence if at is None else f"{sentence} (at character {at:,})")


def node(op: str, *args: Tree) -> Tree:
    """An operator with its arguments."""
    return {"op": op, "args": list(args)}


def is_op(tree: Tree, *ops: str) -> bool:
    """Whether a tree is one of these operators."""
    return isinstance(tree, dict) and tree.get("op") in ops


def joined(op: str, parts: list[Tree]) -> Tree:
    """Terms of AND or OR as one operator: brackets around some of them mean nothing."""
    if len(parts) == 1:
        return parts[0]
    return node(
        op, *(arg for part in parts for arg in (part["args"] if is_op(part, op) else [part]))
    )
