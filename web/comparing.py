"""Projects that may be one, side by side: before one is stored, and among all that are."""

from collections.abc import Callable, Sequence
from collections.abc import Collection as Names
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from geo.feature import Feature
from geo.measure import nearest
from registry import decisions, duplicates
from registry.actors import Actor
from registry.drafts import Draft
from registry.duplicates import Likeness
from registry.vocabulary import PRECISION, SECTOR, STATUS
from web import wording

# The most alike that are shown before storing; the others wait among the possible duplicates.
MOST_ALIKE = 3
_AS_ENTERED = "Stored as a different project after both were seen side by side"


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of each record, and whether they differ in it."""

    label: str
    texts: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether two records that say something say different things."""
        return len({text for text in self.texts if text}) > 1

    @property
    def agrees(self) -> bool:
        """Whether all of them say the same; a phone leaves that to the reasons above."""
        return all(self.texts) and len(set(self.texts)) == 1


class Unseen(Exception):
    """Projects look like one that is to be stored, and whoever sent it was not shown them all."""

    def __init__(self, alike: Sequence[Likeness]) -> None:
        super().__init__(", ".join(one.feature.ref for one in alike))
        self.alike = alike


def compare(records: Sequence[Feature]) -> list[Line]:
    """What tells projects apart, one line a fact; distances are from the first record."""
    lines = [
        Line(label, tuple(say(record.properties) for record in records)) for label, say in _FACTS
    ]
    lines.insert(
        _AFTER_PLACE, Line("Distance", ("", *(_apart(records[0], r) for r in records[1:])))
    )
    return [line for line in lines if any(line.texts)]


def as_typed(draft: Draft) -> Feature:
    """What somebody is about to store, as a record to compare; it has no ref yet."""
    return Feature("", draft.geometry, draft.values)


def check(
    session: Session,
    draft: Draft,
    told: Names[str],
    stored: Feature | None = None,
    *,
    changed_after: int = 0,
) -> list[Likeness]:
    """Projects that a draft may be a duplicate of, most alike first; raises Unseen where one of
    them is not among those that were told.

    Over a stored project only those that the change makes alike: of the others it is known
    already. With `changed_after`, those with an entry in the history after that number.
    """
    if stored is None:
        alike = duplicates.like(session, draft, changed_after=changed_after)
    else:
        draft_of = Feature(stored.ref, draft.geometry, draft.values)
        alike = duplicates.like(session, draft_of, changed_after=changed_after)
        before = {one.feature.ref for one in duplicates.like(session, stored)} if alike else ()
        alike = [one for one in alike if one.feature.ref not in before]
    alike = alike[:MOST_ALIKE]
    if not {one.feature.ref for one in alike} <= set(told):
        raise Unseen(alike)
    return alike


def settle(session: Session, ref: str, alike: Sequence[Likeness], by: Actor, why: str) -> None:
    """Keep that somebody saw these and stored theirs as a different project."""
    for one in {one.feature.ref: one for one in alike}.values():
        reason = f"{_AS_ENTERED}: {why}" if why else _AS_ENTERED
        decisions.mark_different(session, ref, one.feature.ref, by, reason)


def _apart(one: Feature, other: Feature) -> str:
    exact = [PRECISION[each.properties["location_precision"]] for each in (one, other)]
    if one.geometry is None or other.geometry is None or not all(p.takes_part for p in exact):
        return "Not measured: one has no exact place"
    metres = nearest(one.geometry, other.geometry).distance_m
    off_km = sum(precision.radius_km for precision in exact)
    off = f" ± {wording.number(off_km, 0)}{wording.NARROW}km" if off_km else ""
    return ("At the same place" if metres == 0 else str(wording.distance(metres))) + off


def _sectors(said: Any) -> str:
    return ", ".join(SECTOR[slug].label for slug in (said["sector"], *said["secondary_sectors"]))


def _status(said: Any) -> str:
    since = f", since {wording.day(said['status_date'])}" if said["status_date"] else ""
    return STATUS[said["status"]].label + since


def _place(said: Any) -> str:
    where = [wording.countries(said["countries"]), wording.regions(said["admin1"][:2])]
    precision = PRECISION[said["location_precision"]].label
    return " · ".join(text for text in (*where, precision) if text)


def _years(said: Any) -> str:
    return " to ".join(str(said[name]) for name in ("start_year", "end_year") if said[name])


_FACTS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("Name", lambda said: said["name"]),
    (
        "Other names",
        lambda said: ", ".join(wording.alternative(name)[0] for name in said["alt_names"]),
    ),
    ("Sector", _sectors),
    ("Status", _status),
    ("Place", _place),
    (
        "Power",
        lambda said: str(wording.power(said["capacity_mw"])) if said["capacity_mw"] else "",
    ),
    ("Years", _years),
    ("Partners", lambda said: ", ".join(said["partners"])),
)
_AFTER_PLACE = 1 + [label for label, _ in _FACTS].index("Place")
