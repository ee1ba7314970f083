"""A property asked for by its own name: `kind=field` on deposits, `capacity_mw=600` on projects."""

from collections.abc import Collection as Names
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from geo.numbers import exact_number
from registry.asking import LONGEST_TEXT
from registry.kinds import Choice, Day, Flag, Kind, Number, Text
from registry.properties import Property

_SIMPLE = (Choice, Day, Flag, Number, Text)


@dataclass(frozen=True, slots=True)
class Equals:
    """The one value of a property that stands in a column."""

    name: str
    label: str
    column: Any
    kind: Kind

    def read(self, texts: Sequence[str]) -> Any:
        """The value, read as the property itself is."""
        if len(texts) > 1:
            raise ValueError(f"{self.name} takes one value; it is given {len(texts):,} times.")
        if len(texts[0]) > LONGEST_TEXT:
            raise ValueError(f"{self.name} takes at most {LONGEST_TEXT} characters.")
        try:
            return self.kind.read(texts[0])
        except ValueError as error:
            raise ValueError(f"{self.name} {error}.") from None

    def write(self, value: Any) -> tuple[str, ...]:
        """Its text."""
        if isinstance(value, bool):
            return ("true" if value else "false",)
        return (exact_number(value) if isinstance(value, float) else str(value),)

    def condition(self, session: object, value: Any) -> ColumnElement[bool]:
        """Rows that have this very value."""
        found: ColumnElement[bool] = self.column == value
        return found


def property_fields(
    model: Any, properties: Sequence[Property], taken: Names[str]
) -> tuple[Equals, ...]:
    """A row for each simple property (OGC API – Features, recommendation /rec/core/fc-filters)."""
    return tuple(
        Equals(prop.name, prop.label, getattr(model, prop.name), prop.kind)
        for prop in properties
        if prop.column and isinstance(prop.kind, _SIMPLE) and prop.name not in taken
    )
