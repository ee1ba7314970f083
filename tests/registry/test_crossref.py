"""Pairs of projects and deposits: current, geodesic, only from positions that say something."""

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import crossref, nearby, queries
from registry.clock import now
from registry.collections import DEPOSITS, PROJECTS
from registry.drafts import parse
from registry.features import to_feature
from registry.models import CrossReference
from registry.records import revise
from tests.factories import PLANNER, TASHKENT, make_deposit, make_project

GEOD = pyproj.Geod(ellps="WGS84")


def pairs(session: Session) -> dict[tuple[int, int], float]:
    """Everything that is stored."""
    rows = session.scalars(select(CrossReference)).all()
    return {(row.project_id, row.deposit_id): row.distance_m for row in rows}


def move(
    session: Session, collection: object, row: object, geometry: str, **values: object
) -> None:
    """Put a record elsewhere."""
    given = dict(to_feature(row).properties) | values  # type: ignore[arg-type]  # any row will do
    draft = parse(collection.id, given, geometry, now().date())  # type: ignore[attr-defined]  # same
    revise(session, collection, row, draft, PLANNER, version=row.version)  # type: ignore[arg-type,attr-defined]  # same


def test_distances_are_geodesic_on_both_databases(session: Session) -> None:
    project, deposit = make_project(session, "69.24 41.30"), make_deposit(session, "69.60 41.50")
    expected = GEOD.inv(69.24, 41.30, 69.60, 41.50)[2]
    assert pairs(session) == {(project.id, deposit.id): pytest.approx(expected, abs=0.001)}


def test_a_deposit_inside_a_project_is_at_distance_zero(session: Session) -> None:
    make_deposit(session, "64.5 40.5")
    project = make_project(session, "POLYGON((64 40, 65 40, 65 41, 64 41, 64 40))")
    feature = queries.get(session, PROJECTS, project.ref, public_only=True)
    (near,) = nearby.deposits_near(session, feature)
    assert near.distance_m == 0
    assert near.inside


def test_what_lies_past_fifty_kilometres_is_no_pair(session: Session) -> None:
    make_project(session, "69 41")
    lon, lat, _ = GEOD.fwd(69, 41, 300, 50_001)
    make_deposit(session, f"{lon:.7f} {lat:.7f}")
    assert pairs(session) == {}
    lon, lat, _ = GEOD.fwd(69, 41, 300, 49_999)
    make_deposit(session, f"{lon:.7f} {lat:.7f}")
    assert len(pairs(session)) == 1


@pytest.mark.parametrize("precision", ["region", "schematic", "centroid"])
def test_a_placeholder_never_takes_part(session: Session, precision: str) -> None:
    make_deposit(session)
    make_project(session, location_precision=precision)
    make_project(session, location_precision="town", name="Town")
    assert len(pairs(session)) == 1


def test_moving_either_side_updates_exactly_its_pairs(session: Session) -> None:
    near, far = make_project(session, name="Near"), make_project(session, "64.42 39.77", name="Far")
    deposit = make_deposit(session, "69.3 41.3")
    other = make_deposit(session, "64.5 39.8", name="Other")
    assert set(pairs(session)) == {(near.id, deposit.id), (far.id, other.id)}
    untouched = session.scalar(select(CrossReference.id).where(CrossReference.project_id == far.id))
    move(session, DEPOSITS, deposit, "75 43")
    assert set(pairs(session)) == {(far.id, other.id)}
    move(session, PROJECTS, near, "64.4 39.7")
    assert set(pairs(session)) == {(near.id, other.id), (far.id, other.id)}
    assert (
        session.scalar(select(CrossReference.id).where(CrossReference.project_id == far.id))
        == untouched
    )
    assert crossref.drift(session) == 0


def test_what_stays_where_it_is_keeps_its_pairs_as_they_are(session: Session) -> None:
    project, deposit = make_project(session), make_deposit(session)
    stored = session.scalars(select(CrossReference.id)).all()
    place = "69.24 41.3"
    move(session, PROJECTS, project, place, capacity_mw=70)
    move(session, DEPOSITS, deposit, place, status="closed")
    assert session.scalars(select(CrossReference.id)).all() == stored
    move(session, PROJECTS, project, place, location_precision="region")
    assert pairs(session) == {}
    assert crossref.drift(session) == 0


def test_a_rebuild_gives_what_is_stored(session: Session) -> None:
    make_project(session, "LINESTRING(69 41, 69.6 41.5)")
    for lon in (69.1, 69.4, 70.0, 71.5):
        make_deposit(session, f"{lon} 41.4", name=f"At {lon}")
    before = pairs(session)
    assert crossref.rebuild(session) == len(before)
    assert pairs(session) == pytest.approx(before)


