"""The tree as CQL2 text: reading it gives the same tree, so links and chips can carry it."""

from geo.numbers import exact_number
from registry.cql2.tokens import NAME
from registry.cql2.tree import (
    COLLECTED,
    COMPARISONS,
    FUNCTIONS,
    PRODUCTS,
    RESERVED,
    SUMS,
    WKT,
    Tree,
    is_op,
)

# How tightly operators bind, from OR to what needs no brackets.
_OR, _AND, _NOT, _TEST, _SUM, _PRODUCT, _POWER, _ATOM = range(1, 9)
_BINDS = {
    "or": _OR,
    "and": _AND,
    "not": _NOT,
    **dict.fromkeys((*COMPARISONS, "like", "in", "between", "isNull"), _TEST),
    **dict.fromkeys(SUMS, _SUM),
    **dict.fromkeys(PRODUCTS, _PRODUCT),
    "^": _POWER,
}
# A number beyond this is written with an exponent.
_PLAIN_BELOW = 1e15
_QUOTED = (
    RESERVED
    | {*WKT, "TRUE", "FALSE", "DATE", "TIMESTAMP", "INTERVAL", "BBOX"}
    | {name.upper() for name in FUNCTIONS}
)


def print_text(tree: Tree) -> str:
    """A filter as text.

    >>> print_text({"op": "=", "args": [{"property": "name"}, "O'Neill"]})
    "name = 'O''Neill'"
    """
    return _print(tree, _OR)


def _print(tree: Tree, level: int) -> str:
    """The text of a part; in brackets where it binds less tightly than the level."""
    text, binds = _part(tree)
    return f"({text})" if binds < level else text


def _part(tree: Tree) -> tuple[str, int]:
    if isinstance(tree, bool):
        return str(tree).upper(), _ATOM
    if isinstance(tree, float):
        # A minus before a number would run into one that stands before it.
        return _number(tree), _SUM if tree < 0 else _ATOM
    if isinstance(tree, str):
        return _text(tree), _ATOM
    if isinstance(tree, list):
        return f"({', '.join(_print(each, _SUM) for each in tree)})", _ATOM
    if "op" in tree:
        return _operator(tree["op"], tree["args"])
    return _literal(tree), _ATOM


def _operator(op: str, args: list[Tree]) -> tuple[str, int]:
    binds = _BINDS.get(op, _ATOM)
    if op in ("and", "or"):
        return f" {op.upper()} ".join(_print(arg, binds + 1) for arg in args), binds
    if op == "not":
        if is_op(args[0], "isNull", "like", "in", "between"):
            return _test(args[0]["op"], args[0]["args"], "NOT "), _TEST
        return f"NOT {_print(args[0], _NOT)}", _NOT
    if op in ("isNull", "like", "in", "between"):
        return _test(op, args, ""), _TEST
    if op in _BINDS:
        left, right = (_SUM, _SUM) if binds == _TEST else (binds, binds + 1)
        left += op == "^"  # of two powers one stands in brackets
        return f"{_print(args[0], left)} {op} {_print(args[1], right)}", binds
    return f"{op.upper()}({', '.join(_print(arg, _OR) for arg in args)})", _ATOM


def _test(op: str, args: list[Tree], no: str) -> str:
    value, *others = (_print(arg, _SUM) for arg in args)
    match op:
        case "isNull":
            return f"{value} IS {no}NULL"
        case "between":
            return f"{value} {no}BETWEEN {others[0]} AND {others[1]}"
        case _:
            return f"{value} {no}{op.upper()} {others[0]}"


def _literal(tree: Tree) -> str:
    if "property" in tree:
        name: str = tree["property"]
        is_bare = NAME.fullmatch(name) and name.upper() not in _QUOTED
        return name if is_bare else '"' + name.replace('"', '""') + '"'
    if "bbox" in tree:
        return f"BBOX({', '.join(map(_number, tree['bbox']))})"
    if "interval" in tree:
        return f"INTERVAL({', '.join(_print(end, _ATOM) for end in tree['interval'])})"
    for key in ("date", "timestamp"):
        if key in tree:
            return f"{key.upper()}({_text(tree[key])})"
    return _geometry(tree)


def _geometry(tree: Tree) -> str:
    word = tree["type"].upper()
    if tree["type"] == COLLECTED:
        return f"{word}({', '.join(map(_geometry, tree['geometries']))})"
    places = tree["coordinates"]
    return f"{word}({_position(places)})" if word == "POINT" else word + _positions(places)


def _positions(places: list[Tree]) -> str:
    parts = (_position(each) if isinstance(each[0], float) else _positions(each) for each in places)
    return f"({', '.join(parts)})"


def _position(numbers: list[float]) -> str:
    return " ".join(map(_number, numbers))


def _number(number: float) -> str:
    return exact_number(number) if abs(number) < _PLAIN_BELOW else repr(number)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
