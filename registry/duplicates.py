"""Possible duplicates: of one project that is being entered, and among all that are stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from geo.crowds import portions
from geo.feature import Feature
from geo.nearest import pairs_within
from registry import queries
from registry.collections import PROJECTS
from registry.decisions import decided
from registry.drafts import Draft
from registry.filters import Filter
from registry.kinship import KINDRED
from registry.models import Project, ProjectCountry, Revision
from registry.resemblance import EXTENT_KM, LEAST, reach_km, reasons, weigh
from registry.sketches import Sketch, of_draft, of_feature, of_stored
from registry.spatial import may_reach
from registry.vocabulary import MEASURED_PRECISIONS, PRECISION

_WIDEST_KM = max(PRECISION[slug].radius_km for slug in MEASURED_PRECISIONS)
# A word that so many names share tells no two of them apart.
_COMMON = 1_000
MOST_WARNED = 10_000
"""A file with more rows is not compared on import."""

MOST_TWINS = 3
"""What one row of a file is said to be a duplicate of, at most; `pairs` lists all afterwards."""

MOST_COMPARED = 500_000
"""Pairs of a file that are compared on import: with more of them near each other nobody waits."""

# Pairs that are measured and scored at a time: bounds memory.
_CROWD = 250_000
_BLOCK = 200_000


@dataclass(frozen=True, slots=True)
class Likeness:
    """A stored project that may be the same, with a score from 0.5 to 1 and what speaks for it."""

    feature: Feature
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two stored projects that may be one; the elder stands left."""

    left: Feature
    right: Feature
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """What a project of a file may be: a stored one, or one earlier in the file (`earlier`)."""

    ref: str | None
    earlier: int | None
    name: str
    score: float
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The same in words."""
        other = f"{self.ref or ''} “{self.name}”".strip()
        where = "" if self.earlier is None else " of this file"
        return f"It may be a duplicate of {other}{where}: {' '.join(self.reasons)}"


def like(session: Session, given: Draft | Feature, *, changed_after: int = 0) -> list[Likeness]:
    """Stored projects that a draft or a published one may be a duplicate of, most alike first.

    Known phases of one another and pairs that somebody found to be different are left out. With
    `changed_after`, those with an entry in the history after that number.
    """
    mine = of_draft(given) if isinstance(given, Draft) else of_feature(given)
    where = _candidates(mine)
    if changed_after:
        later = select(Revision.ref).where(
            Revision.id > changed_after, Revision.collection == PROJECTS.id
        )
        where.append(Project.ref.in_(later))
    found = of_stored(session, *where)
    known = decided(session) if mine.ref else {}
    theirs = [
        other
        for other in found
        if other.ref != mine.ref
        and not mine.is_family_of(other)
        and frozenset((mine.ref, other.ref)) not in known
    ]
    theirs, metres = _apart(mine, theirs)
    score = weigh([(mine, other) for other in theirs], metres)
    best = [at for at in np.argsort(-score, kind="stable").tolist() if score[at] >= LEAST]
    features = _features(session, [theirs[at] for at in best])
    return [
        Likeness(
            features[theirs[at].id or 0],
            round(float(score[at]), 3),
            reasons(mine, theirs[at], metres[at]),
        )
        for at in best
    ]


def pairs(
    session: Session,
    asked: Filter | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[Alike], int]:
    """A page of the stored projects that may be duplicates of each other, most alike first, and
    how many such pairs there are.

    With `asked`, those of which at least one answers the question. Known phases of one another
    and pairs that somebody decided on are left out.
    """
    sketches, found = _scored(session, asked)
    found.sort(key=lambda pair: pair[:3])
    best = found[offset : None if limit is None else offset + limit]
    ends = [sketches[at] for _, i, j, _ in best for at in (i, j)]
    features = _features(session, ends)
    alike = [
        Alike(
            features[sketches[i].id or 0],
            features[sketches[j].id or 0],
            round(-score, 3),
            reasons(sketches[i], sketches[j], metres),
        )
        for score, i, j, metres in best
    ]
    return alike, len(found)


def twins(session: Session, given: Sequence[tuple[str | None, Draft]]) -> list[tuple[Twin, ...]]:
    """For each project of a file, which stored one or earlier one of the file it may be.

    Nothing is found for files with more than 10,000 rows, nor beyond half a million pairs that lie
    near each other: `pairs` lists them afterwards.
    """
    found: list[tuple[Twin, ...]] = [() for _ in given]
    if not given or len(given) > MOST_WARNED:
        return found
    stored = of_stored(session)
    sketches = [*stored, *(of_draft(draft, ref) for ref, draft in given)]
    first = len(stored)
    near = chain(_placed_pairs(sketches, first), _unplaced_pairs(sketches, first))
    for block in _blocks(islice(near, MOST_COMPARED)):
        kept = [
            row
            for row in block
            if len(found[row[1] - first]) < MOST_TWINS
            and not sketches[row[0]].is_family_of(sketches[row[1]])
        ]
        score = weigh(
            [(sketches[i], sketches[j]) for i, j, _ in kept], [metres for *_, metres in kept]
        )
        alike = np.flatnonzero(score >= LEAST)
        for at in alike[np.argsort(-score[alike], kind="stable")].tolist():
            i, j, metres = kept[at]
            if len(found[j - first]) == MOST_TWINS:
                continue
            other, why = sketches[i], reasons(sketches[j], sketches[i], metres)
            earlier = None if i < first else i - first
            twin = Twin(other.ref, earlier, other.names[0].said, round(float(score[at]), 3), why)
            found[j - first] += (twin,)
    return found


Scored = list[tuple[float, int, int, float]]


def _scored(session: Session, asked: Filter | None) -> tuple[list[Sketch], Scored]:
    """All sketches, and of each pair that is alike its negative score, its two and metres."""
    sketches, known = of_stored(session), decided(session)
    chosen = _answering(session, asked)
    found: Scored = []
    for block in _blocks(_placed_pairs(sketches), _unplaced_pairs(sketches)):
        kept = [
            (i, j, metres)
            for i, j, metres in block
            if (chosen is None or sketches[i].id in chosen or sketches[j].id in chosen)
            and not sketches[i].is_family_of(sketches[j])
            and frozenset((sketches[i].ref, sketches[j].ref)) not in known
        ]
        both = [(sketches[i], sketches[j]) for i, j, _ in kept]
        score = weigh(both, [metres for *_, metres in kept])
        found += [(-float(score[at]), *kept[at]) for at in np.flatnonzero(score >= LEAST).tolist()]
    return sketches, found


def _candidates(mine: Sketch) -> list[ColumnElement[bool]]:
    """Kindred projects near by, and those without a place to measure in the same countries."""
    kindred = {other for sector in mine.sectors for other in (sector, *KINDRED[sector])}
    where: list[ColumnElement[bool]] = [Project.sector.in_(sorted(kindred))]
    countries = ProjectCountry.country.in_(sorted(mine.countries))
    there = Project.id.in_(select(ProjectCountry.project_id).where(countries))
    if mine.geometry is None:
        return [*where, there]
    is_placed = Project.location_precision.in_(MEASURED_PRECISIONS)
    reach = EXTENT_KM + mine.radius_km + _WIDEST_KM
    near = may_reach(Project.geometry, mine.geometry, reach)
    return [*where, or_(and_(is_placed, near), and_(~is_placed, there))]


def _apart(mine: Sketch, theirs: Sequence[Sketch]) -> tuple[list[Sketch], list[float]]:
    """Those within reach with their distance in metres, and those that cannot be measured."""
    unplaced = [other for other in theirs if mine.geometry is None or other.geometry is None]
    placed = [other for other in theirs if mine.geometry is not None and other.geometry is not None]
    found = [(other, float("nan")) for other in unplaced if mine.countries & other.countries]
    if placed:
        widest = max(reach_km(mine, other) for other in placed)
        near = pairs_within(_shapes([mine]), _shapes(placed), widest * 1000)
        for at, metres in zip(near.right.tolist(), near.distance_m.tolist(), strict=True):
            if metres <= reach_km(mine, placed[at]) * 1000:
                found.append((placed[at], metres))
    return [other for other, _ in found], [metres for _, metres in found]


Candidate = tuple[int, int, float]


def _placed_pairs(sketches: Sequence[Sketch], first: int = 0) -> Iterable[Candidate]:
    """Kindred projects within reach of each other: by sector, and by how wide their circles are.

    Of each pair the later one is the `first` or comes after it.
    """
    groups: dict[tuple[str, float], list[int]] = {}
    for at, sketch in enumerate(sketches):
        if sketch.geometry is not None:
            groups.setdefault((sketch.sectors[0], sketch.radius_km), []).append(at)
    for one, other in product(sorted(groups), repeat=2):
        left = [at for at in groups[one] if at >= first]
        if not left or other[0] not in (one[0], *KINDRED[one[0]]):
            continue
        right = groups[other]
        reach = (EXTENT_KM + one[1] + other[1]) * 1000
        mine, theirs = (_shapes([sketches[at] for at in side]) for side in (left, right))
        for part in portions(mine, theirs, reach, _CROWD):
            near = pairs_within(mine[part], theirs, reach)
            later, earlier = np.asarray(left)[part[near.left]], np.asarray(right)[near.right]
            is_once = earlier < later
            metres = near.distance_m[is_once].tolist()
            yield from zip(earlier[is_once].tolist(), later[is_once].tolist(), metres, strict=True)


def _unplaced_pairs(sketches: Sequence[Sketch], first: int = 0) -> Iterable[Candidate]:
    """Kindred projects of a country that share a word of their names, one of them unplaced."""
    every: dict[str, list[int]] = {}
    unplaced: dict[str, list[int]] = {}
    for at, sketch in enumerate(sketches):
        holders = unplaced if sketch.geometry is not None else every
        words = _words(sketch)
        several = [holders.get(word, []) for word in words] if at >= first else []
        for other in sorted({n for some in several if len(some) <= _COMMON for n in some}):
            if sketch.countries & sketches[other].countries and sketch.kinship(sketches[other]):
                yield other, at, float("nan")
        for word in words:
            every.setdefault(word, []).append(at)
            if sketch.geometry is None:
                unplaced.setdefault(word, []).append(at)


def _words(sketch: Sketch) -> set[str]:
    return {word for name in sketch.names for word in name.sounds.split()}


def _blocks(*several: Iterable[Candidate]) -> Iterable[list[Candidate]]:
    block: list[Candidate] = []
    for candidates in several:
        for candidate in candidates:
            block.append(candidate)
            if len(block) == _BLOCK:
                yield block
                block = []
    yield block


def _answering(session: Session, asked: Filter | None) -> set[int] | None:
    if asked is None or not asked.asked:
        return None
    return set(queries.ids(session, PROJECTS, asked, public_only=False))


def _shapes(sketches: Sequence[Sketch]) -> NDArray[np.object_]:
    return np.array([sketch.geometry for sketch in sketches], dtype=object)


def _features(session: Session, sketches: Iterable[Sketch]) -> dict[int, Feature]:
    ids = {sketch.id for sketch in sketches if sketch.id is not None}
    return queries.features_by_id(session, Project, ids)
