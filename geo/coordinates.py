"""Coordinates as people write them: decimal degrees, degrees and minutes, hemispheres.

Hemisphere words of English, Russian and Japanese are understood; without them longitude is first.
"""

import math
import re
import unicodedata

from geo.errors import BadGeometry

Position = tuple[float, float]

# A letter that stands alone: north, south, east and west in Latin and in Russian.
_LETTERS = (("[nс]", "N"), ("[sю]", "S"), (r"(?:e(?![-+\d])|в)", "E"), ("[wз]", "W"))
# Longer words first, so that none is eaten in part.
_WORDS = (
    (r"с\.? ?ш\.?|северн[а-я]{0,4} широт[а-я]{0,4}|北緯|\bnorth\b", " N "),
    (r"ю\.? ?ш\.?|южн[а-я]{0,4} широт[а-я]{0,4}|南緯|\bsouth\b", " S "),
    (r"в\.? ?д\.?|восточн[а-я]{0,4} долгот[а-я]{0,4}|東経|\beast\b", " E "),
    (r"з\.? ?д\.?|западн[а-я]{0,4} долгот[а-я]{0,4}|西経|\bwest\b", " W "),
    (r"\blat(?:itude)?\b\.? ?[:=]?|широта ?[:=]?|緯度 ?[:=]?", " N "),
    (r"\blon(?:g(?:itude)?)?\b\.? ?[:=]?|долгота ?[:=]?|経度 ?[:=]?", " E "),
    *((f"(?<![^\\W\\d_]){one}(?![^\\W\\d_])", f" {to} ") for one, to in _LETTERS),
    ("度|º|˚|\bdeg\b", "° "),
    ("分|′|’|ʹ", "' "),
    ("秒|″|”|''", '" '),
    ("[−–—]", "-"),
)
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_AROUND = "[](), \t\r"
_TOKEN = re.compile(rf"({_NUMBER}) ?([°'\"])?|([NSEW])")
_DECIMAL_COMMA = re.compile(r"(?:[-+]?\d+,\d+(?: ?[;\n] ?| ))+[-+]?\d+,\d+")
_BLANKS = re.compile(r"[^\S\n]+")


def read_positions(text: str) -> list[Position]:
    """Return longitude and latitude of each position: one a line, or parted by semicolons.

    Raises:
        BadGeometry: a line is not a position; the sentence quotes it.
    """
    text = _plain(text).strip()
    if _DECIMAL_COMMA.fullmatch(text):
        raise BadGeometry(f"{text[:60]!r}: write decimals with a point, as in 68.1, 41.2.")
    lines = [line.strip(_AROUND) for line in re.split(r"[;\n]|\]\s*,\s*\[", text)]
    lines = [line for line in lines if line]
    if len(lines) == 2 and all(re.fullmatch(_NUMBER, line) for line in lines):
        lines = [" ".join(lines)]  # "68.1; 41.2"
    return [position for line in lines for position in _line(line)]


def _plain(text: str) -> str:
    """Return the text with words as marks, and one blank for many: no pattern backtracks."""
    text = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text))
    for pattern, word in _WORDS:
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    return text


def _line(line: str) -> list[Position]:
    if re.search("[NSEW°]", line):  # then a comma between digits cannot part two angles
        line = re.sub(r"(?<=\d),(?=\d)", ".", line)
    numbers, marks = _tokens(line)
    if any(mark in "NSEW" for mark in marks):
        return [_hemispheres(line, numbers, marks)]
    if "°" in marks:
        return [_degrees(line, numbers, marks)]
    if len(numbers) in (2, 3):  # a third number is a height
        return [(numbers[0], numbers[1])]
    for separator in (r",", r" "):  # WKT's "lon lat, lon lat", KML's "lon,lat lon,lat"
        parts = [_tokens(part)[0] for part in re.split(separator, line)]
        if len(parts) > 1 and all(len(part) == 2 for part in parts):
            return [(lon, lat) for lon, lat in parts]
    raise _unreadable(line)


def _tokens(line: str) -> tuple[list[float], list[str]]:
    """Return the numbers, and for each token its mark: a unit, a hemisphere letter or "#"."""
    numbers, marks, end = [], [], 0
    for match in _TOKEN.finditer(line):
        if line[end : match.start()].strip(" \t,/|"):
            raise _unreadable(line)
        end = match.end()
        if match[1]:
            numbers.append(float(match[1]))
        marks.append(match[3] or match[2] or "#")
    if line[end:].strip(" \t,/|"):
        raise _unreadable(line)
    return numbers, marks


def _hemispheres(line: str, numbers: list[float], marks: list[str]) -> Position:
    """Read two angles that each carry a letter, before (N 41 E 68) or after (41 N 68 E)."""
    letters = [at for at, mark in enumerate(marks) if mark in "NSEW"]
    if len(letters) != 2 or (marks[0] in "NSEW") == (marks[-1] in "NSEW"):
        raise _unreadable(line)
    split = letters[1] - 1 if marks[0] in "NSEW" else letters[0]
    angles = {}
    for letter, parts in zip(
        (marks[at] for at in letters), (numbers[:split], numbers[split:]), strict=True
    ):
        value = _angle(line, parts)
        angles["lat" if letter in "NS" else "lon"] = -value if letter in "SW" else value
    if len(angles) != 2:
        raise BadGeometry(f"{line!r}: one angle must be north or south, the other east or west.")
    return angles["lon"], angles["lat"]


def _degrees(line: str, numbers: list[float], marks: list[str]) -> Position:
    starts = [at for at, mark in enumerate(marks) if mark == "°"]
    if len(starts) != 2 or starts[0] != 0:
        raise _unreadable(line)
    return _angle(line, numbers[: starts[1]]), _angle(line, numbers[starts[1] :])


def _angle(line: str, parts: list[float]) -> float:
    if not 1 <= len(parts) <= 3:
        raise _unreadable(line)
    if any(not 0 <= part < 60 for part in parts[1:]):
        raise BadGeometry(f"{line!r}: minutes and seconds lie between 0 and 60.")
    size = math.fsum(abs(part) / 60.0**power for power, part in enumerate(parts))
    return math.copysign(size, parts[0])


def _unreadable(line: str) -> BadGeometry:
    return BadGeometry(
        f"{line[:60]!r} is not a position; write longitude and latitude, as in 68.1, 41.2, "
        "or 41°12'00\"N 68°06'00\"E, one position a line."
    )
