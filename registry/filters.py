"""The question as a value: which records, in what order, which page of them. Checked when made,
never again.
"""

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from registry.collections import Collection
from registry.cql2.field import ANYTHING
from registry.cursors import Cursor, SortBy, order_of
from registry.errors import BadFilter
from registry.fields import FIELDS, FURTHER_FIELDS, Cql2, Field, Partner
from registry.kinds import Day, Kind, Moment, Number, Text, shown

Args = Mapping[str, Sequence[str]]
_PAGING = ("sortby", "limit", "offset")
CURSOR = "cursor"
MOST_LIMIT = 10_000
MOST_FAULTS = 10
_SORTED = Day | Moment | Number | Text
_LONGEST_SORTED = 300
_MOST_DIGITS = 15
MOST_OFFSET = 10**_MOST_DIGITS - 1


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records of a collection are asked for; equal questions are equal values.

    `asked` holds (parameter, value) in the order of the collection's fields.
    """

    collection: str
    asked: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(cls, args: Args, collection: Collection, also: Names[str] = ()) -> "Filter":
        """Read parameters; raises BadFilter with every fault.

        `also` names parameters that the one who calls takes besides. An empty value means not set:
        a form without JavaScript sends those.
        """
        fields, faults, asked = _fields(collection.id), {}, []
        known = _known(collection.id)
        unknown = (name for name in args if name not in known and name not in also)
        for name in islice(unknown, MOST_FAULTS):
            names = sorted({field.name for field in FIELDS[collection.id]} | set(_PAGING))
            choices = ", ".join(names)
            faults[name] = f"{shown(name)} is no filter of {collection.id}; there are {choices}."
        for field in fields:
            if field.name not in args:
                continue
            texts = [text for text in args[field.name] if text.strip()]
            if not texts:
                continue
            try:
                asked.append((field.name, _read(field, texts, args)))
            except ValueError as error:
                faults[field.name] = str(error)
        if any(name in args for name in Cql2.beside):
            _check_beside(fields, args, faults)
        if faults:
            raise BadFilter(faults)
        return cls(collection.id, tuple((name, value) for name, value in asked if value != ()))

    def check(self, session: Session, *, public_only: bool) -> None:
        """Raise BadFilter for a partner of no record that may be seen: hidden is as unknown."""
        for field, value in self.fields():
            if isinstance(field, Partner):
                fault = field.unknown(session, value, public_only=public_only)
                if fault:
                    raise BadFilter({field.name: fault})

    def get(self, name: str) -> Any:
        """The value asked for under a name; None where nothing is asked."""
        return dict(self.asked).get(name)

    def without(self, *names: str) -> "Filter":
        """The same question without some filters."""
        return replace(self, asked=tuple(pair for pair in self.asked if pair[0] not in names))

    def fields(self) -> list[tuple[Field, Any]]:
        """Each filter in use with its value."""
        values = dict(self.asked)
        return [
            (field, values[field.name])
            for field in _fields(self.collection)
            if field.name in values
        ]

    def to_args(self) -> list[tuple[str, str]]:
        """The question as parameters, for links and forms: parsing them gives the same question."""
        return [(field.name, text) for field, value in self.fields() for text in field.write(value)]


@dataclass(frozen=True, slots=True)
class Page:
    """Order and part of an answer. `limit` None is everything; ties keep the order of entry.

    A `cursor` tells where the page begins better than `offset`: by the row before it, which stays
    right while records come and go.
    """

    sortby: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    offset: int = 0
    cursor: Cursor | None = None

    @classmethod
    def parse(cls, args: Args, collection: Collection, default_limit: int | None = None) -> "Page":
        """Read `sortby`, `limit`, `offset` and `cursor`; a limit above the maximum is clamped."""
        faults: dict[str, str] = {}
        limit = _whole(args, "limit", 1, faults)
        offset = _whole(args, "offset", 0, faults)
        sortby = _sortby(args, collection, faults)
        cursor = _cursor(args, collection, sortby, faults)
        if cursor and offset:
            faults[CURSOR] = "cursor and offset both say where to begin; give one of them."
        if faults:
            raise BadFilter(faults)
        wanted = default_limit if limit is None else min(limit, MOST_LIMIT)
        return cls(sortby, wanted, offset or 0, cursor)

    def to_args(self) -> list[tuple[str, str]]:
        """The page as parameters."""
        order = ",".join(f"{'-' if down else ''}{name}" for name, down in self.sortby)
        pairs = [("sortby", order), ("limit", self.limit), ("offset", self.offset)]
        return [(name, str(value)) for name, value in pairs if value]


@cache
def _fields(collection: str) -> tuple[Field, ...]:
    return (*FIELDS[collection], *FURTHER_FIELDS[collection])


@cache
def _known(collection: str) -> frozenset[str]:
    """The parameters that a collection knows."""
    return frozenset(field.name for field in _fields(collection)) | {*Cql2.beside, *_PAGING}


def sortable(collection: Collection) -> tuple[str, ...]:
    """The properties that an answer can be sorted by: single values in a column, and short ones,
    since a cursor holds them.
    """
    return (
        *(("ref",) if hasattr(collection.model, "ref") else ()),
        *(
            prop.name
            for prop in collection.properties
            if (prop.column and not prop.kind.is_list and _is_short(prop.kind))
            or prop.name in ("sector", "status", "kind", "start_year", "updated_at")
        ),
    )


def _is_short(kind: Kind) -> bool:
    if isinstance(kind, Text) and kind.longest > _LONGEST_SORTED:
        return False
    return isinstance(kind, _SORTED)


def _check_beside(fields: Sequence[Field], args: Args, faults: dict[str, str]) -> None:
    """How a condition is to be read must be known, be there one or not."""
    field = next(field for field in fields if isinstance(field, Cql2))
    try:
        _read(field, (ANYTHING,), args)
    except ValueError as error:
        faults.setdefault(field.name, str(error))


def _read(field: Field, texts: Sequence[str], args: Args) -> Any:
    """A filter's value; of a condition other parameters say in which language it is."""
    if isinstance(field, Cql2):
        return field.read_as(texts, *(args.get(name, ()) for name in field.beside))
    return field.read(texts)


