"""The filter's parameter: a condition in CQL2, text or JSON, kept and printed as text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from registry.cql2.compiler import compiled
from registry.cql2.printer import print_text
from registry.cql2.reader import read
from registry.cql2.shape import checked, read_json
from registry.cql2.systems import in_lonlat
from registry.cql2.tree import BadExpression, Tree
from registry.kinds import shown

LANGUAGES: Mapping[str, Callable[[str], Tree]] = {"cql2-text": read, "cql2-json": read_json}


# The condition that every record meets, in either language.
ANYTHING = "true"


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition: its text in one spelling, which decides whether two are equal, and its tree."""

    text: str
    tree: Tree = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cql2:
    """A condition over the properties of a collection (OGC API – Features Part 3)."""

    name: str
    label: str
    collection_id: str
    # Parameters that say how this one is read.
    beside = ("filter-lang", "filter-crs")

    def read(self, texts: Sequence[str]) -> Expression:
        """The condition of a text in cql2-text."""
        return self.read_as(texts, (), ())

    def read_as(
        self, texts: Sequence[str], languages: Sequence[str], systems: Sequence[str]
    ) -> Expression:
        """The condition of a text; raises ValueError with a sentence and the place of a fault."""
        reader = _language(languages)
        if len(texts) > 1:
            raise ValueError(f"{self.name} takes one value; it is given {len(texts):,} times.")
        try:
            tree = self._located(reader(texts[0]), systems)
            compiled(tree, self.collection_id)
        except BadExpression as error:
            sentence = str(error).rstrip(".")
            raise ValueError(f"{self.name}: {sentence}.") from None
        return Expression(print_text(tree), tree)

    def _located(self, tree: Tree, systems: Sequence[str]) -> Tree:
        """The tree in longitude and latitude, whatever system `filter-crs` names."""
        names = [name for name in systems if name.strip()]
        if len(names) > 1:
            raise BadExpression(f"filter-crs takes one value; it is given {len(names):,} times")
        return checked(in_lonlat(tree, names[0])) if names else tree

    def write(self, value: Expression) -> tuple[str, ...]:
        """The condition as cql2-text."""
        return (value.text,)

    def condition(self, session: Session, value: Expression) -> ColumnElement[bool]:
        """The rows that answer."""
        return compiled(value.tree, self.collection_id)


def _language(said: Sequence[str]) -> Callable[[str], Tree]:
    """How the text is read: as cql2-text where nothing is said."""
    words = [word.strip() for word in said if word.strip()] or ["cql2-text"]
    if len(words) > 1 or words[0] not in LANGUAGES:
        choices = " or ".join(LANGUAGES)
        raise ValueError(f"filter-lang takes {choices}; got {shown(', '.join(words))}.")
    return LANGUAGES[words[0]]
