"""What can be wrong with a request to the registry, named after what happened; no HTTP here."""

from collections.abc import Mapping, Sequence
from datetime import datetime


class RegistryError(Exception):
    """Anything the registry refuses, with a sentence a planner can act on."""


class NotFound(RegistryError):
    """No record has that ref, or it is not for the one who asks."""


class Moved(NotFound):
    """The record was merged into another, which `ref` names."""

    def __init__(self, old: str, ref: str) -> None:
        self.old, self.ref = old, ref
        super().__init__(f"{old[:64]} was merged into {ref}.")


class Removed(NotFound):
    """The record was taken out of the registry; its history stays."""

    def __init__(self, ref: str, at: datetime) -> None:
        self.ref = ref
        super().__init__(f"{ref} was removed on {at:%Y-%m-%d}; its history stays.")


class Conflict(RegistryError):
    """What is stored does not go together with the change."""


class RefInUse(Conflict):
    """A ref that is given to a new record stands for another, or did before."""


class Stale(Conflict):
    """The record is no longer the version that the change began with."""


class BadToken(RegistryError):
    """A token that is unknown, expired or revoked."""


class Forbidden(RegistryError):
    """The one who asks may read, but not do this."""


class StoreError(RegistryError):
    """The data folder or database cannot be used as it is."""


class Busy(StoreError):
    """Others write just now, and longer than one waits; nothing was stored."""


class Invalid(RegistryError):
    """Every fault of one record at once: field name to sentences."""

    def __init__(self, faults: Mapping[str, Sequence[str]]) -> None:
        self.faults = {name: tuple(sentences) for name, sentences in faults.items()}
        super().__init__(" ".join(s for sentences in self.faults.values() for s in sentences))


class BadFilter(RegistryError):
    """Every fault of a question at once: parameter name to a sentence."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(" ".join(self.faults.values()))


class RefusedFile(RegistryError):
    """A file of which at least one row is faulty: nothing of it was stored."""