def _whole(args: Args, name: str, least: int, faults: dict[str, str]) -> int | None:
    texts = [text.strip() for text in args.get(name, ()) if text.strip()]
    if not texts:
        return None
    # Length comes first: Python refuses to read thousands of digits.
    digits = len(texts) == 1 and len(texts[0]) <= _MOST_DIGITS and texts[0].isascii()
    if not digits or not texts[0].isdigit() or int(texts[0]) < least:
        faults[name] = f"{name} takes a whole number from {least} on; got {shown(','.join(texts))}."
        return None
    return int(texts[0])


def _cursor(
    args: Args, collection: Collection, sortby: SortBy, faults: dict[str, str]
) -> Cursor | None:
    texts = [text.strip() for text in args.get(CURSOR, ()) if text.strip()]
    try:
        return order_of(collection, sortby).parse(",".join(texts)) if texts else None
    except ValueError as error:
        faults[CURSOR] = str(error)
        return None


def _sortby(
    args: Args, collection: Collection, faults: dict[str, str]
) -> tuple[tuple[str, bool], ...]:
    words = [
        word.strip() for text in args.get("sortby", ()) for word in text.split(",") if word.strip()
    ]
    names = sortable(collection) if words else ()
    order: dict[str, bool] = {}
    for word in words:
        name = word.lstrip("+-")
        if name not in names or len(word) - len(name) > 1:
            faults["sortby"] = (
                f"sortby takes {', '.join(names)}, each with - before it to turn; got "
                f"{shown(word)}."
            )
            break
        order.setdefault(name, word.startswith("-"))  # a repeat decides nothing
    return tuple(order.items())
