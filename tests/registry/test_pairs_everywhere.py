"""Pairs within a radius, whatever the shapes: from either side the same, on both databases the
same, as many as brute force finds.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.nearest import pairs_within
from registry import crossref, records
from registry.clock import now
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.database.engine import writing
from registry.database.store import Store, open_store
from registry.drafts import Draft, parse_many
from registry.models import CrossReference, Deposit, Project
from tests import postgis
from tests.factories import PLANNER

GEOD = pyproj.Geod(ellps="WGS84")
RADIUS_M = crossref.RADIUS_KM * 1000

spots = st.tuples(
    st.floats(64, 66).map(lambda x: round(x, 5)), st.floats(40, 41.5).map(lambda y: round(y, 5))
)
steps = st.sampled_from([0.0, 1e-7, 0.002, 0.15, 0.6])
_TRIANGLE = "({x} {y}, {x1} {y}, {x1} {y1}, {x} {y})"
_FARTHER = "({x2} {y}, {x3} {y}, {x3} {y1}, {x2} {y})"
SHAPES = (
    "POINT({x} {y})",
    "LINESTRING({x} {y}, {x1} {y1}, {x2} {y})",
    f"POLYGON({_TRIANGLE})",
    "MULTIPOINT(({x} {y}), ({x2} {y1}))",
    f"MULTIPOLYGON(({_TRIANGLE}), ({_FARTHER}))",
    "GEOMETRYCOLLECTION(POINT({x2} {y1}), LINESTRING({x} {y}, {x1} {y1}))",
)


@st.composite
def places(draw: st.DrawFn) -> str:
    (x, y), step = draw(spots), draw(steps)
    kind = draw(st.sampled_from(SHAPES if step >= 0.002 else SHAPES[:1]))
    corners = {"x1": x + step, "x2": x + 2 * step, "x3": x + 3 * step, "y1": y + step * 0.7}
    return str(kind).format(x=x, y=y, **{name: round(value, 7) for name, value in corners.items()})


@pytest.fixture(scope="module")
def both(
    server: str, empty_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Store]]:
    """A registry on each database, for all examples of this module; nothing is committed."""
    folder = tmp_path_factory.mktemp("both") / "data"
    shutil.copytree(empty_folder, folder)
    postgis.execute(server, f"CREATE DATABASE pairs_everywhere TEMPLATE {postgis.TEMPLATE}")
    stores = (
        open_store(folder, None),
        open_store(None, postgis.url(server, "pairs_everywhere")),
    )
    yield stores
    for store in stores:
        store.close()
    postgis.execute(server, "DROP DATABASE pairs_everywhere WITH (FORCE)")


VALUES: dict[str, dict[str, object]] = {
    "projects": {"sector": "wind", "status": "idea"},
    "deposits": {"kind": "mine", "commodities": ["gold"]},
}


def fill(session: Session, collection: Collection, shapes: list[str]) -> None:
    """One record a shape, through the same door as a user's."""
    values = VALUES[collection.id]
    given = [
        (values | {"name": f"N{n}", "location_precision": "exact"}, shape)
        for n, shape in enumerate(shapes)
    ]
    drafts = [
        one for one in parse_many(collection.id, given, now().date()) if isinstance(one, Draft)
    ]
    assert len(drafts) == len(shapes)
    records.create_many(
        session,
        collection,
        [(f"{collection.prefix}{n}", one) for n, one in enumerate(drafts)],
        PLANNER,
    )


def stored(session: Session) -> dict[tuple[str, str], float]:
    rows = session.execute(
        select(Project.ref, Deposit.ref, CrossReference.distance_m)
        .join(Project, Project.id == CrossReference.project_id)
        .join(Deposit, Deposit.id == CrossReference.deposit_id)
    )
    return {(project, deposit): metres for project, deposit, metres in rows}


@settings(max_examples=15, deadline=None)
@given(st.lists(places(), min_size=1, max_size=6), st.lists(places(), min_size=1, max_size=6))
def test_both_databases_store_the_same_pairs_whichever_side_came_last(
    both: tuple[Store, Store], projects: list[str], deposits: list[str]
) -> None:
    sides = [(PROJECTS, projects), (DEPOSITS, deposits)]
    found = []
    for store, order in zip(both, (sides, sides[::-1]), strict=True):
        with writing(store.records) as session:  # closed without a commit
            for collection, shapes in order:
                fill(session, collection, shapes)
            found.append(stored(session))
            assert crossref.drift(session) == 0
    here, there = found
    assert here == pytest.approx(there, abs=0.001)


@settings(max_examples=60, deadline=None)
@given(st.lists(places(), min_size=1, max_size=8), st.lists(places(), min_size=1, max_size=8))
def test_pairs_are_symmetric_and_do_not_depend_on_order(left: list[str], right: list[str]) -> None:
    a, b = shapely.from_wkt(left), shapely.from_wkt(right)
    there = as_dict(pairs_within(a, b, RADIUS_M))
    back = as_dict(pairs_within(b, a, RADIUS_M))
    assert there == pytest.approx({(i, j): m for (j, i), m in back.items()}, abs=0.001)
    order = np.arange(len(b))[::-1]
    turned = as_dict(pairs_within(a, b[order], RADIUS_M))
    assert there == pytest.approx({(i, int(order[j])): m for (i, j), m in turned.items()}, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(spots, min_size=1, max_size=12), st.lists(spots, min_size=1, max_size=12))
def test_pairs_of_points_are_those_of_brute_force(
    left: list[tuple[float, float]], right: list[tuple[float, float]]
) -> None:
    found = as_dict(
        pairs_within(
            [shapely.Point(at) for at in left], [shapely.Point(at) for at in right], RADIUS_M
        )
    )
    brute = {
        (i, j): GEOD.inv(*one, *other)[2]
        for i, one in enumerate(left)
        for j, other in enumerate(right)
    }
    assert found == pytest.approx({k: m for k, m in brute.items() if m <= RADIUS_M}, abs=0.01)


def as_dict(pairs: object) -> dict[tuple[int, int], float]:
    rows = zip(pairs.left.tolist(), pairs.right.tolist(), pairs.distance_m.tolist(), strict=True)  # type: ignore[attr-defined]  # Pairs
    return {(i, j): metres for i, j, metres in rows}
