"""XML that a stranger wrote, looked through before a tree is built of it.

The parser keeps what has not ended yet and begins it anew with each piece it is given, and a tree
takes fifty times its text; so what is endless, or has endless parts, is refused beforehand.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

CHUNK = 1 << 20
LONGEST, LONGEST_PART = 4 << 20, 16 << 20
"""Bytes of one tag, comment or text, and of one part."""


class TooLong(Exception):
    """A tag, a comment or a part is longer than is read, or has more elements."""


class Pieces:
    """A file that gives large pieces, however small the asked ones; raises TooLong."""

    def __init__(self, file: BinaryIO) -> None:
        """Read on from where the file stands."""
        self._file, self._since = file, 0

    def read(self, _size: int = -1) -> bytes:
        """The next piece."""
        piece = self._file.read(CHUNK)
        end = max(piece.rfind(b">"), piece.rfind(b"<"))
        self._since = len(piece) - end if end >= 0 else self._since + len(piece)
        if self._since > LONGEST:
            raise TooLong
        return piece

    def __iter__(self) -> Iterator[bytes]:
        """All pieces."""
        return iter(self.read, b"")


def check(file: BinaryIO, part: str, most: int, most_in_all: int) -> None:
    """Raise TooLong where a part, a tag by its local name, has more than so many elements or 16 MB,
    or the whole more than so many; raises expat.ExpatError where it is no XML.
    """
    parser = expat.ParserCreate()
    begun = count = in_all = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal begun, count, in_all
        if tag == part or tag.rpartition(":")[2] == part:
            begun, count = parser.CurrentByteIndex, 0
        count += 1
        in_all += 1
        if count > most or in_all > most_in_all:
            raise TooLong

    def refuse(*_said: object) -> None:
        raise TooLong

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    for piece in Pieces(file):
        parser.Parse(piece, False)
        if parser.CurrentByteIndex - begun > LONGEST_PART:
            raise TooLong
    parser.Parse(b"", True)
