"""Random conditions over a collection: trees that mean something, of limited depth."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from registry.cql2.queryables import QUERYABLES
from registry.cql2.tree import ARRAYS, COMPARISONS, SPATIAL, TEMPORAL, joined, node
from registry.vocabulary import COMMODITIES, COUNTRY_TERMS, SECTORS

Trees = st.SearchStrategy[Any]

TEXTS = st.one_of(
    st.sampled_from(["Sun", "Wind of Zarafşan", "LINE of Straße", "%", "_", "S%", "solar", "2019"]),
    st.sampled_from([term.slug for term in (*SECTORS, *COUNTRY_TERMS, *COMMODITIES)]),
    st.text("abcßẞςΣİıйЙёЁşŞがO'%_ -", max_size=6),
)
NUMBERS = st.one_of(
    st.sampled_from([0.0, 1.0, 100.0, 500.5, 2024.0, 2027.0, -1.0, 0.5, 25.0]),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3) + 0.0),
)
_DAYS = st.dates(min_value=date(1000, 1, 1)).map(lambda day: day.isoformat())
_MOMENTS = st.sampled_from(
    ["2019-12-31T23:59:59Z", "2024-03-01T00:00:00.5Z", "9999-01-01T00:00:00Z"]
)
_LONGITUDES = st.sampled_from([60.0, 64.0, 64.42, 69.24, 69.6, 70.0, 75.5])
_LATITUDES = st.sampled_from([38.0, 39.77, 40.0, 41.3, 42.32, 45.25])
_POSITIONS = st.tuples(_LONGITUDES, _LATITUDES).map(list)


def conditions(collection_id: str, depth: int = 3) -> Trees:
    """Conditions over the names of a collection."""
    tests = st.one_of(
        _compared("text", collection_id),
        _compared("number", collection_id),
        _tested(collection_id),
        _of_lists(collection_id),
        _of_places(collection_id),
        _of_times(collection_id),
    )
    if depth == 0:
        return tests
    inner = conditions(collection_id, depth - 1)
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        tests,
        inner.map(lambda tree: node("not", tree)),
        st.tuples(st.sampled_from(["and", "or"]), several).map(lambda made: joined(*made)),
    )


def _named(kind: str, collection_id: str) -> Trees:
    names = [name for name, found in QUERYABLES[collection_id].items() if found.kind == kind]
    return st.sampled_from(names).map(lambda name: {"property": name}) if names else st.nothing()


def _values(kind: str, collection_id: str) -> Trees:
    if kind == "text":
        plain = st.one_of(TEXTS, _named(kind, collection_id))
        folded = st.tuples(st.sampled_from(["casei", "accenti"]), plain)
        return st.one_of(plain, folded.map(lambda made: node(*made)))
    plain = st.one_of(NUMBERS, _named(kind, collection_id))
    signs = st.sampled_from(["+", "-", "*", "/"])
    return st.one_of(plain, st.tuples(signs, plain, plain).map(lambda made: node(*made)))


def _compared(kind: str, collection_id: str) -> Trees:
    values = _values(kind, collection_id)
    return st.tuples(st.sampled_from(COMPARISONS), values, values).map(lambda made: node(*made))


def _tested(collection_id: str) -> Trees:
    texts, numbers = _values("text", collection_id), _values("number", collection_id)
    names = st.sampled_from([*QUERYABLES[collection_id]]).map(lambda name: {"property": name})
    flags = _named("flag", collection_id)
    several = st.lists(TEXTS, min_size=1, max_size=3)
    return st.one_of(
        names.map(lambda tree: node("isNull", tree)),
        st.tuples(texts, TEXTS).map(lambda made: node("like", *made)),
        st.tuples(texts, several).map(lambda made: node("in", *made)),
        st.tuples(numbers, numbers, numbers).map(lambda made: node("between", *made)),
        st.tuples(flags, st.booleans()).map(lambda made: node("=", *made)),
    )


def _of_lists(collection_id: str) -> Trees:
    lists = st.one_of(
        _named("list", collection_id).filter(lambda tree: tree["property"] != "country_shares"),
        st.lists(TEXTS, min_size=1, max_size=3),
    )
    return st.tuples(st.sampled_from(ARRAYS), lists, lists).map(lambda made: node(*made))


def _of_places(collection_id: str) -> Trees:
    lines = st.lists(_POSITIONS, min_size=2, max_size=3, unique_by=tuple)
    boxes = st.tuples(_LONGITUDES, _LATITUDES, st.just(76.0), st.just(46.0)).map(list)
    shapes = st.one_of(
        _POSITIONS.map(lambda place: {"type": "Point", "coordinates": place}),
        lines.map(lambda places: {"type": "LineString", "coordinates": places}),
        boxes.map(lambda box: {"bbox": box}),
        st.just({"property": "geometry"}),
    )
    return st.tuples(st.sampled_from(SPATIAL), shapes, shapes).map(lambda made: node(*made))


def _of_times(collection_id: str) -> Trees:
    moments = st.one_of(_MOMENTS, st.just(".."), _named("moment", collection_id))
    intervals = st.tuples(moments, moments).map(lambda ends: {"interval": list(ends)})
    instants = st.one_of(
        _MOMENTS.map(lambda text: {"timestamp": text}),
        _DAYS.map(lambda text: {"date": text}),
        _named("moment", collection_id),
    )
    simple = ("t_after", "t_before", "t_disjoint", "t_equals", "t_intersects")
    either = st.one_of(instants, intervals)
    return st.one_of(
        st.tuples(st.sampled_from(TEMPORAL), intervals, intervals).map(lambda made: node(*made)),
        st.tuples(st.sampled_from(simple), either, either).map(lambda made: node(*made)),
        st.tuples(st.sampled_from(COMPARISONS), instants, instants).map(lambda made: node(*made)),
    )
