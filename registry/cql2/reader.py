"""CQL2 text to the tree, by recursive descent (OGC 21-065r2, annex A)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from registry.cql2.shape import checked
from registry.cql2.tokens import Token, tokens
from registry.cql2.tree import (
    ARGUMENTS,
    ARRAYS,
    COLLECTED,
    COMPARISONS,
    DEEPEST,
    FUNCTIONS,
    GEOMETRIES,
    MOST_TERMS,
    PRODUCTS,
    RESERVED,
    SUMS,
    WKT,
    BadExpression,
    Tree,
    joined,
    node,
)
from registry.kinds import shown


def read(text: str) -> Tree:
    """The tree of a filter; raises BadExpression with the place of what is wrong.

    >>> read("capacity_mw >= 400")
    {'op': '>=', 'args': [{'property': 'capacity_mw'}, 400.0]}
    """
    reader = _Reader(tokens(text))
    tree = reader.condition()
    if reader.next.kind != "end":
        raise reader.unexpected("the end, or AND or OR with another condition")
    return checked(tree)


class _Reader:
    """Where the reading stands: the words, the next of them, how deep and how many terms."""

    def __init__(self, words: list[Token]) -> None:
        self._words, self._place, self._depth, self._terms = words, 0, 0, 0

    @property
    def next(self) -> Token:
        """The word that is read next."""
        return self._words[self._place]

    def unexpected(self, wanted: str) -> BadExpression:
        """What to raise where something else is wanted."""
        found = shown(self.next.text) if self.next.kind != "end" else "nothing more"
        return BadExpression(f"there is {found} where {wanted} is wanted", self.next.at)

    def condition(self) -> Tree:
        """A whole condition: terms joined by OR, of terms joined by AND."""
        with self._deeper():
            return self._chain("OR", lambda: self._chain("AND", self._not))

    def _chain(self, word: str, part: Callable[[], Tree]) -> Tree:
        parts = [part()]
        while self._take_word(word):
            self._count()
            parts.append(part())
        return joined(word.lower(), parts)

    def _not(self) -> Tree:
        if not self._take_word("NOT"):
            return self._predicate()
        with self._deeper():
            return node("not", self._not())

    def _predicate(self) -> Tree:
        left = self._sum()
        if sign := self._take_sign(*COMPARISONS):
            right = self._sum()
            if self.next.text in COMPARISONS and self.next.kind == "sign":
                raise self.unexpected("AND or OR; one comparison has two sides")
            return node(sign, left, right)
        if self._take_word("IS"):
            is_not = self._take_word("NOT")
            self._need_word("NULL")
            return _unless(is_not, node("isNull", left))
        is_not = self.next.word == "NOT"
        word = self._words[self._place + 1].word if is_not else self.next.word
        if word not in ("LIKE", "BETWEEN", "IN"):
            return left
        self._place += 1 + is_not
        return _unless(is_not, self._tested(word, left))

    def _tested(self, word: str, left: Tree) -> Tree:
        if word == "LIKE":
            return node("like", left, self._sum())
        if word == "IN":
            return node("in", left, self._list())
        low = self._sum()
        self._need_word("AND")
        return node("between", left, low, self._sum())

    def _sum(self) -> Tree:
        return self._left_to_right(SUMS, lambda: self._left_to_right(PRODUCTS, self._power))

    def _left_to_right(self, signs: tuple[str, ...], part: Callable[[], Tree]) -> Tree:
        left = part()
        while sign := self._take_sign(*signs):
            self._count()
            left = node(sign, left, part())
        return left

    def _power(self) -> Tree:
        base = self._signed()
        if not self._take_sign("^"):
            return base
        exponent = self._signed()
        if self.next.text == "^":
            raise self.unexpected("a bracket around one of the two powers")
        return node("^", base, exponent)

    def _signed(self) -> Tree:
        sign = self._take_sign("-", "+")
        if not sign:
            return self._atom()
        with self._deeper():
            value = self._signed()
        if sign == "+":
            return value
        return -value if type(value) is float else node("*", -1.0, value)

    def _atom(self) -> Tree:
        token = self.next
        if self._take_sign("("):
            inner = self.condition()
            self._need_sign(")")
            return inner
        if token.kind not in ("number", "text", "quoted", "name") or token.word in RESERVED:
            raise self.unexpected("a property, a value or a condition")
        self._place += 1
        if token.kind == "number":
            return float(token.text)
        if token.kind == "text":
            return token.text
        return {"property": token.text} if token.kind == "quoted" else self._named(token)

    def _named(self, token: Token) -> Tree:
        if token.word in ("TRUE", "FALSE"):
            return token.word == "TRUE"
        opens = self.next.text == "(" and self.next.kind == "sign"
        if token.word in WKT and (opens or self.next.word in ("Z", "M", "ZM", "EMPTY")):
            return self._geometry(token)
        return self._called(token) if opens else {"property": token.text}

    def _called(self, token: Token) -> Tree:
        match token.word:
            case "DATE" | "TIMESTAMP":
                return {token.word.lower(): self._texts(token, 1)[0]}
            case "INTERVAL":
                return {"interval": self._texts(token, 2)}
            case "BBOX":
                return {"bbox": self._numbers()}
            case _:
                return self._function(token)

    def _function(self, token: Token) -> Tree:
        op = FUNCTIONS.get(token.text.lower())
        if op is None:
            names = ", ".join(name.upper() for name in FUNCTIONS.values())
            raise BadExpression(
                f"there is no function {shown(token.text)}; there are {names}", token.at
            )
        args = self._arguments(self._array if op in ARRAYS else self.condition)
        if len(args) != ARGUMENTS[op]:
            raise BadExpression(
                f"{op.upper()} takes {ARGUMENTS[op]} arguments; it is given {len(args)}", token.at
            )
        return node(op, *args)

    def _array(self) -> Tree:
        """A list in brackets, where one value in brackets is a list too."""
        return self._list() if self.next.text == "(" else self.condition()

    def _list(self) -> Tree:
        with self._deeper():
            return self._arguments(self._sum)

    def _arguments(self, part: Callable[[], Tree]) -> list[Tree]:
        """Parts between brackets, with commas between them."""
        self._need_sign("(")
        if self._take_sign(")"):
            return []
        parts = [part()]
        while self._take_sign(","):
            parts.append(part())
        self._need_sign(")")
        return parts

    def _texts(self, token: Token, count: int) -> list[Tree]:
        args = self._arguments(self._atom)
        if len(args) != count:
            raise BadExpression(
                f"{token.word} takes {count} of '…'; it is given {len(args)}", token.at
            )
        return args

    def _numbers(self) -> list[Tree]:
        return self._arguments(self._number)

    def _number(self) -> float:
        sign = self._take_sign("-", "+")
        if self.next.kind != "number":
            raise self.unexpected("a number")
        self._place += 1
        value = float(self._words[self._place - 1].text)
        return -value if sign == "-" else value

    def _geometry(self, token: Token) -> Tree:
        """Well-known text after its first word (OGC 06-103r4, clause 7)."""
        kind = WKT[token.word]
        if self.next.word in ("M", "ZM", "EMPTY"):
            raise self.unexpected("a bracket with positions; measures and empty geometries")
        self._take_word("Z")
        with self._deeper():
            if kind == COLLECTED:
                return {"type": kind, "geometries": self._arguments(self._member)}
            if kind == "Point":
                return {"type": kind, "coordinates": self._only(self._position)}
            if kind == "MultiPoint":
                return {"type": kind, "coordinates": self._arguments(self._point)}
            return {"type": kind, "coordinates": self._nested(GEOMETRIES[kind])}

    def _member(self) -> Tree:
        token = self.next
        if token.word not in WKT:
            raise self.unexpected("a geometry")
        self._place += 1
        return self._geometry(token)

    def _nested(self, levels: int) -> Tree:
        return self._arguments((lambda: self._nested(levels - 1)) if levels > 1 else self._position)

    def _point(self) -> Tree:
        return self._only(self._position) if self.next.text == "(" else self._position()

    def _only(self, part: Callable[[], Tree]) -> Tree:
        self._need_sign("(")
        found = part()
        self._need_sign(")")
        return found

    def _position(self) -> list[float]:
        numbers = [self._number(), self._number()]
        return [*numbers, self._number()] if self.next.text not in (",", ")") else numbers

    def _take_word(self, word: str) -> bool:
        taken = self.next.word == word
        self._place += taken
        return taken

    def _take_sign(self, *signs: str) -> str:
        """The sign (or the word DIV, which is one) that comes next, if it is one of these."""
        text = self.next.text if self.next.kind == "sign" else self.next.word.lower()
        if text not in signs:
            return ""
        self._place += 1
        return text

    def _need_word(self, word: str) -> None:
        if not self._take_word(word):
            raise self.unexpected(word)

    def _need_sign(self, sign: str) -> None:
        if not self._take_sign(sign):
            raise self.unexpected(shown(sign))

    def _count(self) -> None:
        self._terms += 1
        if self._terms >= MOST_TERMS:
            raise BadExpression(
                f"it joins more than {MOST_TERMS} terms; ask for less", self.next.at
            )

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadExpression(f"it is nested deeper than {DEEPEST}; flatten it", self.next.at)
        yield
        self._depth -= 1


def _unless(is_not: bool, tree: Tree) -> Tree:
    return node("not", tree) if is_not else tree
