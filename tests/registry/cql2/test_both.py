"""Random conditions: printed and read alike by us and by the public package, answered alike by
both databases.
"""

import cql2
import orjson
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from registry import queries
from registry.collections import PROJECTS, PUBLISHED, Collection
from registry.cql2.compiler import compiled
from registry.cql2.printer import print_text
from registry.cql2.reader import read
from registry.cql2.shape import checked, read_json
from registry.cql2.tree import BadExpression
from registry.filters import Filter, Page
from tests.registry.cql2.trees import conditions

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@SLOW
@given(conditions("projects"))
def test_what_is_printed_is_read_as_it_was_by_us_and_by_the_public_package(tree: object) -> None:
    text = print_text(tree)
    assert read(text) == tree
    assert cql2.parse_text(text).to_json() == tree


@given(TEXT, TEXT.filter(bool))
def test_any_text_and_any_name_survive(text: str, name: str) -> None:
    tree = {"op": "=", "args": [{"property": name}, text]}
    printed = print_text(tree)
    assert read(printed) == tree
    assert read_json(orjson.dumps(tree).decode()) == tree


@given(st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0))
def test_any_number_survives(number: float) -> None:
    assert read(print_text({"op": "=", "args": [{"property": "a"}, number]}))["args"][1] == number


@settings(parent=SLOW, max_examples=150, deadline=None)
@given(data=st.data())
def test_both_databases_find_the_same(
    in_geopackage: Session, in_postgis: Session, data: st.DataObject
) -> None:
    collection = data.draw(st.sampled_from(PUBLISHED))
    tree = data.draw(conditions(collection.id))
    try:
        compiled(tree, collection.id)
    except BadExpression:
        assume(False)
    text = print_text(tree)
    assert _found(in_geopackage, text, collection) == _found(in_postgis, text, collection)


@settings(parent=SLOW, max_examples=50, deadline=None)
@given(tree=conditions("projects", depth=1))
def test_a_condition_and_its_opposite_share_nothing(in_geopackage: Session, tree: object) -> None:
    try:
        compiled(tree, "projects")
    except BadExpression:
        assume(False)
    yes, no = (
        _found(in_geopackage, text) for text in (print_text(tree), f"NOT ({print_text(tree)})")
    )
    assert not set(yes) & set(no)
    unknown = _found(in_geopackage, f"({print_text(tree)}) IS NULL")
    assert sorted([*yes, *no, *unknown]) == _found(in_geopackage, "TRUE")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | TEXT,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["op", "args", "property", "type", "coordinates", "bbox", "date"])
                | TEXT,
                inner | st.sampled_from(["and", "=", "in", "Point", "Polygon", "casei", "t_after"]),
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_json_that_is_no_condition_is_refused_with_a_sentence(said: object) -> None:
    try:
        tree = checked(said)
        compiled(tree, "projects")
    except BadExpression as error:
        refused = str(error)
    else:
        refused = "" if read(print_text(tree)) == tree else "it is not read as it was printed"
    assert not refused.startswith("it is not")
    assert "\n" not in refused


def _found(session: Session, text: str, collection: Collection = PROJECTS) -> list[str]:
    asked = Filter.parse({"filter": [text]}, collection)
    found = queries.features(session, collection, asked, Page(), public_only=False)
    return sorted(feature.ref for feature in found)
