"""What is missing: deposits nobody needs near by, projects without their resource."""

import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from registry import opportunities, records
from registry.clock import now
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.drafts import parse_many
from registry.errors import BadFilter, Invalid
from registry.needs import Question
from registry.vocabulary import COMMODITIES, COUNTRY_TERMS
from tests.factories import ALMATY, PLANNER, TASHKENT, make_deposit, make_project

ALL = Question()


def unused(session: Session, asked: Question = ALL, public_only: bool = True) -> list[str]:
    found = opportunities.unused_deposits(session, asked, public_only=public_only)
    return [row.feature.properties["name"] for row in found.rows]


def lacking(session: Session, asked: Question = ALL, public_only: bool = True) -> list[str]:
    found = opportunities.lacking_projects(session, asked, public_only=public_only)
    return [row.feature.properties["name"] for row in found.rows]


def test_a_deposit_far_from_every_project_that_needs_it_is_unused(session: Session) -> None:
    make_deposit(session, "68.0 45.6", name="Inkai", commodities=["uranium"])
    make_project(session, "69.1 45.6", name="Park", sector="solar")
    found = opportunities.unused_deposits(session, ALL, public_only=True)
    (row,) = found.rows
    assert {one.sector for one in row.wanted} == {"nuclear", "minerals"}
    assert row.nearest is None
    assert row.sentence == (
        "No live project of nuclear power and uranium within 300 km or critical minerals and "
        "mining within 50 km."
    )


def test_a_deposit_within_reach_of_a_project_that_needs_it_is_none(session: Session) -> None:
    make_deposit(session, "68.0 45.6", name="Inkai", commodities=["uranium"])
    make_project(session, "70.5 45.6", name="Reactor", sector="nuclear")  # about 195 km
    assert unused(session) == []
    near = Question(km=150)
    (row,) = opportunities.unused_deposits(session, near, public_only=True).rows
    assert row.nearest is not None
    assert row.nearest.feature.properties["name"] == "Reactor"
    assert row.nearest.distance_m == pytest.approx(195_020, abs=200)


@pytest.mark.parametrize(("status", "expected"), [("cancelled", ["Inkai"]), ("operating", [])])
def test_only_live_projects_need_anything(
    session: Session, status: str, expected: list[str]
) -> None:
    make_deposit(session, "68.0 45.6", name="Inkai", commodities=["uranium"])
    make_project(session, "68.1 45.6", sector="nuclear", status=status)
    assert unused(session) == expected


def test_a_second_sector_needs_its_resource_too(session: Session) -> None:
    make_deposit(session, name="Field", commodities=["gas"])
    make_project(session, sector="efficiency", secondary_sectors=["thermal"])
    assert unused(session) == []


def test_a_project_with_no_resource_in_reach_says_so(session: Session) -> None:
    make_project(session, "74.0 46.8", name="Reactor", sector="nuclear")
    make_project(session, "74.0 46.8", name="Park", sector="solar")
    (row,) = opportunities.lacking_projects(session, ALL, public_only=True).rows
    assert row.sentence == "No uranium known within 300 km."
    assert row.nearest is None
    make_deposit(session, "74.1 46.8", name="Found", commodities=["uranium"])
    assert lacking(session) == []


def test_the_nearest_is_told_though_it_is_too_far(session: Session) -> None:
    make_deposit(session, "66.0 41.3", name="Field", commodities=["gas"])
    make_project(session, TASHKENT, name="Plant", sector="thermal", location_precision="town")
    (row,) = opportunities.lacking_projects(session, ALL, public_only=True).rows
    assert row.nearest is not None
    assert 150_000 < row.nearest.distance_m < 300_000
    assert row.nearest.uncertainty_km == 25
    assert row.sentence == "No natural gas, coal or oil known within 150 km."


def test_those_without_any_position_are_left_out_and_listed(session: Session) -> None:
    make_deposit(session, None, name="Somewhere", commodities=["gas"])
    make_deposit(session, "66 41", name="Middle", commodities=["gas"], location_precision="region")
    make_project(session, TASHKENT, sector="thermal", location_precision="centroid")
    found = opportunities.unused_deposits(session, ALL, public_only=True)
    assert (found.rows, found.considered, found.unseen) == ((), 0, 1)
    assert [left.properties["name"] for left in found.left_out] == ["Middle", "Somewhere"]
    other = opportunities.lacking_projects(session, ALL, public_only=True)
    assert (other.rows, other.considered, len(other.left_out), other.unseen) == ((), 0, 1, 2)


@pytest.fixture
def several(session: Session) -> Session:
    """Uranium in Kazakhstan, gas in Uzbekistan, a reactor and a steel mill without anything."""
    make_deposit(session, "68.0 45.6", name="Inkai", commodities=["uranium"])
    make_deposit(session, "63.4 40.1", name="Gazli", commodities=["gas"], size_class="giant")
    make_project(session, "79.0 49.9", name="Reactor", sector="nuclear")
    make_project(session, ALMATY, name="Mill", sector="industry")
    return session


