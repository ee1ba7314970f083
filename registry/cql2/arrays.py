"""Functions of lists (OGC 21-065r2, 7.9): lists are sets, and none is ever unknown."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, false, func, not_, true

from registry.cql2.queryables import Queryable
from registry.cql2.tree import BadExpression, Tree
from registry.cql2.values import KINDS, Names, find, value


@dataclass(frozen=True, slots=True)
class Set:
    """A list: of a property, or of values that the filter holds."""

    kind: str
    found: Queryable | None = None
    values: tuple[Any, ...] = ()

    def stored(self) -> Select[Any]:
        """The entries of the property for the row at hand."""
        if self.found is None or self.found.items is None:
            raise TypeError("a list of the filter itself is not stored")
        chosen = self.found.items()
        return chosen.where(chosen.selected_columns[0].is_not(None))


def set_of(tree: Tree, names: Names) -> Set:
    """The list that a tree stands for; raises BadExpression where it is none."""
    if isinstance(tree, list):
        return _constant(tree, names)
    if isinstance(tree, dict) and "property" in tree:
        found = find(tree["property"], names)
        if found.kind == "list":
            return Set(found.item_kind, found)
        raise BadExpression(f"{found.name} is {KINDS[found.kind]}, no list")
    raise BadExpression("a list is a property or values in brackets, as ('KZ', 'UZ')")


def related(op: str, left: Set, right: Set) -> ColumnElement[bool]:
    """A test of two lists."""
    if left.kind != right.kind and "" not in (left.kind, right.kind):
        raise BadExpression(f"{op.upper()} takes two lists of one kind, of texts or of numbers")
    match op:
        case "a_contains":
            return _contains(left, right)
        case "a_containedBy":
            return _contains(right, left)
        case "a_equals":
            return and_(_contains(left, right), _contains(right, left))
        case _:
            return _overlaps(left, right)


def is_empty(found: Queryable) -> ColumnElement[bool]:
    """Whether a property lists nothing: what IS NULL asks of a list."""
    return not_(Set("", found).stored().exists())


def _contains(whole: Set, part: Set) -> ColumnElement[bool]:
    if part.found is None and whole.found is None:
        return _constantly(set(part.values) <= set(whole.values))
    if part.found is None:  # as many different ones of these are there as there are
        chosen = whole.stored()
        entry = chosen.selected_columns[0]
        held = chosen.where(entry.in_(part.values)).with_only_columns(func.count(distinct(entry)))
        condition: ColumnElement[bool] = held.scalar_subquery() == len(part.values)
        return condition
    chosen = part.stored()
    others = whole.stored() if whole.found else whole.values
    return not_(chosen.where(chosen.selected_columns[0].not_in(others)).exists())


def _overlaps(left: Set, right: Set) -> ColumnElement[bool]:
    if left.found is None and right.found is None:
        return _constantly(not set(left.values).isdisjoint(right.values))
    if left.found is None:
        return _overlaps(right, left)
    chosen = left.stored()
    others = right.stored() if right.found else right.values
    return chosen.where(chosen.selected_columns[0].in_(others)).exists()


def _constantly(holds: bool) -> ColumnElement[bool]:
    return true() if holds else false()


def _constant(tree: list[Tree], names: Names) -> Set:
    found = [value(each, names) for each in tree]
    kinds = {each.kind for each in found}
    for each in found:
        if each.constant is None or each.kind not in ("text", "number"):
            raise BadExpression(f"the lists here hold texts or numbers; {each.said} is neither")
    if len(kinds) > 1:
        raise BadExpression("a list holds texts or numbers, not both")
    return Set(next(iter(kinds), ""), values=tuple(dict.fromkeys(each.constant for each in found)))