def test_a_wrong_pair_shows_as_drift(session: Session) -> None:
    make_project(session)
    make_deposit(session)
    session.execute(CrossReference.__table__.update().values(distance_m=77))  # type: ignore[attr-defined]  # a Table
    assert crossref.drift(session) == 1


def test_a_town_is_shown_with_its_uncertainty(session: Session) -> None:
    make_deposit(session, "69.3 41.3", location_precision="approximate")
    project = make_project(session, location_precision="town")
    feature = queries.get(session, PROJECTS, project.ref, public_only=True)
    assert nearby.deposits_near(session, feature)[0].uncertainty_km == 30


def test_a_deposit_says_why_it_matters_to_the_sector(session: Session) -> None:
    make_deposit(session, commodities=["gold", "uranium"], name="Both")
    make_deposit(session, "69.25 41.31", commodities=["gold"], name="Gold only")
    reactor = make_project(session, TASHKENT, sector="nuclear")
    feature = queries.get(session, PROJECTS, reactor.ref, public_only=True)
    both, gold = nearby.deposits_near(session, feature)
    assert (both.relevance.commodity, both.relevance.relation) == ("uranium", "fuel")
    assert both.relevance.matters
    assert not gold.relevance.matters


def test_the_public_sees_no_draft_beside_a_deposit(session: Session) -> None:
    deposit = make_deposit(session)
    make_project(session, publication="draft")
    feature = queries.get(session, DEPOSITS, deposit.ref, public_only=True)
    assert nearby.projects_near(session, feature, public_only=True) == []
    assert len(nearby.projects_near(session, feature, public_only=False)) == 1


def test_a_project_known_by_its_region_lists_the_deposits_of_that_region(session: Session) -> None:
    make_deposit(session, "64.6 41.5", name="Muruntau")
    make_deposit(session, TASHKENT, name="Elsewhere")
    project = make_project(session, "64.0 41.0", location_precision="region")
    feature = queries.get(session, PROJECTS, project.ref, public_only=True)
    assert [row.properties["name"] for row in nearby.deposits_in_same_region(session, feature)] == [
        "Muruntau"
    ]


def dense(geometry: BaseGeometry, step: float = 0.001) -> np.ndarray:
    """Points of an outline, straight in longitude and latitude, about every 100 m."""
    outline = geometry.boundary if geometry.geom_type == "Polygon" else geometry
    return shapely.get_coordinates(
        shapely.segmentize(outline, step) if outline.geom_type != "Point" else geometry
    )


@pytest.mark.parametrize("kind", ["Point", "LineString", "Polygon"])
def test_stored_distances_agree_with_a_dense_brute_force_within_a_metre(
    gpkg_session: Session, kind: str
) -> None:
    random = np.random.default_rng(7)
    shapes = {
        "Point": lambda x, y: f"POINT({x} {y})",
        "LineString": lambda x, y: (
            f"LINESTRING({x} {y}, {x + 0.11} {y + 0.07}, {x + 0.12} {y + 0.2})"
        ),
        "Polygon": lambda x, y: (
            f"POLYGON(({x} {y}, {x + 0.15} {y + 0.02}, {x + 0.06} {y + 0.12}, {x} {y}))"
        ),
    }
    projects = [
        make_project(gpkg_session, shapes[kind](*xy), name=f"P{n}")
        for n, xy in enumerate(random.uniform((66, 40.2), (66.6, 40.6), (6, 2)).round(4))
    ]
    deposits = [
        make_deposit(gpkg_session, shapes[other](*xy), name=f"D{n}{other}")
        for other in shapes
        for n, xy in enumerate(random.uniform((66, 40.2), (66.6, 40.6), (4, 2)).round(4))
    ]
    stored = pairs(gpkg_session)
    for project in projects:
        for deposit in deposits:
            assert project.geometry is not None
            assert deposit.geometry is not None
            if shapely.intersects(project.geometry, deposit.geometry):
                assert stored[project.id, deposit.id] == 0
                continue
            mine, theirs = dense(project.geometry), dense(deposit.geometry)
            left, right = np.repeat(mine, len(theirs), axis=0), np.tile(theirs, (len(mine), 1))
            least = GEOD.inv(left[:, 0], left[:, 1], right[:, 0], right[:, 1])[2].min()
            if least < 49_990:
                # Brute force at steps of 100 m overestimates by at most 120²/(2·distance) m.
                assert stored[project.id, deposit.id] <= least + 0.01
                assert stored[project.id, deposit.id] == pytest.approx(
                    least, abs=max(1.0, 120**2 / 2 / max(least, 1))
                )
