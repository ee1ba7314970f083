"""How many projects there are of each kind: counts and choices by adding up what triggers keep,
without a look at the projects.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from registry.database.upkeep import KINDS, STAMP, ProjectTally
from registry.fields import country_sets, statuses_of
from registry.filters import Filter
from registry.models import Project, RegistryFact
from registry.statements import Statement, compiled, dialect_of
from registry.vocabulary import STATUS

Facets = dict[str, dict[str, int]]


class Cell(NamedTuple):
    """So many projects of one kind."""

    publication: str
    country_set: str
    sector: str
    status: str
    location_precision: str
    n: int


class Kind(NamedTuple):
    """So many projects of one set of countries, sector and publication."""

    country_set: str
    sector: str
    publication: str
    n: int


# What makes a kind, and the filters that ask for some.
KIND_KEY = Kind._fields[:3]
_OF_KINDS = {"country", "sector"}

# What each filter that the counts know says of a cell.
_SAYS: dict[str, Callable[[Cell], Collection[str]]] = {
    "country": lambda cell: cell.country_set.split(",") if cell.country_set else (),
    "sector": lambda cell: (cell.sector,),
    "status": lambda cell: (cell.status,),
    "phase": lambda cell: (STATUS[cell.status].phase,),
    "precision": lambda cell: (cell.location_precision,),
}
# The same of the counts themselves.
_KEPT: dict[str, tuple[Any, Callable[[Collection[str]], Sequence[str]]]] = {
    "country": (ProjectTally.country_set, country_sets),
    "sector": (ProjectTally.sector, tuple),
    "status": (ProjectTally.status, tuple),
    "phase": (ProjectTally.status, statuses_of),
    "precision": (ProjectTally.location_precision, tuple),
}


def stamp(session: Session) -> str:
    """A word that every change of a record replaces by another that was never there."""
    found = _stamp_statement(dialect_of(session)).run(session)
    return str(found[0][0])


@lru_cache
def _stamp_statement(dialect: str) -> Statement:
    return compiled(dialect, select(RegistryFact.value).where(RegistryFact.key == STAMP))


def knows(asked: Filter) -> bool:
    """Whether the counts alone answer this question."""
    return asked.collection == "projects" and all(name in _SAYS for name, _ in asked.asked)


def others(asked: Filter) -> Filter:
    """The part of a question that the counts know nothing of."""
    return asked.without(*_SAYS)


def cells(session: Session, where: Iterable[ColumnElement[bool]] = ()) -> list[Cell]:
    """The kinds that there are; under conditions on projects these are counted one by one."""
    conditions = list(where)
    if conditions:
        kinds = [getattr(Project, name) for name in KINDS]
        counted = select(*kinds, func.count()).where(*conditions).group_by(*kinds)
    else:
        kinds = [getattr(ProjectTally, name) for name in KINDS]
        counted = select(*kinds, ProjectTally.n).where(ProjectTally.n > 0)
    return [Cell._make(row) for row in session.execute(counted)]


def tells_kinds(asked: Filter) -> bool:
    """Whether a question is about kinds alone."""
    return asked.collection == "projects" and {name for name, _ in asked.asked} <= _OF_KINDS


def among(found: Iterable[Kind], asked: Filter) -> tuple[Kind, ...]:
    """The kinds that a question about kinds alone means."""
    sectors, sets = asked.get("sector"), asked.get("country") and country_sets(asked.get("country"))
    return tuple(
        kind
        for kind in found
        if (not sectors or kind.sector in sectors) and (not sets or kind.country_set in sets)
    )


def kinds(session: Session, asked: Filter, *, public_only: bool) -> tuple[Kind, ...]:
    """What a question that the counts know finds, by kind."""
    values = {name: _KEPT[name][1](words) for name, words in asked.asked}
    shape = tuple((name, len(each)) for name, each in values.items())
    told = {f"{name}_{at}": word for name, each in values.items() for at, word in enumerate(each)}
    statement = _kinds_statement(dialect_of(session), shape, public_only)
    return tuple(Kind._make(row) for row in statement.run(session, **told))


@lru_cache(1_024)
def _kinds_statement(
    dialect: str, shape: tuple[tuple[str, int], ...], public_only: bool
) -> Statement:
    """One statement serves all questions that name as many words; they are told when it runs."""
    names: list[Any] = [ProjectTally.country_set, ProjectTally.sector, ProjectTally.publication]
    where = [
        _KEPT[name][0].in_([bindparam(f"{name}_{at}", "") for at in range(count)])
        for name, count in shape
    ]
    if public_only:
        where.append(ProjectTally.publication == "public")
    counted = select(*names, func.sum(ProjectTally.n)).where(ProjectTally.n > 0, *where)
    return compiled(dialect, counted.group_by(*names))


def facets(found: Iterable[Cell], asked: Filter, *, public_only: bool) -> Facets:
    """How many projects each choice would leave; each counts under all filters but its own."""
    wanted = {name: set(words) for name, words in asked.asked if name in _SAYS}
    counted: dict[str, Counter[str]] = {name: Counter() for name in _SAYS}
    for cell in found:
        if not _seen(cell, public_only):
            continue
        said = {name: says(cell) for name, says in _SAYS.items()}
        missed = [name for name, words in wanted.items() if not words & set(said[name])]
        if len(missed) < 2:
            for name in missed or _SAYS:
                counted[name].update(dict.fromkeys(said[name], cell.n))
    return {name: dict(words) for name, words in counted.items()}


def drift(session: Session) -> int:
    """How many kinds are counted wrongly."""
    truly = {cell[:-1]: cell.n for cell in cells(session, [Project.id.is_not(None)])}
    kept = {cell[:-1]: cell.n for cell in cells(session)}
    return sum(truly.get(kind) != kept.get(kind) for kind in truly.keys() | kept.keys())


def _seen(cell: Any, public_only: bool) -> bool:
    return not public_only or cell.publication == "public"
