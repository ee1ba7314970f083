"""Text to words, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from registry.cql2.tree import LONGEST, BadExpression
from registry.kinds import shown

NAME = re.compile(r"(?:[^\W\d]|:)[\w:.]*")
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<text>'[^']*(?:''[^']*)*')"
    r'|(?P<quoted>"[^"]*(?:""[^"]*)*")'
    rf"|(?P<name>{NAME.pattern})"
    r"|(?P<sign><=|>=|<>|[-+*/^%=<>(),])"
)
_SPACE = re.compile(r"\s*")
_HINTS = (
    ("'", "the text that begins here has no closing quote; double a quote within it"),
    ('"', "the name that begins here has no closing quote"),
    ("!", "“not equal” is written <>"),
    ("[", "a list is written in round brackets"),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a filter: its kind, its text without quotes, and the character it begins at."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The bare name in capitals; empty for all else."""
        return self.text.upper() if self.kind == "name" else ""


def tokens(text: str) -> list[Token]:
    """The words of a filter and an end; raises BadExpression with the place of what is none."""
    if len(text) > LONGEST:
        raise BadExpression(f"it has {len(text):,} characters; at most {LONGEST:,} are read")
    check_text(text)
    return [*_tokens(text), Token("end", "", len(text) + 1)]


def check_text(text: str) -> None:
    """Raise BadExpression for what no database stores: a zero character, half a character."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadExpression("it holds a character that is none; take it out")


def _tokens(text: str) -> Iterator[Token]:
    place = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches nothing, too
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise BadExpression(_hint(text[place]), place + 1)
        kind = found.lastgroup or ""
        yield Token(kind, _bare(kind, found[0]), place + 1)
        place = _SPACE.match(text, found.end()).end()  # type: ignore[union-attr]  # as above


def _bare(kind: str, text: str) -> str:
    if kind in ("text", "quoted"):
        return text[1:-1].replace(text[0] * 2, text[0])
    return text


def _hint(letter: str) -> str:
    return dict(_HINTS).get(letter, f"{shown(letter)} means nothing here")
