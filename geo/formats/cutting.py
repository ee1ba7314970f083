"""A GeoJSON text cut into its features before any of them is parsed, so that none is too large.

Only brackets and quotes are looked at, many at once; whether what lies between them is JSON is
found out by whoever parses it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LONGEST_FEATURE = 4 << 20
"""Bytes of one feature, and of all that stands around the features."""

_DEPTHS = np.zeros(256, dtype=np.int8)
_DEPTHS[[ord(mark) for mark in "{["]] = 1
_DEPTHS[[ord(mark) for mark in "}]"]] = -1
_QUOTE, _BACKSLASH, _LIST = ord('"'), ord("\\"), ord("[")
_FEATURES = re.compile(rb'"features"\s*:\s*$')
_KEY_WITHIN = 200  # bytes


class TooLong(Exception):
    """A feature, or what stands around the features, is longer than is read."""


@dataclass(slots=True)
class Cutter:
    """Cuts chunks of a text; `frame` is all but the features, `rest` what is not cut yet.

    `line` and `column` count from 1 and say where `rest` begins, `began` where the last feature
    did; `head` is the length of the frame before the features.
    """

    frame: bytearray = field(default_factory=bytearray)
    rest: bytes = b""
    line: int = 1
    column: int = 1
    began: tuple[int, int] = (1, 1)
    head: int = 0
    _depth: int = 0
    _is_quoted: bool = False
    _is_escaped: bool = False
    _is_within: bool = False

    def features(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the text of each member of the list called features; the last `rest` is no feature.

        Raises TooLong.
        """
        for chunk in chunks:
            start = 0
            for at, before, after in self._marks(chunk):
                if not self._is_within:
                    self._is_within = self._opens_features(chunk, start, at, before, after)
                    if self._is_within:
                        self._frame(chunk[start : at + 1])
                        self.head, start = len(self.frame), at + 1
                elif (before, after) == (3, 2):
                    yield self._cut(self.rest + chunk[start : at + 1])
                    start = at + 1
                elif after == 1:
                    self._frame(self.rest + chunk[start:at])
                    self.rest, self._is_within, start = b"", False, at
            if self._is_within:
                self.rest += chunk[start:]
            else:
                self._frame(chunk[start:])
            if max(len(self.rest), len(self.frame)) > LONGEST_FEATURE:
                raise TooLong

    def _opens_features(self, chunk: bytes, start: int, at: int, before: int, after: int) -> bool:
        if (before, after) != (1, 2) or chunk[at] != _LIST:
            return False
        ahead = self.frame[-_KEY_WITHIN:] + chunk[max(start, at - _KEY_WITHIN) : at]
        return _FEATURES.search(ahead) is not None

    def _frame(self, text: bytes) -> None:
        self.frame += text
        self._pass(text)

    def _cut(self, text: bytes) -> bytes:
        self.rest, self.began = b"", (self.line, self.column)
        self._pass(text)
        return text

    def _pass(self, text: bytes) -> None:
        lines = text.count(b"\n")
        self.line += lines
        self.column = len(text) - text.rfind(b"\n") if lines else self.column + len(text)

    def _marks(self, chunk: bytes) -> Iterable[tuple[int, int, int]]:
        """Return where brackets open or close what is up to three deep, and the depths around."""
        text = np.frombuffer(chunk, dtype=np.uint8)
        steps = _DEPTHS[text]
        at = np.flatnonzero(steps)
        quotes = self._quotes(text)
        is_outside = np.searchsorted(quotes, at) % 2 == int(self._is_quoted)
        self._is_quoted ^= bool(len(quotes) % 2)
        at = at[is_outside]
        after = self._depth + np.cumsum(steps[at], dtype=np.int64)
        before = after - steps[at]
        if len(after):
            self._depth = int(after[-1])
        told = np.minimum(before, after) <= 2
        return zip(at[told].tolist(), before[told].tolist(), after[told].tolist(), strict=True)

    def _quotes(self, text: NDArray[np.uint8]) -> NDArray[np.intp]:
        """Return where quotes stand that begin or end a string."""
        quotes = np.flatnonzero(text == _QUOTE)
        is_backslash = text == _BACKSLASH
        if not (self._is_escaped or is_backslash.any()):
            return quotes
        # A quote counts unless an odd number of backslashes stands before it.
        places = np.arange(len(text))
        last_other = np.maximum.accumulate(np.where(is_backslash, -1, places))
        run = np.where(is_backslash, places - last_other, 0)
        run[(last_other < 0) & is_backslash] += int(self._is_escaped)
        ahead = np.concatenate(([int(self._is_escaped)], run[:-1]))
        self._is_escaped = bool(run[-1] % 2)
        found: NDArray[np.intp] = quotes[ahead[quotes] % 2 == 0]
        return found
