"""The collections: one row each, which every page, format and command loops over."""

from dataclasses import dataclass, field
from typing import Any

from registry.errors import NotFound
from registry.models import Agreement, Corridor, Country, CrossReference, Deposit, Project
from registry.properties import (
    AGREEMENT_PROPERTIES,
    CORRIDOR_PROPERTIES,
    COUNTRY_PROPERTIES,
    CROSS_REFERENCE_PROPERTIES,
    DEPOSIT_PROPERTIES,
    PROJECT_PROPERTIES,
    Property,
)


@dataclass(frozen=True, slots=True)
class Collection:
    """A set of records of one kind: its address, its words, its table and its properties.

    `description` says in a sentence what it holds.

    `prefix` begins the refs that the registry gives; `named_by` is the property of the name. What
    the registry makes itself is `read_only`.
    """

    id: str
    title: str
    singular: str
    model: Any
    prefix: str
    properties: tuple[Property, ...]
    description: str
    named_by: str = "name"
    located: bool = True
    read_only: bool = False
    stored: tuple[Property, ...] = field(init=False)
    defaults: tuple[tuple[str, Any], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Note what a record says in columns of its own, and where something stands unsaid."""
        stored = tuple(prop for prop in self.properties if prop.column and not prop.computed)
        defaults = tuple((prop.name, prop.default) for prop in stored if prop.default is not None)
        object.__setattr__(self, "stored", stored)
        object.__setattr__(self, "defaults", defaults)


PROJECTS = Collection(
    "projects",
    "Projects",
    "project",
    Project,
    "P",
    PROJECT_PROPERTIES,
    "Proposed, running and ended energy and decarbonization cooperation projects.",
)
DEPOSITS = Collection(
    "deposits",
    "Resource deposits",
    "deposit",
    Deposit,
    "D",
    DEPOSIT_PROPERTIES,
    "Fields, mines, deposits and occurrences of energy resources and minerals.",
)
CORRIDORS = Collection(
    "corridors",
    "Export corridors",
    "corridor",
    Corridor,
    "C",
    CORRIDOR_PROPERTIES,
    "Routes to a market: pipelines, railways, ports and power lines.",
)
AGREEMENTS = Collection(
    "agreements",
    "Agreements",
    "agreement",
    Agreement,
    "A",
    AGREEMENT_PROPERTIES,
    "What two states signed; it has no place.",
    "title",
    located=False,
)
CROSS_REFERENCES = Collection(
    "cross_references",
    "Deposits near projects",
    "cross-reference",
    CrossReference,
    "",
    CROSS_REFERENCE_PROPERTIES,
    "Each project with each deposit within 50 km of it: how far, and whether it matters.",
    "deposit_name",
    read_only=True,
)
COUNTRIES = Collection(
    "countries",
    "Countries",
    "country",
    Country,
    "",
    COUNTRY_PROPERTIES,
    "The five countries with their outlines, drawn at about 1:10,000,000.",
    read_only=True,
)
# Those that hold records, and all that can be read.
COLLECTIONS = (PROJECTS, DEPOSITS, CORRIDORS, AGREEMENTS)
PUBLISHED = (*COLLECTIONS, CROSS_REFERENCES, COUNTRIES)
_BY_ID = {collection.id: collection for collection in PUBLISHED}


def find_collection(name: str) -> Collection:
    """The collection of that id; raises NotFound."""
    try:
        return _BY_ID[name]
    except KeyError:
        raise NotFound(
            f"There is no collection “{name[:40]}”; there are {', '.join(_BY_ID)}."
        ) from None
