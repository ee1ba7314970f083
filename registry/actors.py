"""Who does something: a person who signed in, a command at the keyboard, the seeds."""

from dataclasses import dataclass

from registry.vocabulary import Term

ROLES = (
    Term("viewer", "Viewer: reads everything"),
    Term("planner", "Planner: adds and edits projects"),
    Term("reviewer", "Reviewer: adds, edits and reviews"),
    Term("admin", "Administrator: everything"),
)
RANK = {role.slug: rank for rank, role in enumerate(ROLES)}
"""Each role may what the ones below it may."""

NAMES_IN_USE = frozenset({"operator", "seeds", "local"})
"""Who stands in histories without an account of that name being added: nobody else may be so."""

WRITING_ROLES = frozenset({"planner", "reviewer", "admin"})
REVIEWING_ROLES = frozenset({"reviewer", "admin"})


@dataclass(frozen=True, slots=True)
class Actor:
    """A name for the history, the role that says what is allowed, and whom one works for."""

    name: str
    role: str
    organisation: str | None = None

    @property
    def may_write(self) -> bool:
        """Whether it may add and change records."""
        return self.role in WRITING_ROLES

    @property
    def may_review(self) -> bool:
        """Whether it may merge and remove records, whosever they are."""
        return self.role in REVIEWING_ROLES

    @property
    def may_manage(self) -> bool:
        """Whether it may say who signs in, and as what."""
        return self.role == "admin"
