"""What a coordinator decides of two projects that look alike: one, phases of one, or different."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry import records, redirects, rights
from registry.actors import Actor
from registry.clock import now
from registry.collections import PROJECTS
from registry.drafts import parse
from registry.errors import Invalid
from registry.features import to_feature
from registry.folding import slug
from registry.models import DuplicateDecision, Project
from registry.vocabulary import Term

VERDICTS = (
    Term("merged", "One project: merged"),
    Term("phases", "Parts or phases of one"),
    Term("different", "Different projects"),
)
REVIEW = "decide on possible duplicates"
"""What only reviewers do, but for finding two projects different."""

_PARTNERS = ("partners", "partner_countries", "partner_roles")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was found of two projects, by whom, when and why."""

    refs: tuple[str, str]
    verdict: str
    at: datetime
    actor: str
    reason: str | None


def decisions(session: Session, ref: str | None = None) -> list[Decision]:
    """All decisions, or those on one project, newest first."""
    asked = select(DuplicateDecision).order_by(DuplicateDecision.at.desc(), DuplicateDecision.id)
    if ref is not None:
        either = (DuplicateDecision.left_ref == ref, DuplicateDecision.right_ref == ref)
        asked = asked.where(or_(*either))
    return [
        Decision((row.left_ref, row.right_ref), row.verdict, row.at, row.actor, row.reason)
        for row in session.scalars(asked)
    ]


def decided(session: Session) -> dict[frozenset[str | None], str]:
    """The verdict on each pair of refs, as the refs lead today."""
    moved = redirects.targets(session, PROJECTS)
    rows = session.execute(
        select(
            DuplicateDecision.left_ref, DuplicateDecision.right_ref, DuplicateDecision.verdict
        ).order_by(DuplicateDecision.id)
    )
    return {
        frozenset(
            (moved.get(row.left_ref, row.left_ref), moved.get(row.right_ref, row.right_ref))
        ): (row.verdict)
        for row in rows
    }


def mark_different(session: Session, one: str, other: str, by: Actor, reason: str = "") -> None:
    """These are two projects; the pair is not shown again."""
    records.allow(by)
    left, right = _two(session, one, other)
    _decide(session, left.ref, right.ref, "different", by, reason)


def keep_different(
    session: Session, pairs: Iterable[tuple[str, str]], by: Actor, reason: str
) -> None:
    """Of each pair of which one was just entered: these are two projects.

    Nobody can have decided on a new ref before, so nothing is looked up.
    """
    records.allow(by)
    kept = {tuple(sorted(pair)) for pair in pairs}
    session.add_all(
        DuplicateDecision(
            left_ref=left,
            right_ref=right,
            verdict="different",
            at=now(),
            actor=by.name,
            reason=reason,
        )
        for left, right in sorted(kept)
    )
    session.flush()


def mark_phases(session: Session, whole: str, part: str, by: Actor, reason: str = "") -> Project:
    """The second is a part or phase of the first: its parent from now on; gives the part."""
    rights.allow_review(by, REVIEW)
    parent, row = _two(session, whole, part)
    above: Project | None = parent
    while above is not None:
        if above is row:
            raise Invalid({"parent": [f"{whole} already stands under {part}; it cannot hold it."]})
        above = above.parent
    _check_shown(parent, [row])
    row.parent = parent
    records.touch(session, PROJECTS, [row], by, "revise", reason or f"Part or phase of {whole}")
    _decide(session, parent.ref, row.ref, "phases", by, reason)
    return row


def merge(session: Session, keep: str, drop: str, by: Actor, reason: str = "") -> Project:
    """Make one project of two; gives the kept one.

    The dropped ref leads to the kept one from now on and is no longer listed or exported; its
    history stays. Names, sources and partners that the kept one lacks are added to it as a
    revision; what else the dropped one says stays in its history. Its parts move with it.
    """
    rights.allow_review(by, REVIEW)
    kept, dropped = _two(session, keep, drop)
    words = f"{drop} was merged into {keep}" + (f": {reason}" if reason else "")
    parts = session.scalars(select(Project).where(Project.parent_id == dropped.id)).all()
    others = [part for part in parts if part is not kept]
    _check_shown(kept, others)
    for part in parts:
        part.parent = dropped.parent if part is kept else kept
    if others:
        records.touch(session, PROJECTS, others, by, "revise", words)
    _add(session, kept, dropped, by, words)
    records.retire(session, PROJECTS, dropped, by, "merge", words)
    redirects.lead(session, PROJECTS, drop, keep, now())
    _decide(session, keep, drop, "merged", by, reason)
    session.flush()
    return kept


def _two(session: Session, one: str, other: str) -> tuple[Project, Project]:
    if one == other:
        raise Invalid({"ref": ["Both are the same project; choose two."]})
    return records.load(session, PROJECTS, one), records.load(session, PROJECTS, other)


def _check_shown(parent: Project, parts: Iterable[Project]) -> None:
    """A public record prints the ref of its parent, so that one must be public too."""
    shown = [part.ref for part in parts if part.publication == "public"]
    if shown and parent.publication != "public":
        raise Invalid(
            {"parent": [f"{parent.ref} is not public, so {', '.join(shown)} cannot name it."]}
        )


def _add(session: Session, kept: Project, dropped: Project, by: Actor, reason: str) -> None:
    """What the dropped one knows besides becomes a revision of the kept one."""
    mine, theirs = to_feature(kept).properties, to_feature(dropped).properties
    values = {**mine, **_names(mine, theirs), **_partners(mine, theirs)}
    known = {_address(source) for source in mine["sources"]}
    more = [source for source in theirs["sources"] if _address(source) not in known]
    values["sources"] = [*mine["sources"], *more]
    if mine["parent"] == dropped.ref:
        values["parent"] = theirs["parent"]
    draft = parse(PROJECTS.id, values, kept.geometry, now().date())
    version = kept.version
    records.revise(
        session, PROJECTS, kept, draft, by, version=version, action="merge", reason=reason
    )


def _names(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    known = {_bare(name) for name in (mine["name"], *mine["alt_names"])}
    more = [name for name in (theirs["name"], *theirs["alt_names"]) if _bare(name) not in known]
    return {"alt_names": [*mine["alt_names"], *more]}


def _bare(name: str) -> str:
    """A name without the language that stands after its @."""
    return slug(name.rsplit(" @", 1)[0])


def _partners(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    known = {slug(name) for name in mine["partners"]}
    rows = zip(*(theirs[name] for name in _PARTNERS), strict=True)
    more = [row for row in rows if slug(row[0]) not in known]
    return {
        name: [*mine[name], *(row[place] for row in more)] for place, name in enumerate(_PARTNERS)
    }


def _address(source: str) -> str:
    """What makes a source itself: its address, or its title where it has none."""
    parts = [part.strip() for part in source.split("|")]
    return parts[1] if len(parts) > 1 and parts[1] else slug(parts[0])


def _decide(session: Session, one: str, other: str, verdict: str, by: Actor, reason: str) -> None:
    left, right = sorted((one, other))
    asked = select(DuplicateDecision).where(
        DuplicateDecision.left_ref == left, DuplicateDecision.right_ref == right
    )
    row = session.scalar(asked)
    if row is None:
        row = DuplicateDecision(left_ref=left, right_ref=right)
        session.add(row)
    row.verdict, row.at, row.actor, row.reason = verdict, now(), by.name, reason or None
    session.flush()
