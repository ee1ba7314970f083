"""The life cycle: which status may follow which. A record may begin in any; from then on the table
holds.
"""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.clock import now
from registry.drafts import Draft
from registry.errors import Invalid
from registry.models import Project, Revision
from registry.vocabulary import ORDER_OF_STATUS, SECTORS_WITHOUT_STUDY, STATUS

LIVE = tuple(status for status in STATUS.values() if status.phase in ("pipeline", "active"))
_LIVE_SLUGS = frozenset(status.slug for status in LIVE)


def check_move(session: Session, project: Project, draft: Draft, reason: str | None) -> None:
    """Refuse a status that may not follow; raises Invalid. A `reason` of None is asked for later.

    A move whose date was left as it was happened today.
    """
    faults = move_faults(session, project, draft.values["status"], reason)
    if faults:
        raise Invalid(faults)
    has_moved = draft.values["status"] != project.status
    if has_moved and draft.values["status_date"] == project.status_date:
        draft.values["status_date"] = now().date()


def move_faults(
    session: Session, project: Project, new: str, reason: str | None
) -> dict[str, list[str]]:
    """What keeps a project from a status; a step back is a correction and needs its reason."""
    if project.status == new:
        return {}
    if back := step_back(project.status, new):
        return {} if reason is None or reason.strip() else {"reason": [back]}
    return {} if new in allowed(session, project) else {"status": [_refusal(session, project, new)]}


def step_back(old: str, new: str) -> str:
    """What to say where a live record would return to an earlier live status; else nothing."""
    if not {old, new} <= _LIVE_SLUGS or ORDER_OF_STATUS[new] >= ORDER_OF_STATUS[old]:
        return ""
    return f"Going back from “{_label(old)}” to “{_label(new)}” needs a reason."


def allowed(session: Session, project: Project) -> tuple[str, ...]:
    """The statuses that may follow a project's own without a reason."""
    following = STATUS[project.status].next
    if project.status == "agreed" and project.sector in SECTORS_WITHOUT_STUDY:
        following = (*following, "construction")
    if project.status == "suspended":
        left = status_before_suspension(session, project.ref)
        following = (*((left,) if left else tuple(_LIVE_SLUGS)), *following)
    return tuple(following)


def status_before_suspension(session: Session, ref: str) -> str | None:
    """The live status that a suspended project left; None where it was entered as suspended."""
    asked = select(Revision.after).where(Revision.collection == "projects", Revision.ref == ref)
    for after in session.scalars(asked.order_by(Revision.version.desc())):
        status = json.loads(after)["properties"]["status"]
        if status != "suspended":
            return str(status)
    return None


def _refusal(session: Session, project: Project, new: str) -> str:
    following = allowed(session, project)
    if not following:
        return (
            f"“{_label(project.status)}” is final; to take the idea up again, add a new "
            "project and name this one "
            "as its parent."
        )
    steps = ", ".join(f"“{_label(slug)}”" for slug in following)
    return f"From “{_label(project.status)}” a project goes to {steps}, not to “{_label(new)}”."


def _label(status: str) -> str:
    return STATUS[status].label
