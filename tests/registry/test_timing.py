"""Records asked for by time."""

import pytest
from sqlalchemy.orm import Session

from registry import queries
from registry.collections import AGREEMENTS, CROSS_REFERENCES, DEPOSITS, PROJECTS, Collection
from registry.errors import BadFilter
from registry.filters import Filter, Page
from tests.factories import make_agreement, make_deposit, make_project


def found(session: Session, collection: Collection, when: str) -> list[str]:
    asked = Filter.parse({"datetime": [when]}, collection)
    assert Filter.parse({n: [v] for n, v in asked.to_args()}, collection) == asked
    features = queries.features(session, collection, asked, Page(), public_only=False)
    assert len(features) == queries.count(session, collection, asked, public_only=False)
    return [feature.ref for feature in features]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2024-06-01T00:00:00Z", ["whole", "open"]),
        ("2020-12-31T23:59:59Z", []),
        ("2020-12-31T23:59:59-01:00", ["whole"]),
        ("2021-01-01", ["whole"]),
        ("2026-01-01/..", ["open"]),
        ("2026-01-01/", ["open"]),
        ("../2021-06-01", ["whole"]),
        ("/2021-06-01", ["whole"]),
        ("2000-01-01/2050-01-01", ["whole", "open"]),
    ],
)
def test_a_project_lasts_from_its_first_to_its_last_year(
    session: Session, when: str, expected: list[str]
) -> None:
    make_project(session, ref="whole", start_year=2021, end_year=2025)
    make_project(session, ref="open", start_year=2023)
    make_project(session, ref="silent")
    assert found(session, PROJECTS, when) == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2024-05-10", ["year", "month", "day"]),
        ("2024-05-11", ["year", "month"]),
        ("2024-06-01T00:00:00Z", ["year"]),
        ("2024-12-31/2025-01-01", ["year"]),
        ("2023-01-01/2023-12-31", []),
        ("2025-01-01/..", []),
        ("../2024-01-01", ["year"]),
    ],
)
def test_a_date_that_says_only_a_year_meets_every_day_of_it(
    session: Session, when: str, expected: list[str]
) -> None:
    make_agreement(session, ref="year", date="2024")
    make_agreement(session, ref="month", date="2024-05")
    make_agreement(session, ref="day", date="2024-05-10")
    make_agreement(session, ref="never")
    assert found(session, AGREEMENTS, when) == expected


def test_a_deposit_has_the_time_of_its_last_change(session: Session) -> None:
    at = make_deposit(session, ref="D-1").updated_at.isoformat()
    assert found(session, DEPOSITS, at) == ["D-1"]
    assert found(session, DEPOSITS, f"../{at}") == ["D-1"]
    assert found(session, DEPOSITS, "../2020-01-01") == []


def test_what_has_no_time_is_at_none(session: Session) -> None:
    make_project(session), make_deposit(session)
    assert found(session, CROSS_REFERENCES, "2000-01-01/..") == []


@pytest.mark.parametrize(
    "when",
    [
        "yesterday",
        "2024",
        "2024-13-01",
        "2024-02-30",
        "2024-01-01T25:00:00Z",
        "2024-01-01/2024-02-01/2024-03-01",
        "../..",
        "/",
        "2024-02-01/2024-01-01",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "٢٠٢٤-01-01",
        "2024-01-01T00:00:00Z" * 1000,
    ],
)
def test_what_is_no_time_is_told(when: str) -> None:
    with pytest.raises(BadFilter, match="datetime takes"):
        Filter.parse({"datetime": [when]}, PROJECTS)
