"""Kinds of property: how each reads what a form or a file gives, and how it describes itself."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from geo.formats.flat import split
from geo.numbers import plain_number
from registry.days import read_day
from registry.folding import word_key
from registry.synonyms import YES_NO, words_of
from registry.vocabulary import Term

# Control characters other than tab and line breaks break files that hold them; what turns the
# direction of writing, or has no width, makes two names look like one.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u180e\u200b\u2028\u2029\u202a-\u202e"
    r"\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
# Letters and signs that are drawn as nothing.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
_PARTIAL_DAY = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
SHOWN_LENGTH = 40
_MOST_BLANK = 10_000  # blanks and invisible signs that are taken out of a text
_COMMAS = re.compile(r"[,/、]|\s(?:and|и)\s")
_LEAST_ALIKE = 70  # of 100; below this no word is near enough to be named


class Kind(Protocol):
    """One kind of value. `read` raises ValueError with the rest of a sentence: "takes …"."""

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""

    def read(self, value: Any) -> Any:
        """The value as stored; None (or an empty list) where nothing is said."""

    def schema(self) -> dict[str, Any]:
        """JSON schema of the published value (OGC API – Features Part 5)."""


def shown(value: Any) -> str:
    """A value quoted in a sentence, cut where it is long."""
    text = str(value)
    return f"“{text[:SHOWN_LENGTH]}…”" if len(text) > SHOWN_LENGTH else f"“{text}”"


def is_blank(value: Any) -> bool:
    """Nothing was said: None, blank text or an empty list."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == []


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; with `lines`, several."""

    longest: int = 300
    lines: bool = False
    is_list: bool = False

    def read(self, value: Any) -> str | None:
        """Trimmed text; runs of space become one in a single line."""
        if is_blank(value):
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError(f"takes text, not {shown(value)}")
        text = str(value)
        if len(text) > self.longest + _MOST_BLANK:
            raise ValueError(self._too_long(text))
        # Plain letters, as in most files, hold nothing that is not drawn.
        is_plain = text.isascii() and text.isprintable()
        text = text if is_plain else _CONTROL.sub("", text)
        text = text.strip() if self.lines else " ".join(text.split())
        if len(text) > self.longest:
            raise ValueError(self._too_long(text))
        return text if is_plain or _is_visible(text) else None

    def _too_long(self, text: str) -> str:
        return f"has {len(text):,} characters; at most {self.longest:,} fit, so shorten it"

    def schema(self) -> dict[str, Any]:
        """A string of bounded length."""
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a vocabulary, by its slug, its label or another of its spellings.

    `synonyms` are what others write for it, a row of `registry.synonyms` by slug.
    """

    terms: Sequence[Term]
    synonyms: Mapping[str, str] = field(default_factory=dict, compare=False)
    is_list: bool = False
    known: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note how each word may be written; our own words go before what others write."""
        known = {term.slug: term.slug for term in self.terms}
        for term in self.terms:
            for word in (term.slug, *term.spellings):
                known.setdefault(word_key(word), term.slug)
        for term in self.terms:
            for word in words_of(self.synonyms.get(term.slug, "")):
                known.setdefault(word_key(word), term.slug)
        object.__setattr__(self, "known", known)

    def read(self, value: Any) -> str | None:
        """The slug."""
        if is_blank(value):
            return None
        said = str(value).strip()
        found = self.known.get(said) or self.known.get(word_key(said))
        if found is not None:
            return found
        raise ValueError(f"takes {_one_of(self.terms)}; got {shown(said)}{self._nearest(said)}")

    def apart(self, value: Any) -> list[Any]:
        """Several words between commas or slashes, where each is known; else the value itself."""
        if not isinstance(value, str) or word_key(value) in self.known:
            return [value]
        parts = [part for part in _COMMAS.split(value) if part.strip()]
        return parts if all(word_key(part) in self.known for part in parts) else [value]

    def _nearest(self, said: str) -> str:
        """The end of a sentence that asks for the word that was probably meant, where one is."""
        words = [word for word in self.known if word]
        near = process.extractOne(
            word_key(said)[:SHOWN_LENGTH], words, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE
        )
        return f"; did you mean {self.known[near[0]]}?" if near else ""

    def schema(self) -> dict[str, Any]:
        """A string out of a list, each word with its title."""
        titles = [{"const": term.slug, "title": term.label} for term in self.terms]
        return {"type": "string", "enum": [term.slug for term in self.terms], "oneOf": titles}


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds, in the unit that the property's name says."""

    least: float = 0
    most: float = 1e15
    whole: bool = False
    is_list: bool = False

    def read(self, value: Any) -> float | int | None:
        """The number; a decimal comma and spaces between thousands are understood."""
        if is_blank(value):
            return None
        number = read_number(value)
        if number is None:
            raise ValueError(f"takes a number, such as 500 or 0.5; got {shown(value)}")
        if not self.least <= number <= self.most:
            raise ValueError(
                f"takes a number from {_plain(self.least)} to {_plain(self.most)}; got "
                f"{shown(value)}"
            )
        if self.whole and number != int(number):
            raise ValueError(f"takes a whole number; got {shown(value)}")
        return int(number) if self.whole else number

    def schema(self) -> dict[str, Any]:
        """A bounded number."""
        return {
            "type": "integer" if self.whole else "number",
            "minimum": self.least,
            "maximum": self.most,
        }


