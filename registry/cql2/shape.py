"""Checks that a tree is one: operators with their arguments, literals, limits.

What JSON gives is a tree of anything; what passes here holds nothing but what the compiler and the
printer know.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from registry.cql2.tokens import check_text
from registry.cql2.tree import (
    ARGUMENTS,
    ARRAYS,
    COLLECTED,
    DEEPEST,
    GEOMETRIES,
    LOGIC,
    LONGEST,
    MOST_TERMS,
    MOST_VALUES,
    OPEN_END,
    BadExpression,
    Tree,
    joined,
    node,
)
from registry.kinds import shown

_NAMES = {name.lower(): name for name in (*ARGUMENTS, *LOGIC)}


def read_json(text: str) -> Tree:
    """The tree of a filter in cql2-json; raises BadExpression with the place of what is wrong."""
    if len(text) > LONGEST:
        raise BadExpression(f"it has {len(text):,} characters; at most {LONGEST:,} are read")
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadExpression(
            f"the JSON breaks off or is misspelt at line {error.lineno}, column {error.colno}"
        ) from None
    return checked(said)


def checked(said: Any) -> Tree:
    """The tree, with nothing in it but what the standard knows; raises BadExpression."""
    return _Checker().expression(said, 1)


class _Checker:
    """Counts terms over the whole tree; every method gives back what it has checked."""

    def __init__(self) -> None:
        self._terms = 0

    def expression(self, said: Any, depth: int) -> Tree:
        """A condition, a value or a property."""
        if depth > DEEPEST:
            raise BadExpression(f"it is nested deeper than {DEEPEST}; flatten it")
        if isinstance(said, bool):
            return said
        if isinstance(said, int | float):
            return _number(said)
        if isinstance(said, str):
            return _text(said)
        if not isinstance(said, Mapping):
            raise BadExpression(f"there is {_brief(said)} where a condition or a value is wanted")
        for key, read in _LITERALS.items():
            if key in said:
                return read(said, depth)
        return self._operator(said, depth)

    def _operator(self, said: Mapping[str, Any], depth: int) -> Tree:
        op, args = said.get("op"), said.get("args")
        name = _NAMES.get(op.lower()) if isinstance(op, str) else None
        if name is None:
            choices = ", ".join((*LOGIC, *ARGUMENTS))
            raise BadExpression(f"there is no operator {_brief(op)}; there are {choices}")
        if not isinstance(args, list):
            raise BadExpression(f"{name} takes a list called args")
        self._check_count(name, len(args))
        if name == "in":
            return node(name, self.expression(args[0], depth + 1), self._values(args[1], depth + 1))
        if name in ARRAYS:
            return node(name, *(self._array(arg, depth + 1) for arg in args))
        parts = [self.expression(arg, depth + 1) for arg in args]
        return joined(name, parts) if name in LOGIC else node(name, *parts)

    def _check_count(self, name: str, count: int) -> None:
        if name in LOGIC:
            self._terms += count - 1
            if count < 2:
                raise BadExpression(f"{name} takes two or more arguments; it is given {count}")
            if self._terms >= MOST_TERMS:
                raise BadExpression(f"it joins more than {MOST_TERMS} terms; ask for less")
        elif count != ARGUMENTS[name]:
            raise BadExpression(f"{name} takes {ARGUMENTS[name]} arguments; it is given {count}")

    def _array(self, said: Any, depth: int) -> Tree:
        return self._list(said, depth) if isinstance(said, list) else self.expression(said, depth)

    def _values(self, said: Any, depth: int) -> list[Tree]:
        if not isinstance(said, list) or not said:
            raise BadExpression("IN takes a list of one or more values")
        return self._list(said, depth)

    def _list(self, said: list[Any], depth: int) -> list[Tree]:
        if len(said) > MOST_VALUES:
            raise BadExpression(f"a list has {len(said):,} values; at most {MOST_VALUES} are read")
        return [self.expression(each, depth + 1) for each in said]


def _number(said: float) -> float:
    number = float(said)
    if not math.isfinite(number):
        raise BadExpression("a number is too large")
    return number


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise BadExpression(f"there is {_brief(said)} where a text is wanted")
    check_text(said)
    return said


def _property(said: Mapping[str, Any], _depth: int) -> Tree:
    return {"property": _text(said["property"])}


def _instant(key: str) -> Callable[[Mapping[str, Any], int], Tree]:
    return lambda said, _depth: {key: _text(said[key])}


def _interval(said: Mapping[str, Any], _depth: int) -> Tree:
    ends = said["interval"]
    if not isinstance(ends, list) or len(ends) != 2:
        raise BadExpression(
            f"interval takes a start and an end, each a time, {OPEN_END} or a property"
        )
    return {"interval": [_end(end) for end in ends]}


def _end(said: Any) -> Tree:
    if isinstance(said, Mapping):
        for key in ("property", "date", "timestamp"):
            if key in said:
                return {key: _text(said[key])} if key == "property" else _text(said[key])
    return _text(said)


def _bbox(said: Mapping[str, Any], _depth: int) -> Tree:
    numbers = _position(said["bbox"])
    if len(numbers) not in (4, 6):
        raise BadExpression(f"bbox takes four or six numbers; it is given {len(numbers)}")
    return {"bbox": numbers}


def _geometry(said: Mapping[str, Any], depth: int) -> Tree:
    kind = said["type"]
    if depth > DEEPEST:
        raise BadExpression(f"it is nested deeper than {DEEPEST}; flatten it")
    if kind == COLLECTED:
        members = said.get("geometries")
        if not isinstance(members, list) or not all(isinstance(each, Mapping) for each in members):
            raise BadExpression("a GeometryCollection takes a list called geometries")
        return {
            "type": kind,
            "geometries": [_geometry({"type": None, **each}, depth + 1) for each in members],
        }
    if not isinstance(kind, str) or kind not in GEOMETRIES:
        raise BadExpression(
            f"there is no geometry {_brief(kind)}; there are {', '.join((*GEOMETRIES, COLLECTED))}"
        )
    return {"type": kind, "coordinates": _positions(said.get("coordinates"), GEOMETRIES[kind])}


def _positions(said: Any, levels: int) -> list[Any]:
    if levels == 0:
        numbers = _position(said)
        if len(numbers) not in (2, 3):
            raise BadExpression("a position takes a longitude and a latitude")
        return numbers
    if not isinstance(said, list) or not said:
        raise BadExpression("a geometry takes lists of positions, none of them empty")
    return [_positions(each, levels - 1) for each in said]


def _position(said: Any) -> list[float]:
    if not isinstance(said, list) or not all(type(each) in (int, float) for each in said):
        raise BadExpression(f"there is {_brief(said)} where a list of numbers is wanted")
    return [_number(each) for each in said]


def _brief(said: Any) -> str:
    return "nothing" if said is None else shown(said)


_LITERALS: dict[str, Callable[[Mapping[str, Any], int], Tree]] = {
    "property": _property,
    "date": _instant("date"),
    "timestamp": _instant("timestamp"),
    "interval": _interval,
    "bbox": _bbox,
    "type": _geometry,
}
