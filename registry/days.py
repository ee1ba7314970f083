"""Days as people and spreadsheets write them; one that may be two days is refused, not guessed."""

import re
from datetime import date, timedelta

_ISO = re.compile(r"([0-9]{4}(?:-[0-9]{2}){0,2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?")
# Year first is read so everywhere; with dots the day comes first (Russian and Kazakh usage).
_ORDERED = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<y>\d{4})[/.](?P<m>\d{1,2})(?:[/.](?P<d>\d{1,2}))?",
        r"(?P<y>\d{4})年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日)?)?",
        r"(?:(?P<d>\d{1,2})\.)?(?P<m>\d{1,2})\.(?P<y>\d{4})(?: ?г\.?)?",
    )
)
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.ASCII)
# How a spreadsheet counts days (ECMA-376 part 1, 18.17.4.1); only what falls into 1950 to 2100,
# so that no other number is taken for a day.
_FIRST_DAY = date(1899, 12, 30)
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1950, 2100


def read_day(text: str) -> str | None:
    """A day as its ISO text, which may lack the day or the month; None where it is none.

    Raises ValueError with the rest of a sentence where it may be two days.

    >>> read_day("13.05.2026"), read_day("2026/05/13"), read_day("2026年5月"), read_day("46155")
    ('2026-05-13', '2026-05-13', '2026-05', '2026-05-13')
    """
    if written := _ISO.fullmatch(text):
        return written[1]
    for pattern in _ORDERED:
        if written := pattern.fullmatch(text):
            parts = [written["y"], written["m"], written["d"]]
            return "-".join(part.zfill(2) for part in parts if part)
    if written := _SLASHED.fullmatch(text):
        return _slashed(*written.groups())
    if written := _SERIAL.fullmatch(text):
        day = _FIRST_DAY + timedelta(days=int(written[1]))
        return day.isoformat() if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
    return None


def _slashed(first: str, second: str, year: str) -> str:
    """Which is the day is told only where one is more than twelve, or both are the same."""
    one, other = first.zfill(2), second.zfill(2)
    if one != other and int(one) <= 12 and int(other) <= 12:
        raise ValueError(
            f"may be two days, {year}-{other}-{one} or {year}-{one}-{other}; write the one that is "
            "meant like that"
        )
    return f"{year}-{other}-{one}" if int(one) > 12 else f"{year}-{one}-{other}"
