"""Who does something: a person who signed in, a command at the keyboard, the seeds."""

from dataclasses import dataclass

from registry.vocabulary import Term

ROLES = (
    Term("viewer", "Viewer: reads everything"),
    Term("planner", "Planner: adds and edits projects"),
    Term("reviewer", "Reviewer: adds, edits and reviews"),
    Term("admin", "Administrator: everything"),
)
WRITING_ROLES = frozenset({"planner", "reviewer", "admin"})
REVIEWING_ROLES = frozenset({"reviewer", "admin"})


@dataclass(frozen=True, slots=True)
class Actor:
    """A name for the history, and the role that says what is allowed."""

    name: str
    role: str

    @property
    def may_write(self) -> bool:
        """Whether it may add and change records."""
        return self.role in WRITING_ROLES

    @property
    def may_review(self) -> bool:
        """Whether it may decide what becomes of two projects that look alike."""
        return self.role in REVIEWING_ROLES
