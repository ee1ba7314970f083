"""Where and when the records of a collection lie."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from registry.collections import (
    AGREEMENTS,
    COUNTRIES,
    CROSS_REFERENCES,
    DEPOSITS,
    PROJECTS,
    PUBLISHED,
)
from registry.extents import Extent, extent
from tests.factories import ALMATY, BUKHARA, make_agreement, make_deposit, make_project

NEAR = 2e-5


def test_nothing_lies_nowhere(session: Session) -> None:
    for collection in PUBLISHED:
        if collection is not COUNTRIES:
            assert extent(session, collection, public_only=True) == Extent(None, None)


def test_the_box_holds_every_place(session: Session) -> None:
    make_project(session, BUKHARA), make_project(session, ALMATY), make_project(session, None)
    box = extent(session, PROJECTS, public_only=True).box
    assert box is not None
    assert box.numbers == pytest.approx((64.42, 39.77, 76.95, 43.25), abs=NEAR)
    assert box.west <= 64.42
    assert box.north >= 43.25


def test_the_times_go_from_the_first_to_the_last_year(session: Session) -> None:
    make_project(session, start_year=2020, end_year=2030)
    times = extent(session, PROJECTS, public_only=True).times
    assert times == ("2020-01-01T00:00:00Z", "2030-12-31T23:59:59Z")
    make_project(session, start_year=2025)
    assert extent(session, PROJECTS, public_only=True).times == ("2020-01-01T00:00:00Z", None)


def test_a_partial_date_counts_to_its_last_day(session: Session) -> None:
    make_agreement(session, date="2019-12-17"), make_agreement(session, date="2025")
    times = extent(session, AGREEMENTS, public_only=True).times
    assert times == ("2019-12-17T00:00:00Z", "2025-12-31T23:59:59Z")


def test_a_deposit_counts_when_it_was_changed(session: Session) -> None:
    at = make_deposit(session).updated_at
    times = extent(session, DEPOSITS, public_only=True).times
    assert times is not None
    assert [datetime.fromisoformat(str(one)) for one in times] == [at, at]


def test_pairs_reach_from_projects_to_deposits(session: Session) -> None:
    make_project(session, "69.2 41.3"), make_deposit(session, "69.3 41.2")
    box = extent(session, CROSS_REFERENCES, public_only=True).box
    assert box is not None
    assert box.numbers == pytest.approx((69.2, 41.2, 69.3, 41.3))


def test_a_draft_widens_nothing_for_the_public(session: Session) -> None:
    make_project(session, BUKHARA, start_year=2030, end_year=2031), make_deposit(session, ALMATY)
    seen = [extent(session, one, public_only=True) for one in PUBLISHED]
    make_project(session, ALMATY, start_year=2020, publication="draft")
    assert [extent(session, one, public_only=True) for one in PUBLISHED] == seen
    inside = extent(session, PROJECTS, public_only=False)
    assert inside.times == ("2020-01-01T00:00:00Z", None)
    assert inside.box is not None
    assert inside.box.east > 76
