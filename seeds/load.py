"""Load the first facts through the same door as a user's file; repeating it changes nothing."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.formats import find_format
from registry.actors import Actor
from registry.collections import COLLECTIONS, Collection
from registry.imports import Progress, import_rows
from registry.models import RegistryFact, Revision

FOLDER = Path(__file__).parent
SEEDER = Actor("seeds", "admin")
# Agreements and deposits first: projects stand on them.
ORDER = ("agreements", "deposits", "corridors", "projects")
_LOADED = "seeds"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did to one collection."""

    collection: str
    created: int
    revised: int


def are_loaded(session: Session) -> bool:
    """Whether the seeds were loaded (or declined) before."""
    return session.scalar(select(RegistryFact.id).where(RegistryFact.key == _LOADED)) is not None


def mark_loaded(session: Session) -> None:
    """Remember that the seeds were dealt with, so that `init` does not load them again."""
    if not are_loaded(session):
        session.add(RegistryFact(key=_LOADED, value="loaded"))


def load(session: Session, progress: Progress = lambda _done: None) -> list[Loaded]:
    """Load new seeds and correct old ones, but never a record that somebody else has revised."""
    by_id = {collection.id: collection for collection in COLLECTIONS}
    loaded = [_load(session, by_id[name], progress) for name in ORDER]
    mark_loaded(session)
    return loaded


def seed_file(collection: Collection) -> Path:
    """Where a collection's facts stand."""
    return FOLDER / f"{collection.id}.geojson"


def _load(session: Session, collection: Collection, progress: Progress) -> Loaded:
    path = seed_file(collection)
    with path.open("rb") as file:
        rows = list(find_format(path.name).read(file))
    report = import_rows(
        session,
        collection,
        rows,
        SEEDER,
        keep_ids=True,
        reason="Facts that Qadam ships",
        leave=_revised_by_others(session, collection),
        progress=progress,
    )
    return Loaded(collection.id, report.count("create"), report.count("revise"))


def _revised_by_others(session: Session, collection: Collection) -> frozenset[str]:
    asked = select(Revision.ref).where(
        Revision.collection == collection.id, Revision.actor != SEEDER.name
    )
    return frozenset(session.scalars(asked))
