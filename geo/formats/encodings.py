"""In which encoding a text is written: what it says of itself, else what fits all of it.

Spreadsheets in Russian write Windows-1251 and say so nowhere; every byte but one is a letter or
sign of it, so it is taken only where the letters make words.
"""

import codecs
import io
import re
from typing import BinaryIO

from geo.errors import BadFile

WINDOWS = "Windows-1251"
_MARKS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_CODECS = {"UTF-8": "utf-8-sig", "UTF-16": "utf-16", "UTF-32": "utf-32", WINDOWS: "cp1251"}
_CHUNK = 1 << 20
_JUDGED = 200_000  # letters and signs beyond ASCII by which Windows-1251 is told
_LETTERS = re.compile("[А-Яа-яЁё]")
_OTHERS = re.compile("[^\x00-\x7fА-Яа-яЁё«»„“”’–—…№°·•\xa0\xad]")
# Koi8-r read as Windows-1251 turns small letters to capitals and back; what is West European has
# its few letters within words of Latin ones.
_UNLIKELY = re.compile("[а-яё][А-ЯЁ]|[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]")
_MOST_ODD = 0.02
UNKNOWN = "The file is neither UTF-8, UTF-16 nor Windows-1251 text; save it as “CSV UTF-8”."


def encoding_of(file: BinaryIO) -> str:
    """Return the name of a text's encoding; the file is read through and stands where it stood.

    Raises:
        BadFile: no encoding that is read fits it, or it holds zero bytes.
    """
    begin = file.tell()
    try:
        start = file.read(4)
        named = next((name for mark, name in _MARKS if start.startswith(mark)), None)
        file.seek(begin)
        return named or _fitting(file)
    finally:
        file.seek(begin)


def opened(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return the text of a file from where it stands; line breaks stay as they are."""
    return io.TextIOWrapper(io.BufferedReader(_Kept(file)), encoding=_CODECS[encoding], newline="")


def _fitting(file: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    foreign: list[bytes] = []
    is_utf8, judged = True, 0
    while chunk := file.read(_CHUNK):
        if b"\0" in chunk:
            raise BadFile("The file holds zero bytes, so it is no text; save it as “CSV UTF-8”.")
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        if not chunk.isascii() and judged < _JUDGED:
            foreign.append(chunk)
            judged += len(chunk.translate(None, delete=bytes(range(128))))
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if is_utf8:
        return "UTF-8"
    if _is_windows(b"\n".join(foreign)):
        return WINDOWS
    raise BadFile(UNKNOWN)


def _is_windows(text: bytes) -> bool:
    """Whether a text's letters make Russian words in Windows-1251."""
    try:
        said = text.decode("cp1251")
    except UnicodeDecodeError:
        return False
    letters = len(_LETTERS.findall(said))
    odd = len(_OTHERS.findall(said)) + len(_UNLIKELY.findall(said))
    return letters > 0 and odd <= max(1, _MOST_ODD * letters)


class _Kept(io.RawIOBase):
    """A file that stays open when the text of it is done with."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as the file gives it
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
