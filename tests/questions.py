"""Random questions: what an address may ask of a collection, out of its table of filters."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from registry.asking import AnyOf, Bound, Box, Field, Line, Near, Partner, Words
from registry.collections import Collection
from registry.cql2.field import Cql2
from registry.cql2.printer import print_text
from registry.equals import Equals
from registry.fields import FIELDS, FURTHER_FIELDS
from registry.filters import sortable
from registry.timing import During
from tests.registry.cql2.trees import conditions

Texts = st.SearchStrategy[list[str]]
Records = Sequence[Mapping[str, Any]]
_LONGITUDES = st.sampled_from([-180.0, -170.0, 0.0, 52.0, 60.0, 64.42, 69.24, 71.5, 76.95, 180.0])
_LATITUDES = st.sampled_from([-90.0, 35.0, 38.0, 39.77, 41.3, 43.25, 50.0, 90.0])
_DAYS = st.sampled_from(["2019-06-01", "2024-03-01", "2027-01-01", "2031-12-31T23:59:59Z", ".."])


def questions(collection: Collection, records: Records, most: int = 3) -> st.SearchStrategy[Any]:
    """Parameters with the texts given under each: up to so many filters, and perhaps an order.

    Values are often those of `records`, so that some of them answer.
    """
    fields = (*FIELDS[collection.id], *FURTHER_FIELDS[collection.id])
    chosen = st.lists(st.sampled_from(fields), max_size=most, unique_by=lambda field: field.name)
    asked = chosen.flatmap(
        lambda some: st.fixed_dictionaries({each.name: _texts(each, records) for each in some})
    )
    names = st.sampled_from([*sortable(collection), *(f"-{name}" for name in sortable(collection))])
    orders: Texts = st.just([]) | st.lists(names, min_size=1, max_size=2).map(
        lambda some: [",".join(some)]
    )
    return st.builds(lambda asked, order: {**asked, "sortby": order}, asked, orders)


def _texts(field: Field, records: Records) -> Texts:
    return _MADE[type(field)](field, records)


def _some(name: str, records: Records) -> list[Any]:
    """The values that records have under a name, single ones."""
    found = (record["properties"].get(name) for record in records)
    values = [each for value in found for each in (value if isinstance(value, list) else [value])]
    return [value for value in dict.fromkeys(values) if value is not None]


def _any_of(field: AnyOf, _records: Records) -> Texts:
    several = st.lists(st.sampled_from([term.slug for term in field.terms]), min_size=1, max_size=6)
    return several | several.map(lambda words: [",".join(words)])


def _bound(field: Bound, records: Records) -> Texts:
    known = _some(field.column.key, records) or [2025]
    return st.sampled_from([*known, 2026]).map(lambda number: [f"{number:g}"])


def _words(_field: Words, records: Records) -> Texts:
    said = [
        text for name in ("name", "title", "partners", "alt_names") for text in _some(name, records)
    ]
    parts = st.sampled_from([word for text in said for word in (text, *text.split(), text[1:4])])
    turned = st.sampled_from([str, str.upper, str.lower, lambda text: text.replace("ş", "s")])
    return st.builds(lambda turn, text: [turn(text)], turned, parts).filter(
        lambda t: t[0].strip(" @%_()")
    )


def _box(_field: Field, records: Records) -> Texts:
    corners = st.tuples(_LONGITUDES, _LATITUDES, _LONGITUDES, _LATITUDES)
    sides = corners.map(lambda c: (c[0], min(c[1], c[3]), c[2], max(c[1], c[3])))
    flat = sides.map(lambda s: [",".join(map(str, s))])
    return flat | sides.map(lambda s: [f"{s[0]},{s[1]},-10,{s[2]},{s[3]},10"])


def _near(_field: Near, _records: Records) -> Texts:
    places = st.tuples(_LONGITUDES, _LATITUDES, st.sampled_from([0.5, 30.0, 300.0, 1999.5]))
    return places.map(lambda place: [",".join(map(str, place))])


def _partner(_field: Partner, records: Records) -> Texts:
    return st.sampled_from([*_some("partners", records), "JP", "masd", "ji", "nobody"]).map(
        lambda name: [name]
    )


def _equals(field: Equals, records: Records) -> Texts:
    known = _some(field.name, records)
    if not known:
        return st.just([""])
    return st.sampled_from(known).map(
        lambda value: [json.dumps(value) if isinstance(value, bool) else str(value)]
    )


def _during(_field: During, _records: Records) -> Texts:
    days = st.lists(_DAYS, min_size=1, max_size=2)
    return days.map(lambda some: ["/".join(sorted(some))])


def _condition(field: Cql2, _records: Records) -> Texts:
    return conditions(field.collection_id, depth=1).map(lambda tree: [print_text(tree)])


_MADE: Mapping[type[Any], Callable[[Any, Records], Texts]] = {
    AnyOf: _any_of,
    Bound: _bound,
    Words: _words,
    Box: _box,
    Line: _box,
    Near: _near,
    Partner: _partner,
    Equals: _equals,
    During: _during,
    Cql2: _condition,
}