@pytest.mark.parametrize(
    ("args", "deposits", "projects"),
    [
        ({}, ["Gazli", "Inkai"], ["Mill", "Reactor"]),
        ({"country": ["KZ"]}, ["Inkai"], ["Mill", "Reactor"]),
        ({"country": ["UZ"]}, ["Gazli"], []),
        ({"commodity": ["uranium"]}, ["Inkai"], ["Reactor"]),
        ({"commodity": ["gas"], "sector": ["thermal"]}, ["Gazli"], []),
        ({"sector": ["industry"]}, [], ["Mill"]),
        ({"sector": ["nuclear"], "km": ["100"]}, ["Inkai"], ["Reactor"]),
        ({"country": [""], "km": [""]}, ["Gazli", "Inkai"], ["Mill", "Reactor"]),
    ],
)
def test_filters(
    several: Session, args: dict[str, list[str]], deposits: list[str], projects: list[str]
) -> None:
    asked = Question.parse(args)
    assert unused(several, asked) == deposits
    assert lacking(several, asked) == projects


def test_a_draft_is_no_secret_that_the_public_can_read_off(session: Session) -> None:
    make_deposit(session, name="Field", commodities=["gas"])
    make_project(session, sector="thermal", publication="draft")
    make_project(session, ALMATY, name="Hidden", sector="nuclear", publication="internal")
    assert unused(session) == ["Field"]
    assert unused(session, public_only=False) == []
    assert lacking(session) == []
    assert lacking(session, public_only=False) == ["Hidden"]


def test_every_fault_of_a_question_is_said_at_once() -> None:
    with pytest.raises(BadFilter) as refused:
        Question.parse({"commodity": ["cheese"], "km": ["400"], "colour": ["red"]})
    assert set(refused.value.faults) == {"commodity", "km", "colour"}
    assert "1 to 300" in refused.value.faults["km"]


@given(
    st.builds(
        Question,
        st.lists(st.sampled_from([term.slug for term in COUNTRY_TERMS]), unique=True).map(sorted),
        st.lists(st.sampled_from([term.slug for term in COMMODITIES]), unique=True),
        st.lists(st.sampled_from(["nuclear", "thermal", "ccus"]), unique=True),
        st.none() | st.floats(1, 300),
    )
)
def test_printing_a_question_and_reading_it_gives_the_same(asked: Question) -> None:
    args: dict[str, list[str]] = {}
    for name, word in asked.to_args():
        args.setdefault(name, []).append(word)
    again = Question.parse(args)
    for name in ("country", "commodity", "sector"):
        assert set(getattr(again, name)) == set(getattr(asked, name))
    assert again.km == (None if asked.km is None else pytest.approx(asked.km, rel=1e-8))
    assert Question.parse({name: [word] for name, word in again.to_args()}) is not None


def test_an_opportunity_is_a_feature_that_says_what_is_missing(several: Session) -> None:
    for found in (
        opportunities.unused_deposits(several, ALL, public_only=True),
        opportunities.lacking_projects(several, ALL, public_only=True),
    ):
        for row in found.rows:
            said = json.loads(opportunities.text(row))
            assert said["id"] == row.feature.ref
            assert said["geometry"]["type"] == "Point"
            assert said["properties"]["sentence"] == row.sentence
            assert said["properties"]["nearest"] is None


def scatter(session: Session, collection: Collection, values: dict[str, object]) -> None:
    """A thousand records of one kind, anywhere in the middle of Uzbekistan and Kazakhstan."""
    random = np.random.default_rng(ord(collection.prefix))
    given = [
        ({"name": f"Number {n}", "location_precision": "exact"} | values, f"{lon:.5f} {lat:.5f}")
        for n, (lon, lat) in enumerate(random.uniform((62, 43), (78, 50), (1_000, 2)))
    ]
    drafts = parse_many(collection.id, given, now().date())
    assert not any(isinstance(draft, Invalid) for draft in drafts)
    records.create_many(session, collection, [(None, draft) for draft in drafts], PLANNER)  # type: ignore[misc]  # none is Invalid


def test_a_thousand_by_a_thousand_is_answered_at_once(gpkg_session: Session) -> None:
    scatter(gpkg_session, DEPOSITS, {"kind": "field", "commodities": ["gas"]})
    scatter(gpkg_session, PROJECTS, {"sector": "thermal", "status": "idea"})
    asked, started = Question(km=5), time.perf_counter()
    deposits = opportunities.unused_deposits(gpkg_session, asked, public_only=True)
    projects = opportunities.lacking_projects(gpkg_session, asked, public_only=True)
    assert time.perf_counter() - started < 3
    assert deposits.considered == projects.considered == 1_000
    assert 800 < len(deposits.rows) < 1_000
    assert 800 < len(projects.rows) < 1_000
