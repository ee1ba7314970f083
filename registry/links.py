"""What projects refer to: the project that each is part of, the agreement it stands on.

One judge for all: a project from a form is a list of one, the rows of a file are judged together,
so that their order does not count.
"""

from collections.abc import Collection as Names
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, aliased

from geo.parts import in_parts
from registry import redirects
from registry.collections import PROJECTS
from registry.drafts import LINKS, Draft
from registry.errors import Invalid
from registry.kinds import shown
from registry.models import Agreement, Project

_PUBLIC = "public"
_NOTHING: Mapping[str, tuple[str, ...]] = {}


@dataclass(slots=True)
class Linked:
    """What a project shall refer to, and what is wrong with that.

    `ref` is its own, where it has one; `publication` is None where it stays as it is stored.
    """

    ref: str | None
    publication: str | None = None
    links: dict[str, str] | None = None
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)

    def link(self, name: str) -> str | None:
        """The ref that it names as its parent or agreement."""
        return self.links.get(name) if self.links else None

    def refuse(self, name: str, sentence: str) -> None:
        """Keep it out because of this."""
        self.faults = {**self.faults, name: (sentence,)}

    def tell(self, draft: Draft) -> None:
        """Let its draft name what it refers to by now."""
        if self.links:
            draft.values.update({name: ref or None for name, ref in self.links.items()})


def check(session: Session, draft: Draft, ref: str | None = None) -> None:
    """Hold one project to it, over the one of `ref` where it is stored; raises Invalid."""
    one = judged(session, draft.values, ref)
    if one.faults:
        raise Invalid(one.faults)
    one.tell(draft)


def judged(session: Session, values: Mapping[str, Any], ref: str | None = None) -> Linked:
    """What one project refers to by its values, with what is wrong with that."""
    one = Linked(ref, values.get("publication"), links_of(values))
    judge(session, [one], are_new=ref is None)
    return one


def links_of(values: Mapping[str, Any]) -> dict[str, str] | None:
    """The refs among the values of a project."""
    return {name: values[name] for name in LINKS if values.get(name)} or None


def judge(session: Session, rows: Iterable[Linked], *, are_new: bool = False) -> None:
    """Find the faults of projects that are to be stored together.

    A parent or agreement must be among them or in the registry, a public project's parent be
    public, and nothing be part of itself. A parent that was merged into another project is that
    one; into its own part, none. Where all `are_new`, no ref of theirs is that of a stored one.
    """
    rows = list(rows)
    _follow_merges(session, rows)
    here = {row.ref: row for row in rows if row.ref}
    wanted = {name: {ref for row in rows if (ref := row.link(name))} for name in LINKS}
    agreements = known(session, Agreement, wanted["agreement"])
    parents = _publications(session, here, wanted["parent"], are_new=are_new)
    rings = _rings(_above(session, here, are_new=are_new))
    for row in rows:
        if not row.faults:
            _check(row, parents, agreements, rings)
    if not are_new:
        _check_parts(session, here)


def known(session: Session, model: Any, refs: Iterable[str]) -> dict[str, str]:
    """Which of these refs the registry holds, and who may see each."""
    shown_to = getattr(model, "publication", literal(_PUBLIC))
    return {
        ref: publication
        for part in in_parts(sorted(refs))
        for ref, publication in session.execute(
            select(model.ref, shown_to).where(model.ref.in_(part))
        )
    }


def _follow_merges(session: Session, rows: Iterable[Linked]) -> None:
    linked = [row for row in rows if row.link("parent")]
    moved = redirects.targets(session, PROJECTS) if linked else {}
    for row in linked:
        parent = row.link("parent")
        if row.links and parent in moved:
            row.links["parent"] = "" if moved[parent] == row.ref else moved[parent]


def _publications(
    session: Session, here: Mapping[str, Linked], wanted: Names[str], *, are_new: bool
) -> dict[str, str]:
    """Who may see the projects here, and those that are named as parents."""
    asked = set(wanted) - here.keys()
    if not are_new:
        # Where a project says nothing of it, it stays as it is stored.
        asked |= {
            ref
            for ref, row in here.items()
            if row.publication is None and (ref in wanted or row.link("parent"))
        }
    stored = known(session, Project, asked)
    return stored | {ref: row.publication or stored.get(ref, _PUBLIC) for ref, row in here.items()}


def _above(session: Session, here: Mapping[str, Linked], *, are_new: bool) -> dict[str, str | None]:
    """The parent of each project here, and of those on the way up from them."""
    above = {ref: row.link("parent") for ref, row in here.items()}
    beyond = set() if are_new else {ref for ref in above.values() if ref} - above.keys()
    for part in in_parts(sorted(beyond)):
        way = select(Project.id, Project.ref, Project.parent_id).where(Project.ref.in_(part))
        up = way.cte(recursive=True)
        step = select(Project.id, Project.ref, Project.parent_id)
        up = up.union(step.join(up, Project.id == up.c.parent_id))
        asked = select(up.c.ref, Project.ref).join(Project, Project.id == up.c.parent_id)
        for ref, parent in session.execute(asked):
            above.setdefault(ref, parent)
    return above


def _rings(above: Mapping[str, str | None]) -> set[str]:
    """The refs whose parents lead back to themselves; each is walked once."""
    rings: set[str] = set()
    done: set[str] = set()
    for start in above:
        way: dict[str, None] = {}
        at: str | None = start
        while at and at not in done and at not in way:
            way[at] = None
            at = above.get(at)
        if at in way:
            refs = list(way)
            rings.update(refs[refs.index(at) :])
        done.update(way)
    return rings


def _check(
    row: Linked, parents: Mapping[str, str], agreements: Mapping[str, str], rings: Names[str]
) -> None:
    parent, agreement = row.link("parent"), row.link("agreement")
    if agreement and agreement not in agreements:
        row.refuse("agreement", f"There is no record {shown(agreement)}; look up its ref.")
    if not parent:
        return
    seen_by = parents.get(row.ref or "", row.publication or _PUBLIC)
    if parent not in parents:
        row.refuse("parent", f"There is no record {shown(parent)}; look up its ref.")
    elif row.ref in rings:
        row.refuse("parent", f"{shown(parent)} is itself part of this project; choose another.")
    elif seen_by == _PUBLIC and parents[parent] != _PUBLIC:
        # A public record prints the ref of its parent.
        row.refuse("parent", f"{shown(parent)} is not public, so a public project cannot name it.")


def _check_parts(session: Session, here: Mapping[str, Linked]) -> None:
    """What is hidden has no public part; parts that are here answer for themselves."""
    hidden = [ref for ref, row in here.items() if row.publication not in (None, _PUBLIC)]
    whole = aliased(Project)
    asked = select(whole.ref, Project.ref).join(whole, whole.id == Project.parent_id)
    for part in in_parts(hidden):
        public = asked.where(whole.ref.in_(part), Project.publication == _PUBLIC)
        for ref, inner in session.execute(public):
            if inner not in here:
                sentence = f"{inner}, a public project, is part of this one; hide that one first."
                here[ref].refuse("publication", sentence)
