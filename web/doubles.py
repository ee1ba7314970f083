"""What a file may hold twice: side by side on its page, and what somebody said of each pair."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry import decisions
from registry.actors import Actor
from registry.duplicates import Twin
from registry.previews import Double
from registry.reports import Report
from web.comparing import Line, compare

ALL = "anyway"
"""The box that says all at once: none of them is a double."""

_PAIR = "pair-"
_DIFFERENT, _SAME = "different", "same"
_SEEN = "Stored as a different project after both were seen side by side"
_ALL_SAID = "Stored with a file of which it was said that none of its projects is there already"


@dataclass(frozen=True, slots=True)
class Pair:
    """A row and what it may be, with the fact of each, and what was said of them."""

    key: str
    row: int
    name: str
    twin: Twin
    lines: Sequence[Line]
    answer: str


def pairs(doubles: Iterable[Double], said: Mapping[str, str]) -> list[Pair]:
    """The pairs that the page shows; `said` is its form, which may have been sent before."""
    return [
        Pair(
            key := _key(double.row, double.twin),
            double.row,
            double.mine.properties["name"],
            double.twin,
            compare([double.mine, double.other]),
            said.get(key, ""),
        )
        for double in doubles
    ]


def left_out(said: Mapping[str, str]) -> frozenset[int]:
    """The rows of which it was said that they are there already."""
    keys = (name.removeprefix(_PAIR) for name, answer in said.items() if answer == _SAME)
    rows = (key.partition("~")[0] for key in keys)
    return frozenset(int(row) for row in rows if row.isascii() and row.isdigit())


def undecided(report: Report, said: Mapping[str, str]) -> int:
    """How many pairs nobody has spoken of."""
    if said.get(ALL):
        return 0
    return sum(
        said.get(_key(row.row, twin)) != _DIFFERENT for row in report.rows for twin in row.twins
    )


def settle(
    session: Session, report: Report, said: Mapping[str, str], by: Actor, reason: str
) -> None:
    """Keep of every pair that was stored that it is two projects, and whether it was looked at."""
    found: dict[str, list[tuple[str, str]]] = {_SEEN: [], _ALL_SAID: []}
    for row in report.rows:
        for twin in row.twins:
            looked = said.get(_key(row.row, twin)) == _DIFFERENT
            found[_SEEN if looked else _ALL_SAID].append((row.ref or "", twin.ref or ""))
    for words, those in found.items():
        decisions.keep_different(session, those, by, f"{words}: {reason}" if reason else words)


def _key(row: int, twin: Twin) -> str:
    """The name of a pair in the form: a row, a tilde, the other row or the ref."""
    other = twin.ref if twin.earlier is None else f"row {twin.earlier}"
    return f"{_PAIR}{row}~{other}"