_YES_NO = Choice((Term("yes", "Yes"), Term("no", "No")), YES_NO)


def year() -> Number:
    """A whole year that a project of today can have."""
    return Number(1950, 2100, whole=True)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, ISO 8601; with `partial`, a year or a year and month will do."""

    partial: bool = False
    is_list: bool = False

    def read(self, value: Any) -> Any:
        """A date, or its text where a part may be missing."""
        if is_blank(value):
            return None
        try:
            said = read_day(str(value).strip()) or ""
        except ValueError as error:
            raise ValueError(f"{error}; got {shown(value)}") from None
        for pad in ("", "-01", "-01-01") if self.partial else ("",):
            try:
                day = date.fromisoformat(said + pad)
            except ValueError:
                continue
            return said if self.partial else day
        raise ValueError(f"takes a day as 2026-11-24; got {shown(value)}")

    def schema(self) -> dict[str, Any]:
        """A date, or text where it may be partial."""
        if self.partial:
            return {"type": "string", "pattern": _PARTIAL_DAY}
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC that the registry itself writes down."""

    is_list: bool = False

    def read(self, value: Any) -> str | None:
        """Its text as it stands."""
        return Text().read(value)

    def schema(self) -> dict[str, Any]:
        """A date and a time of day."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    is_list: bool = False

    def read(self, value: Any) -> bool | None:
        """True, False or None."""
        if is_blank(value):
            return None
        if isinstance(value, bool):
            return value
        said = _YES_NO.known.get(word_key(str(value)))
        if said is None:
            raise ValueError(f"takes yes or no; got {shown(value)}")
        return said == "yes"

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Several:
    """A list of values of one kind: an array, or text as `geo.formats.flat` splits it.

    With `in_step` blanks keep their place, because another list runs parallel to this one.
    """

    item: Kind = field(default_factory=Text)
    most: int = 50
    in_step: bool = False
    is_list: bool = True

    def read(self, value: Any) -> list[Any]:
        """The values, each read by its kind; the same value twice is one unless in step."""
        if is_blank(value):
            return []
        if not isinstance(value, str | list | tuple):
            raise ValueError(f"takes a list; got {shown(value)}")
        parts = self._split(value)
        if isinstance(self.item, Choice) and not self.in_step:
            parts = [word for part in parts for word in self.item.apart(part)]
        if len(parts) > self.most:
            raise ValueError(f"has {len(parts):,} entries; at most {self.most} fit")
        items = [self.item.read(part) for part in parts]
        if self.in_step:
            return items
        return list(dict.fromkeys(item for item in items if item is not None))

    def schema(self) -> dict[str, Any]:
        """An array."""
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most}

    def _split(self, value: str | Sequence[Any]) -> list[Any]:
        if isinstance(value, str):
            return split(value)
        # A form gives one text per box, which may hold several lines; a file gives an array, whose
        # entries may hold semicolons of their own.
        if self.in_step:
            return list(value)
        return [
            part
            for entry in value
            for part in (entry.splitlines() if isinstance(entry, str) else [entry])
        ]


def _is_visible(text: str) -> bool:
    return any(
        unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK_LETTERS
        for letter in text
    )


def read_number(value: Any) -> float | None:
    """The number that a value says, with a decimal comma and thousands; None where it says none."""
    try:
        if isinstance(value, str):
            return _finite(plain_number(_as_plain_digits(value)))
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return _finite(float(value)) if is_number else None
    except (ValueError, OverflowError):
        return None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _as_plain_digits(text: str) -> str:
    # Japanese tables have figures as wide as letters.
    text = "".join(unicodedata.normalize("NFKC", text).split())
    # 1,900 is nineteen hundred and 0,5 a half: a comma before exactly three digits groups them.
    text = re.sub(r",(?=\d{3}(?:[,.]|$))", "", text) if not text.startswith("0,") else text
    return text.replace(",", ".")


def _plain(number: float) -> str:
    """A bound as people write it; years have no thousands."""
    return f"{number:g}" if abs(number) < 10_000 else f"{number:,.0f}"


def _one_of(terms: Sequence[Term]) -> str:
    return ", ".join(term.slug for term in terms)
